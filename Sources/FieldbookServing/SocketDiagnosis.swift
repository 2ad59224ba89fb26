import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// Asks the kernel about one TCP connection of this machine (sock_diag(7), struct inet_diag_req_v2).
enum SocketDiagnosis {
  private static let family: Int32 = 4  // NETLINK_SOCK_DIAG
  private static let byFamily: UInt16 = 20  // SOCK_DIAG_BY_FAMILY
  private static let headerBytes = 16

  /// The user of the socket whose own end is `near` and whose peer is `far`; nil if it is not told, and for one that
  /// its process has closed.
  static func owner(near: SocketAddress, far: SocketAddress) -> UInt32? {
    #if os(Linux)
      guard let question = question(near, far) else { return nil }
      let socket = socket(
        AF_NETLINK, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), family)
      guard socket >= 0 else { return nil }
      defer { close(socket) }
      var patience = timeval(tv_sec: 1, tv_usec: 0)
      setsockopt(
        socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      guard send(socket, question, question.count, 0) == question.count else { return nil }
      var answer = [UInt8](repeating: 0, count: 1024)
      let count = recv(socket, &answer, answer.count, 0)
      return count > 0 ? user(in: Array(answer[..<count])) : nil
    #else
      return nil
    #endif
  }

  private static func question(_ near: SocketAddress, _ far: SocketAddress) -> [UInt8]? {
    let ends = [near, far].map { address -> (family: UInt8, bytes: [UInt8])? in
      switch address {
      case .v4(let four):
        let bytes = withUnsafeBytes(of: four.address.sin_addr) { Array($0) }
        return (UInt8(AF_INET), bytes + [UInt8](repeating: 0, count: 12))
      case .v6(let six):
        return (UInt8(AF_INET6), withUnsafeBytes(of: six.address.sin6_addr) { Array($0) })
      case .unixDomainSocket: return nil
      }
    }
    guard let one = ends[0], let other = ends[1], one.family == other.family,
      let nearPort = near.port, let farPort = far.port
    else { return nil }
    var body: [UInt8] = [one.family, UInt8(IPPROTO_TCP), 0, 0]
    body += native(UInt32.max)  // whatever state it is in
    for port in [nearPort, farPort] { body += [UInt8(port >> 8 & 255), UInt8(port & 255)] }
    body += one.bytes + other.bytes
    body += native(UInt32(0))  // whatever interface
    body += [UInt8](repeating: 0xFF, count: 8)  // whatever cookie
    var out = native(UInt32(headerBytes + body.count))
    out += native(byFamily) + native(UInt16(1))  // NLM_F_REQUEST
    out += native(UInt32(1)) + native(UInt32(0))
    return out + body
  }

  /// From struct inet_diag_msg, which follows the header: the user at 64, the inode at 68.
  static func user(in answer: [UInt8]) -> UInt32? {
    guard answer.count >= headerBytes + 72, number(answer, 4) & 0xFFFF == UInt32(byFamily),
      number(answer, headerBytes + 68) != 0
    else { return nil }
    return number(answer, headerBytes + 64)
  }

  private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    bytes[offset..<offset + 4].withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
  }

  private static func native(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number) { Array($0) }
  }
}
