import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import GRDBSQLite

/// Lists of runs, filtered and ordered, and runs side by side.
enum ListBench {
  static let sizes = [10_000, 100_000]
  static let pageLimit = 100

  /// Asked as a script or a person asks; `plain` asks the same of tables that one would write by hand.
  private static let questions: [(name: String, query: RunQuery, plain: String)] = [
    (
      "newest", RunQuery(limit: pageLimit),
      "SELECT r.id FROM run r ORDER BY r.start_time DESC LIMIT \(pageLimit)"
    ),
    (
      "filter, order by metric",
      RunQuery(
        filter: "metrics.loss < 0.3 AND params.lr = '0.01'", orderBy: ["metrics.accuracy DESC"],
        limit: pageLimit),
      """
      SELECT m.run FROM metric m JOIN param p ON p.run = m.run AND p.key = 'lr'
        JOIN metric a ON a.run = m.run AND a.key = 'accuracy'
      WHERE m.key = 'loss' AND m.value < 0.3 AND p.value = '0.01' ORDER BY a.value DESC LIMIT \(pageLimit)
      """
    ),
    (
      "one in a thousand",
      RunQuery(filter: "tags.batch = 'b7'", limit: pageLimit),
      """
      SELECT r.id FROM tag t JOIN run r ON r.id = t.run WHERE t.key = 'batch' AND t.value = 'b7'
      ORDER BY r.start_time DESC LIMIT \(pageLimit)
      """
    ),
  ]

  static func lists(rounds: Int) throws -> [BenchRow] {
    try sizes.flatMap { size in
      let folder = try TemporaryFolder()
      let workspace = try library(folder, size)
      let plain = plainTables(folder, size)
      defer { try? workspace.close() }
      return try questions.map { name, query, sql in
        // Who asks a large replica the first time waits for a scan, and makes an index.
        _ = try workspace.runs(query)
        try workspace.store.write(.script) { _ in }
        var ours: [Double] = []
        var raw: [Double] = []
        for _ in 0..<rounds {
          var found = (0, 0)
          ours.append(
            1000 * (try Measurement.seconds { found.0 = try workspace.runs(query).items.count }))
          raw.append(1000 * Measurement.seconds { found.1 = readWhole(plain, sql) })
          guard found.0 == found.1, found.0 > 0 else {
            throw TestFailure("\(name): \(found.0) runs, and \(found.1) in plain tables")
          }
        }
        return BenchRow(
          name: "runs, \(size / 1000)k: \(name)", value: Measurement.median(ours), unit: "ms",
          peer: Measurement.median(raw), peerName: "plain SQL tables", target: .atMost(20))
      }
    }
  }

  /// Fifty runs with all that is known of them, as `compare` reads them.
  static func comparison(rounds: Int) throws -> [BenchRow] {
    let folder = try TemporaryFolder()
    let workspace = try library(folder, 1000)
    let ids = try workspace.runs(RunQuery(limit: 50)).items.map(\.id)
    let times = try (0..<rounds).map { _ in
      1000 * (try Measurement.seconds { for id in ids { _ = try workspace.run(id) } })
    }
    try workspace.close()
    return [
      BenchRow(
        name: "50 runs compared", value: Measurement.median(times), unit: "ms", target: .none)
    ]
  }

  /// An experiment with all of its runs, audited; peer: one of them after the other.
  static func audits(rounds: Int) throws -> [BenchRow] {
    let folder = try TemporaryFolder()
    let size = 10_000
    let workspace = try library(folder, size)
    defer { try? workspace.close() }
    let some = try workspace.runs(RunQuery(limit: 200)).items.map(\.id)
    var whole: [Double] = []
    var single: [Double] = []
    for _ in 0..<rounds {
      whole.append(
        try Measurement.seconds {
          guard try workspace.audit(Experiment.defaultID).runs.count == size else {
            throw TestFailure("not all runs were audited")
          }
        })
      let few = try Measurement.seconds { for id in some { _ = try workspace.audit(id) } }
      single.append(few * Double(size) / Double(some.count))
    }
    return [
      BenchRow(
        name: "audit of 10k runs", value: Measurement.median(whole), unit: "s",
        peer: Measurement.median(single), peerName: "run by run", target: .none)
    ]
  }

  // MARK: What is read

  /// Runs with five params, two tags and four metrics each.
  private static func library(_ folder: TemporaryFolder, _ count: Int) throws -> Workspace {
    let clock = ManualClock()
    let workspace = try Workspace.create(
      in: folder.path + "/w", name: "bench", device: "bench", owner: "bench", isHub: false,
      environment: TestMachine.environment(
        root: folder.path, clock: clock, seed: 1, name: "bench"))
    try fill(workspace, count) { index in
      clock.advance(milliseconds: 1000)
      return clock.now
    }
    return workspace
  }

  /// - Parameter start: when a run began, milliseconds since 1970.
  static func fill(_ workspace: Workspace, _ count: Int, start: (Int) -> Int64) throws {
    for index in 0..<count {
      let time = start(index)
      let run = try workspace.createRun(
        RunDraft(
          experiment: Experiment.defaultID, startTime: Timestamp(milliseconds: time),
          parameters: entries(parameters(index)), tags: entries(tags(index))),
        durability: .script)
      try workspace.logBatch(
        run, parameters: [],
        metrics: metrics(index).map { key, value in
          MetricSeries(key: key, points: [MetricPoint(step: 0, timestamp: time, value: value)])
        }, tags: [], durability: .script)
    }
    try workspace.seal()
  }

  private static func entries(_ texts: [(String, String)]) throws -> [EntryKey: String] {
    try Dictionary(uniqueKeysWithValues: texts.map { (try EntryKey($0.0), $0.1) })
  }

  private static func parameters(_ index: Int) -> [(String, String)] {
    let rates = ["0.1", "0.03", "0.01", "0.003", "0.001"]
    return [
      ("lr", rates[index % rates.count]), ("batch_size", "\(16 << (index / 5 % 5))"),
      ("depth", "\(index % 7)"), ("optimizer", index % 2 == 0 ? "adam" : "sgd"),
      ("seed", "\(index)"),
    ]
  }

  private static func tags(_ index: Int) -> [(String, String)] {
    [("batch", "b\(index % 1000)"), ("team", index % 3 == 0 ? "vision" : "speech")]
  }

  /// Spread as by chance, and always the same.
  private static func metrics(_ index: Int) -> [(String, Double)] {
    func part(_ prime: Int) -> Double { Double(index * prime % 100_003) / 100_003 }
    return [
      ("loss", part(7919)), ("accuracy", part(104_729)), ("epoch", Double(index % 90)),
      ("seconds", part(1_299_709) * 3600),
    ]
  }

  private static func plainTables(_ folder: TemporaryFolder, _ count: Int) -> RawSQLite {
    let database = RawSQLite(path: folder.path + "/raw.sqlite")
    database.execute(
      MergeBench.plainSchema + """
        ; CREATE TABLE metric(run INTEGER, key TEXT, value REAL, PRIMARY KEY(run, key)) WITHOUT ROWID;
        CREATE INDEX metric_by_value ON metric(key, value);
        CREATE INDEX param_by_value ON param(key, value);
        CREATE INDEX tag_by_value ON tag(key, value);
        CREATE INDEX run_by_start ON run(start_time)
        """)
    let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    func bind(_ statement: OpaquePointer, _ row: Int, _ key: String) {
      sqlite3_bind_int64(statement, 1, Int64(row))
      sqlite3_bind_text(statement, 2, key, -1, transient)
    }
    database.each(
      "INSERT INTO run VALUES (?, lower(hex(randomblob(16))), 1, 'brisk-heron-1', 'RUNNING', ?, 'ana')",
      count: count
    ) { statement, row in
      sqlite3_bind_int64(statement, 1, Int64(row))
      sqlite3_bind_int64(statement, 2, Int64(row) * 1000)
    }
    for (table, texts) in [("param", parameters), ("tag", tags)] {
      let each = texts(0).count
      database.each("INSERT INTO \(table) VALUES (?, ?, ?)", count: count * each) {
        statement, row in
        let (key, value) = texts(row / each)[row % each]
        bind(statement, row / each, key)
        sqlite3_bind_text(statement, 3, value, -1, transient)
      }
    }
    let each = metrics(0).count
    database.each("INSERT INTO metric VALUES (?, ?, ?)", count: count * each) { statement, row in
      let (key, value) = metrics(row / each)[row % each]
      bind(statement, row / each, key)
      sqlite3_bind_double(statement, 3, value)
    }
    return database
  }

  /// How many runs there are; each of them is read with its params, tags and metrics.
  private static func readWhole(_ database: RawSQLite, _ sql: String) -> Int {
    let runs = database.texts(sql)
    for run in runs {
      _ = database.texts("SELECT name FROM run WHERE id = \(run)")
      for table in ["param", "tag", "metric"] {
        _ = database.texts("SELECT key || value FROM \(table) WHERE run = \(run)")
      }
    }
    return runs.count
  }
}
