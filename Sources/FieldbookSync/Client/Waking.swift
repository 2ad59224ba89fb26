import Foundation

/// Notices that the world outside is no longer the one that a wait began in: the machine slept, its clock was set, or
/// it is in another network. Then what was waited for may be there at once.
struct Waking {
  /// More than a machine that is merely busy is ever late by.
  static let jumpMilliseconds: Int64 = 15_000

  private var lastLook: Int64
  private let addresses: Set<String>

  init(now: Int64, addresses: Set<String>) {
    lastLook = now
    self.addresses = addresses
  }

  /// To be asked every second or so.
  mutating func isOther(now: Int64, addresses: Set<String>) -> Bool {
    defer { lastLook = now }
    return abs(now - lastLook) > Waking.jumpMilliseconds || addresses != self.addresses
  }
}

/// Where this machine can be reached, loopback aside.
package enum LocalAddresses {
  @Sendable package static func current() -> Set<String> {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return [] }
    defer { freeifaddrs(first) }
    var found: Set<String> = []
    var next = first
    while let entry = next?.pointee {
      next = entry.ifa_next
      guard let address = entry.ifa_addr, entry.ifa_flags & UInt32(IFF_LOOPBACK) == 0,
        [AF_INET, AF_INET6].contains(Int32(address.pointee.sa_family))
      else { continue }
      var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let size =
        address.pointee.sa_family == UInt16(AF_INET)
        ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
      guard
        getnameinfo(
          address, socklen_t(size), &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0
      else { continue }
      found.insert(
        String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }
    return found
  }
}
