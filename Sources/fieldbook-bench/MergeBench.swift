import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import GRDBSQLite

enum MergeBench {
  static let runs = 10_000
  static let fields = 5

  /// A teammate's runs, each with five params, merged here.
  static func creates(rounds: Int) throws -> [BenchRow] {
    var ours: [Double] = []
    var raw: [Double] = []
    for round in 0..<rounds {
      let folder = try TemporaryFolder()
      let team = try team(folder, seed: UInt64(round))
      let segments = try news(team, from: 0) { try makeRuns(team[0]) }
      ours.append(
        Double(runs)
          / (try Measurement.seconds { _ = try team[1].apply(segments, from: "bench") }))
      try rawRuns { database in
        raw.append(Double(runs) / Measurement.seconds { insertRuns(database) })
      }
      for one in team { try one.close() }
    }
    return [
      BenchRow(
        name: "merging creates", value: Measurement.median(ours), unit: "runs/s",
        peer: Measurement.median(raw), peerName: "raw SQLite inserts", target: .ratioAtLeast(0.4))
    ]
  }

  /// A teammate's new values for tags that stand here already.
  static func overwrites(rounds: Int) throws -> [BenchRow] {
    var ours: [Double] = []
    var raw: [Double] = []
    for round in 0..<rounds {
      let folder = try TemporaryFolder()
      let team = try team(folder, seed: UInt64(round))
      let made = try makeRuns(team[0])
      try TestMachine.exchange(team[0], team[1])
      let key = try EntryKey("p0")
      var order = made
      var generator = SeededGenerator(seed: 3)
      order.shuffle(using: &generator)
      for run in order { try team[0].setTag(run.key, key, "first", durability: .script) }
      try TestMachine.exchange(team[0], team[1])
      let segments = try news(team, from: 0) {
        for run in order { try team[0].setTag(run.key, key, "second", durability: .script) }
      }
      ours.append(
        Double(runs) / (try Measurement.seconds { _ = try team[1].apply(segments, from: "bench") }))
      try rawRuns { database in
        insertRuns(database)
        raw.append(
          Double(runs)
            / Measurement.seconds {
              database.each(
                "UPDATE param SET value = 'second' WHERE run = ? AND key = 'p0'", count: runs
              ) {
                sqlite3_bind_int64($0, 1, Int64($1))
              }
            })
      }
      for one in team { try one.close() }
    }
    return [
      BenchRow(
        name: "merging random overwrites", value: Measurement.median(ours), unit: "ops/s",
        peer: Measurement.median(raw), peerName: "raw sorted updates", target: .ratioAtLeast(0.6))
    ]
  }

  /// A changed program's values of one field, none of which overwrites another, beside as many of an honest one.
  static func pile(rounds: Int) throws -> [BenchRow] {
    func milliseconds(_ seed: UInt64, overwriting: Bool) throws -> Double {
      let folder = try TemporaryFolder()
      let team = try team(folder, seed: seed)
      let run = try makeRuns(team[0], count: 1)[0]
      let field = FieldName.tag(try EntryKey("pile"))
      try TestMachine.exchange(team[0], team[1])
      let segments = try news(team, from: 0) {
        try team[0].store.write(.script) { transaction in
          for index in 0..<pileCount {
            let value = FieldValue.text("value \(index)")
            if overwriting {
              try transaction.set(run.key, [(field, value)])
            } else {
              let cell = Cell<Dot>(field: field, overwrites: [], value: value)
              try transaction.append(kind: .set, entity: run.key, cells: [cell])
            }
          }
        }
      }
      defer { for one in team { try? one.close() } }
      return 1000 * (try Measurement.seconds { _ = try team[1].apply(segments, from: "bench") })
    }
    var (piled, honest): ([Double], [Double]) = ([], [])
    for round in 0..<min(rounds, 3) {
      piled.append(try milliseconds(UInt64(round), overwriting: false))
      honest.append(try milliseconds(UInt64(round), overwriting: true))
    }
    return [
      BenchRow(
        name: "1,500 values of one field, merged", value: Measurement.median(piled), unit: "ms",
        peer: Measurement.median(honest), peerName: "as many that overwrite", target: .none)
    ]
  }

  private static let pileCount = 1500

  /// Bytes of a metadata op in full segments.
  static func wire(rounds: Int) throws -> [BenchRow] {
    let folder = try TemporaryFolder()
    let team = try team(folder, seed: 1)
    let made = try makeRuns(team[0])
    let key = try EntryKey("reviewed")
    let segments = try news(team, from: 0) {
      for run in made { try team[0].setTag(run.key, key, "yes", durability: .script) }
    }
    let sizes = segments.map { segment in
      Double(segment.bytes.count) / Double((try? Segment(encoded: segment.bytes).header.count) ?? 1)
    }
    return [
      BenchRow(
        name: "metadata op on the wire", value: Measurement.median(sizes), unit: "B", peer: nil,
        peerName: nil, target: .atMost(16))
    ]
  }

  private static func team(_ folder: TemporaryFolder, seed: UInt64) throws -> [Workspace] {
    try TestMachine.team(["ana", "bo"], root: folder.path, clock: ManualClock(), seed: seed)
  }

  private static func news(_ team: [Workspace], from: Int, _ body: () throws -> some Any) throws
    -> [EncodedSegment]
  {
    let before = try team[from].heads()
    _ = try body()
    _ = try team[from].heads()
    return try team[from].segments(notIn: before, maxBytes: .max, after: nil).segments
  }

  @discardableResult
  static func makeRuns(_ workspace: Workspace, count: Int = runs, fields: Int = fields) throws
    -> [RunID]
  {
    let keys = try (0..<fields).map { try EntryKey("p\($0)") }
    return try (0..<count).map { index in
      try workspace.createRun(
        RunDraft(
          experiment: Experiment.defaultID,
          parameters: Dictionary(uniqueKeysWithValues: keys.map { ($0, "0.\(index)") })),
        durability: .script)
    }
  }

  private static func rawRuns(_ body: (RawSQLite) throws -> Void) throws {
    let folder = try TemporaryFolder()
    let database = RawSQLite(path: folder.path + "/raw.sqlite")
    database.execute(plainSchema)
    try body(database)
  }

  static let plainSchema = """
    CREATE TABLE run(id INTEGER PRIMARY KEY, key TEXT UNIQUE, experiment INTEGER, name TEXT, status TEXT,
      start_time INTEGER, user TEXT);
    CREATE TABLE param(run INTEGER, key TEXT, value TEXT, PRIMARY KEY(run, key)) WITHOUT ROWID;
    CREATE TABLE tag(run INTEGER, key TEXT, value TEXT, PRIMARY KEY(run, key)) WITHOUT ROWID
    """

  static func insertRuns(_ database: RawSQLite, count runs: Int = runs, fields: Int = fields) {
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    database.each(
      "INSERT INTO run VALUES (?, lower(hex(randomblob(16))), 1, 'brisk-heron-1', 'RUNNING', 1, 'ana')",
      count: runs
    ) { sqlite3_bind_int64($0, 1, Int64($1)) }
    database.each("INSERT INTO param VALUES (?, ?, ?)", count: runs * fields) { statement, row in
      sqlite3_bind_int64(statement, 1, Int64(row / fields))
      sqlite3_bind_text(statement, 2, "p\(row % fields)", -1, transient)
      sqlite3_bind_text(statement, 3, "0.\(row / fields)", -1, transient)
    }
  }

  static func insertTags(_ database: RawSQLite, count: Int, runs: Int) {
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    database.each("INSERT INTO tag VALUES (?, ?, ?)", count: count) { statement, row in
      sqlite3_bind_int64(statement, 1, Int64(row % runs))
      sqlite3_bind_text(statement, 2, "tag\(row / runs)", -1, transient)
      sqlite3_bind_text(statement, 3, "value \(row % runs)", -1, transient)
    }
  }
}
