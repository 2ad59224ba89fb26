import NIOCore

/// Where a connection comes from, as far as limits go.
package struct NetworkAddress: Hashable, Sendable, CustomStringConvertible {
  /// An IPv4 address, or the /64 network of an IPv6 one: whoever has one address of it has them all.
  package let description: String
  package let isLoopback: Bool

  package init(_ address: SocketAddress?) {
    guard let text = address?.ipAddress else {
      // No address: a socket of this machine's own, or one that is closed by now.
      (description, isLoopback) = ("local", true)
      return
    }
    let mapped = "::ffff:"
    let plain =
      text.hasPrefix(mapped) && text.contains(".") ? text.dropFirst(mapped.count) : text[...]
    isLoopback = plain.hasPrefix("127.") || plain == "::1"
    description = isLoopback ? "loopback" : NetworkAddress.network(address, String(plain))
  }

  private static func network(_ address: SocketAddress?, _ text: String) -> String {
    guard case .v6(let six) = address, text.contains(":") else { return text }
    return withUnsafeBytes(of: six.address.sin6_addr) { bytes in
      stride(from: 0, to: 8, by: 2)
        .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
        .joined(separator: ":") + "::/64"
    }
  }
}
