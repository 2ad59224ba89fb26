import Foundation

/// Where a peer listens: `https://HOST:PORT`, or within this machine `http://HOST:PORT`.
package struct PeerAddress: Equatable, Sendable {
  /// As it was given, without slashes at the end.
  package let text: String
  package let isSecure: Bool
  /// Without the brackets of an IPv6 address.
  package let host: String
  package let port: Int

  /// - Throws: `SyncFailure`; for plain HTTP to anywhere but this machine, too.
  package init(_ text: String) throws {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let named = parts.host, !named.isEmpty,
      parts.user == nil, parts.query == nil, parts.fragment == nil
    else { throw SyncFailure.badURL(text) }
    isSecure = scheme == "https"
    host = named.hasPrefix("[") ? String(named.dropFirst().dropLast()) : named
    port = parts.port ?? (isSecure ? 443 : 80)
    guard isSecure || ["127.0.0.1", "localhost", "::1"].contains(host) else {
      throw SyncFailure.notLoopback(named)
    }
    guard (1...65535).contains(port) else { throw SyncFailure.badURL(text) }
    self.text = PeerAddress.trimmed(text)
  }

  /// What a request names in `Host`.
  package var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

  /// Of whatever proxy mounts the peer below a path of its own; else empty.
  package var path: String {
    let path = URLComponents(string: text)?.percentEncodedPath ?? ""
    return PeerAddress.trimmed(path)
  }

  private static func trimmed(_ text: String) -> String {
    String(text[..<(text.lastIndex { $0 != "/" }.map(text.index(after:)) ?? text.startIndex)])
  }
}
