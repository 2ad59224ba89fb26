import FieldbookModel
import Foundation

/// Makes one index file of several tables, so that few have to be looked into however many packs there are: files of an index are
/// merged when the new one is at least half as large.
extension LargeStore {
  /// True if there is a new file. Does nothing while another process does it, and nothing where it cannot be written: the
  /// index is only for speed.
  func mergeIndex(_ index: ChunkIndex) -> Bool {
    do {
      return try locks.ifFree("index.lock") { try merge(index) } ?? false
    } catch {
      return false
    }
  }

  private func merge(_ index: ChunkIndex) throws -> Bool {
    let bySize = index.parts.sorted { $0.table.count < $1.table.count }
    var chosen = bySize.filter { $0.file == nil && index.packs.contains($0.packs[0]) }
    // A pack without a table that holds is looked through each time, and mended or removed by hand.
    chosen.removeAll { index.damagedPacks.contains($0.packs[0]) }
    guard chosen.count >= 2 else { return false }
    var total = chosen.reduce(0) { $0 + $1.table.count }
    for part in bySize where part.file != nil {
      guard part.table.count <= 2 * total else { break }
      chosen.append(part)
      total += part.table.count
    }
    let packs = Set(chosen.flatMap(\.packs)).intersection(index.packs).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: packs.enumerated().map { ($1, UInt32($0)) })
    func cursors() -> [TableCursor] {
      chosen.map { part in TableCursor(part.table, part.packs.map { numbers[$0] }) }
    }
    let count = TableCursor.merge(cursors()) { _ in }
    let staging = folder.fresh()
    let file = try disk.create(staging)
    defer { close(file) }
    do {
      var out = IndexFile.head(packs: packs, count: count)
      func flush() throws {
        try out.withUnsafeBytes { try disk.write($0, to: file, staging) }
        out.removeAll(keepingCapacity: true)
      }
      _ = try TableCursor.merge(cursors()) { entry in
        ChunkTable.append(entry, to: &out)
        if out.count >= 1 << 20 { try flush() }
      }
      try flush()
      // Its entries have no checksum: what a power cut made of them would be taken for an index.
      try disk.sync(file, staging)
      try disk.rename(staging, to: folder.index + "/" + UUID().uuidString + ".index")
    } catch {
      unlink(staging)
      throw error
    }
    for part in chosen { if let file = part.file { unlink(file) } }
    return true
  }
}

/// Goes through a table from its beginning, a block at a time.
private struct TableCursor {
  private let table: ChunkTable
  /// The new number of each pack; nil for one that is gone.
  private let numbers: [UInt32?]
  private var position = 0
  private(set) var current: ChunkTable.Entry?

  init(_ table: ChunkTable, _ numbers: [UInt32?]) {
    self.table = table
    self.numbers = numbers
    advance()
  }

  mutating func advance() {
    while position < table.count {
      guard let entry = table.entry(position) else { break }
      position += 1
      guard Int(entry.pack) < numbers.count, let number = numbers[Int(entry.pack)] else { continue }
      current = ChunkTable.Entry(
        digest: entry.digest, pack: number, offset: entry.offset, frameBytes: entry.frameBytes)
      return
    }
    current = nil
  }

  /// All entries in order, each place once; returns how many.
  static func merge(
    _ cursors: [TableCursor], _ take: (ChunkTable.Entry) throws -> Void
  ) rethrows -> Int {
    var cursors = cursors
    var count = 0
    var last: ChunkTable.Entry?
    while true {
      var least: Int?
      for index in cursors.indices {
        guard let entry = cursors[index].current else { continue }
        if let chosen = least, let other = cursors[chosen].current, !entry.precedes(other) {
          continue
        }
        least = index
      }
      guard let least, let entry = cursors[least].current else { return count }
      cursors[least].advance()
      if entry == last { continue }
      last = entry
      count += 1
      try take(entry)
    }
  }
}

extension ChunkTable.Entry {
  fileprivate func precedes(_ other: Self) -> Bool {
    (digest, pack, offset) < (other.digest, other.pack, other.offset)
  }
}
