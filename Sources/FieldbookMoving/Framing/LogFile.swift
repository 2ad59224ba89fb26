/// A log as LevelDB frames it, with W&B's seven bytes before it: blocks of 32 KiB, in them pieces of records.
///
/// Source: LevelDB, "Log format"; W&B's `wandb/sdk/internal/datastore.py`, whose check is zip's and not masked.
package final class LogFile {
  static let blockBytes = 32 * 1024
  static let recordBytes = 256 * 1024 * 1024
  /// `:W&B`, 0xBEE1, version 0.
  package static let magic: [UInt8] = [0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0]

  private let file: PiecewiseFile
  private(set) var end: FileEnd?

  package init(_ path: String) throws {
    file = try PiecewiseFile(path)
    guard try file.take(LogFile.magic.count).elementsEqual(LogFile.magic) else {
      throw MovingFailure.notA(what: "W&B log", path: path, reason: "it does not begin like one")
    }
  }

  /// Nil at the end.
  ///
  /// - Throws: `MovingFailure.damaged` where a check does not fit.
  package func next() throws -> ArraySlice<UInt8>? {
    var record: [UInt8] = []
    var isOpen = false
    while true {
      let room = LogFile.blockBytes - file.offset % LogFile.blockBytes
      if room < 7 { _ = try file.take(room) }
      let start = file.offset
      let head = try file.take(7)
      if head.isEmpty && !isOpen { return finish(.whole) }
      guard head.count == 7 else { return finish(.cut(at: start)) }
      let (first, kind) = (head.startIndex, head.last ?? 0)
      let length = Int(head[first + 4..<first + 6].littleEndian)
      // Blocks are made before they are filled: what is all zero is not written yet.
      if kind == 0, length == 0 { return finish(.cut(at: start)) }
      let data = try file.take(length)
      guard data.count == length else { return finish(.cut(at: start)) }
      guard UInt64(CRC32.plain.of(head.suffix(1), data)) == head.prefix(4).littleEndian else {
        throw MovingFailure.damaged(
          path: file.path, reason: "the check of the record at byte \(start) does not fit")
      }
      switch (kind, isOpen) {
      case (1, false): return data
      case (2, false), (3, true): record += data
      case (4, true): return (record + data)[...]
      default:
        throw MovingFailure.damaged(
          path: file.path, reason: "pieces of records are out of order at byte \(start)")
      }
      isOpen = true
      guard record.count <= LogFile.recordBytes else {
        throw MovingFailure.damaged(path: file.path, reason: "a record is too long")
      }
    }
  }

  private func finish(_ end: FileEnd) -> ArraySlice<UInt8>? {
    self.end = end
    return nil
  }
}
