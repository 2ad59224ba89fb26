import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import Foundation

extension FuzzTarget {
  /// A database that a disk damaged, read without SQLite: four bytes say how long the file is,
  /// then come the file and its
  /// write-ahead log.
  static let salvage: [FuzzTarget] = [
    FuzzTarget("salvage", maxBytes: 32768, rounds: 200, seeds: try databases()) { bytes in
      let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let rest = bytes.dropFirst(4)
      let folder = try TemporaryFolder()
      let path = folder.path + "/replica.sqlite"
      try Data(rest.prefix(length)).write(to: URL(fileURLWithPath: path))
      try Data(rest.dropFirst(length)).write(to: URL(fileURLWithPath: path + "-wal"))
      let salvage = Salvage(database: path, device: Samples.device)
      for index in 0..<salvage.segmentCount {
        guard let found = salvage.bytes(index) else {
          throw BrokenPromise("salvage: a segment that was found is not there")
        }
        try promise(
          (try? Segment(encoded: found.bytes).verifySignature()) != nil,
          "salvage: a segment that nobody signed")
      }
    }
  ]

  /// The shapes of our tables with pages as small as SQLite has them, half of it still in the log.
  @Sendable private static func databases() throws -> [[UInt8]] {
    let folder = try TemporaryFolder()
    let path = folder.path + "/replica.sqlite"
    let database = RawSQLite(path: path, pageBytes: 512)
    database.execute(
      """
      CREATE TABLE segment(id INTEGER PRIMARY KEY, chain, first, last, hash, previous, start,
        origin, bytes);
      CREATE TABLE journal(number INTEGER PRIMARY KEY, bytes, total);
      CREATE TABLE payload(id INTEGER PRIMARY KEY, digest, bytes);
      CREATE TABLE remote(name PRIMARY KEY, url, pin, a, b, c, d, e) WITHOUT ROWID;
      INSERT INTO remote VALUES ('origin', 'http://x/', NULL, 3, NULL, NULL, 'a', 9);
      """)
    for (index, segment) in try Samples.shared.get().segments.prefix(4).enumerated() {
      let header = try Segment(encoded: segment.bytes).header
      if index == 2 { database.execute("PRAGMA wal_checkpoint(TRUNCATE)") }
      database.execute(
        """
        INSERT INTO segment VALUES (NULL, 1, \(header.first), \(header.last),
          x'\(header.hash.hex)', NULL, x'\(header.bodyRoot.hex)', 'peer', ?)
        """, blob: segment.bytes)
    }
    let chunk = MetricChunk.encode(Samples.series)
    database.execute(
      "INSERT INTO payload VALUES (NULL, x'\(chunk.digest.hex)', ?)", blob: chunk.payload)
    let op = Operation<Dot>(
      kind: .set, entity: EntityKey(high: 1, low: 2), clock: HybridTime(milliseconds: 5), cells: [])
    database.execute("INSERT INTO journal VALUES (3, ?, 40)", blob: JournalCoding.encode(op))
    let file = try Data(contentsOf: URL(fileURLWithPath: path))
    let log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
    let length = (0..<4).map { UInt8(truncatingIfNeeded: file.count >> (24 - 8 * $0)) }
    return [length + file + log, length + file]
  }
}
