import Foundation
import NIOCore

/// Which user's process holds the other end of a TCP connection within this machine.
///
/// Linux tells it of one connection by a socket of its own (sock_diag(7)), and of all in `/proc/net/tcp` and `tcp6`
/// (proc(5)). Elsewhere nobody is known.
enum SocketOwner {
  static func of(_ channel: any Channel) -> UInt32? {
    guard let theirs = channel.remoteAddress, let ours = channel.localAddress else { return nil }
    return SocketDiagnosis.owner(near: theirs, far: ours) ?? listed(theirs, ours)
  }

  /// Where the kernel was built without the first way. A list that changes while it is read can leave a line out.
  private static func listed(_ theirs: SocketAddress, _ ours: SocketAddress) -> UInt32? {
    for _ in 0..<3 {
      for (file, isSix) in [("/proc/net/tcp", false), ("/proc/net/tcp6", true)] {
        guard let near = name(theirs, asSix: isSix), let far = name(ours, asSix: isSix),
          let table = try? String(contentsOfFile: file, encoding: .utf8)
        else { continue }
        if let user = find(near, far, in: table) { return user }
      }
    }
    return nil
  }

  /// The line of a socket whose own end is `near` and whose peer is `far`: its eighth column is the user's number, its
  /// tenth the inode. One without an inode was closed by its process, and its user is no longer known: it says 0.
  static func find(_ near: String, _ far: String, in table: String) -> UInt32? {
    for line in table.utf8.split(separator: UInt8(ascii: "\n")).dropFirst() {
      let columns = line.split(separator: UInt8(ascii: " "), maxSplits: 10)
      guard columns.count > 9, columns[1].elementsEqual(near.utf8),
        columns[2].elementsEqual(far.utf8)
      else { continue }
      guard !columns[9].elementsEqual("0".utf8) else { return nil }
      return UInt32(String(decoding: columns[7], as: UTF8.self))
    }
    return nil
  }

  /// `0100007F:1F90`: the address in words of 32 bits, each in the machine's own byte order; then the port.
  static func name(_ address: SocketAddress, asSix: Bool) -> String? {
    let bytes: [UInt8]
    switch address {
    case .v4(let four):
      let plain = withUnsafeBytes(of: four.address.sin_addr) { Array($0) }
      bytes = asSix ? [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + plain : plain
    case .v6(let six):
      let whole = withUnsafeBytes(of: six.address.sin6_addr) { Array($0) }
      let isMapped = whole[..<10].allSatisfy { $0 == 0 } && whole[10] == 0xFF && whole[11] == 0xFF
      guard asSix || isMapped else { return nil }
      bytes = asSix ? whole : Array(whole[12...])
    case .unixDomainSocket: return nil
    }
    let words = stride(from: 0, to: bytes.count, by: 4).map { start in
      bytes[start..<start + 4].reversed().map { String(format: "%02X", $0) }.joined()
    }
    return words.joined() + ":" + String(format: "%04X", address.port ?? 0)
  }
}
