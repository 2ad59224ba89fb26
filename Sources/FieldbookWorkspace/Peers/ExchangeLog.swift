import FieldbookModel
import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// One meeting with a peer that brought something over, or failed.
package struct ExchangeNote: Codable, Equatable, Sendable {
  /// When it ended, milliseconds since 1970, by this machine's clock.
  package var time: Int64
  /// By which name it was called; nil when the peer called.
  package var remote: String?
  /// The peer's key in hexadecimal digits; nil when it never said who it is.
  package var peer: String?
  package var isInbound = false
  package var sentOps = 0
  package var receivedOps = 0
  package var sentPoints = 0
  package var receivedPoints = 0
  package var conflicts = 0
  package var seconds = 0.0
  package var error: String?

  package init(time: Int64, remote: String? = nil, peer: String? = nil, isInbound: Bool = false) {
    self.time = time
    self.remote = remote
    self.peer = peer
    self.isInbound = isInbound
  }

  /// Something came over, or went wrong.
  package var isOfNote: Bool {
    error != nil || [sentOps, receivedOps, sentPoints, receivedPoints].contains { $0 > 0 }
  }

  /// A peer that calls is answered message by message: those within a minute are one meeting.
  fileprivate func continues(_ earlier: ExchangeNote) -> Bool {
    let (pause, isBeyond) = time.subtractingReportingOverflow(earlier.time)
    return isInbound && earlier.isInbound && peer == earlier.peer && error == nil
      && earlier.error == nil && !isBeyond && (0..<60_000).contains(pause)
  }

  fileprivate mutating func add(_ later: ExchangeNote) {
    time = later.time
    sentOps = sentOps &+ later.sentOps
    receivedOps = receivedOps &+ later.receivedOps
    sentPoints = sentPoints &+ later.sentPoints
    receivedPoints = receivedPoints &+ later.receivedPoints
    conflicts = conflicts &+ later.conflicts
    seconds += later.seconds
  }
}

/// What was exchanged with whom: `exchanges.log` in `.fieldbook`, a line of JSON each, of this machine alone. It is a help for people, and
/// nothing depends on it: who cannot write it goes on.
package struct ExchangeLog: Sendable {
  /// Then it becomes `….1`, and the one before is gone.
  private static let bytesMax = 256 << 10
  private static let lineBytesMax = 4096

  package let path: String

  package init(in folder: String) { path = folder + "/exchanges.log" }

  package func add(_ note: ExchangeNote) {
    guard note.isOfNote, var line = try? JSONEncoder().encode(note),
      line.count < ExchangeLog.lineBytesMax
    else { return }
    line.append(UInt8(ascii: "\n"))
    var about = stat()
    if stat(path, &about) == 0, about.st_size > ExchangeLog.bytesMax { rename(path, path + ".1") }
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { return }
    // One call: what several processes write stays apart.
    _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    close(file)
  }

  /// Changes with each line that comes, and reads none.
  var stamp: String {
    var about = stat()
    return stat(path, &about) == 0 ? "\(about.st_ino).\(about.st_size)" : ""
  }

  /// Newest first.
  package func newest(_ count: Int) -> [ExchangeNote] {
    let texts = [path + ".1", path].map { path -> [UInt8] in
      guard let file = FileHandle(forReadingAtPath: path) else { return [] }
      defer { try? file.close() }
      return Array((try? file.read(upToCount: 2 * ExchangeLog.bytesMax)) ?? Data())
    }
    return Array(ExchangeLog.read(Array(texts.joined())).reversed().prefix(count))
  }

  /// Lines that are none, such as one that a full disk cut, are passed over.
  package static func read(_ bytes: [UInt8]) -> [ExchangeNote] {
    var notes: [ExchangeNote] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard line.count < lineBytesMax,
        let note = try? JSONDecoder().decode(ExchangeNote.self, from: Data(line))
      else { continue }
      if let last = notes.last, note.continues(last) {
        notes[notes.count - 1].add(note)
      } else if note.error == nil || note.error != notes.last?.error
        || note.remote != notes.last?.remote
      {
        notes.append(note)
      }
    }
    return notes
  }
}

extension Workspace {
  package var exchangeLog: ExchangeLog { ExchangeLog(in: folder) }

  /// Invites of this replica that can still be used, the one that ends first first.
  package func openInvites() throws -> [InviteRecord] {
    let now = Timestamp(milliseconds: environment.now())
    return try store.inspect { try $0.openInvites(at: now) }
  }
}
