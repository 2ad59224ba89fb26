/// A change of a file that a power cut can still take back.
struct UnsyncedWrite: Sendable {
  /// Nil for a truncation, to `offset`.
  let bytes: [UInt8]?
  let offset: Int
  /// What lay there: as many bytes as were replaced or cut off, fewer where the file had ended.
  let replaced: [UInt8]
  /// Of the file, before.
  let size: Int

  /// Disks write sectors whole or not at all.
  static let sector = 512

  /// What is left of a file: each change since the last sync, in whatever order it reached the disk, came through, or did
  /// not, or some of its sectors did.
  static func image(
    after writes: [UnsyncedWrite], from present: [UInt8], using generator: inout SeededGenerator
  ) -> [UInt8] {
    var file = present
    for write in writes.reversed() { write.takeBack(from: &file) }
    // Often a prefix in time, as when a cut follows a write-back; else anything.
    let cut =
      generator.chance(40) ? Int.random(in: 0...writes.count, using: &generator) : writes.count
    let isOrdered = cut < writes.count || generator.chance(30)
    for write in writes.prefix(cut) {
      switch isOrdered ? 99 : Int.random(in: 0..<100, using: &generator) {
      case 0..<25: continue
      case 25..<45: write.apply(to: &file) { _ in generator.chance(50) }
      default: write.apply(to: &file) { _ in true }
      }
    }
    return file
  }

  private func takeBack(from file: inout [UInt8]) {
    file.resize(to: max(size, file.count))
    file.replaceSubrange(offset..<offset + replaced.count, with: replaced)
    file.resize(to: size)
  }

  private func apply(to file: inout [UInt8], keeping isKept: (Int) -> Bool) {
    guard let bytes else { return file.resize(to: min(offset, file.count)) }
    var position = 0
    while position < bytes.count {
      let end = min(bytes.count, position + Self.sector - (offset + position) % Self.sector)
      if isKept(position) {
        if file.count < offset + end { file.resize(to: offset + end) }
        file.replaceSubrange(offset + position..<offset + end, with: bytes[position..<end])
      }
      position = end
    }
  }
}

extension [UInt8] {
  fileprivate mutating func resize(to count: Int) {
    if self.count > count {
      removeLast(self.count - count)
    } else {
      append(contentsOf: repeatElement(0, count: count - self.count))
    }
  }
}
