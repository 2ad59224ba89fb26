import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace

@testable import FieldbookStore

/// Runs for the searches: some with each key and some without, with values that try a filter's quoting.
struct SearchCorpus {
  static let metricKeys = ["acc", "val/loss", "a b", "größe"]
  static let textKeys = ["lr", "model.depth", "a b", "data/set-1", "größe"]
  static let texts = [
    "", "x", "X", "xy", "a%b", "a_b", "aXb", "a*b", "a?b", "[x]", "it's", "say \"hi\"", "äb", "Äb",
    "0.1",
    "100%", "a\\b", "two\nlines", "🙂", "e\u{301}", "and", "`tick`", "(x, 'y')",
  ]
  static let numbers: [Double] = [0, 1, -1, 0.5, 1e3, 1e-7, .nan, .infinity, -.infinity, 0.1]

  let folder: TemporaryFolder
  let workspace: Workspace
  /// Active ones only.
  let runs: [Run]

  init(seed: UInt64, count: Int = 40) throws {
    folder = try TemporaryFolder()
    let clock = ManualClock()
    workspace = try TestMachine.team(["ana"], root: folder.path, clock: clock, seed: seed)[0]
    var generator = SeededGenerator(seed: seed)
    var ids: [RunID] = []
    func some(_ keys: [String]) throws -> [EntryKey: String] {
      var out: [EntryKey: String] = [:]
      for key in keys where generator.chance(60) {
        out[try EntryKey(key)] = SearchCorpus.texts.randomElement(using: &generator)!
      }
      return out
    }
    for index in 0..<count {
      let name = ["baseline", "Baseline", "it's", "100%", "x_y"].randomElement(using: &generator)!
      let run = try workspace.createRun(
        RunDraft(
          experiment: Experiment.defaultID, name: name, user: generator.chance(50) ? "ana" : "Bo",
          parameters: try some(SearchCorpus.textKeys), tags: try some(SearchCorpus.textKeys)),
        durability: .script)
      let series = SearchCorpus.metricKeys.filter { _ in generator.chance(60) }.map { key in
        MetricSeries(
          key: key,
          points: (0...2).map { step in
            let value = SearchCorpus.numbers.randomElement(using: &generator)!
            return MetricPoint(step: Int64(step), timestamp: clock.now, value: value)
          })
      }
      try workspace.logBatch(run, parameters: [], metrics: series, tags: [], durability: .script)
      if generator.chance(60) {
        let status = RunStatus.allCases.filter(\.isFinal).randomElement(using: &generator)!
        let state = RunState(status: status, endTime: Timestamp(milliseconds: clock.now + 7))
        try workspace.setState(run, state, durability: .script)
      }
      for key in SearchCorpus.textKeys where generator.chance(10) {
        try workspace.setTag(run.key, EntryKey(key), nil, durability: .script)
      }
      if index % 10 == 9 {
        try workspace.delete(run.key, durability: .script)
      } else {
        ids.append(run)
      }
      if generator.chance(50) { clock.advance(milliseconds: 1000) }
    }
    runs = try ids.map(workspace.run)
  }

  /// Gives every key an index, as searches of a large replica would.
  func index() throws {
    let fields = try workspace.store.read { db in
      let ground = try SearchGround(db)
      let metrics = try SearchCorpus.metricKeys
        .compactMap { try ground.number(of: "metrics." + $0) }
      let texts = try SearchCorpus.textKeys.flatMap { ["params." + $0, "tags." + $0] }
        .compactMap { try ground.number(of: $0) }
      return metrics.map { IndexedField(number: $0, isMetric: true) }
        + texts.map { IndexedField(number: $0, isMetric: false) }
    }
    try workspace.store.pool.writeWithoutTransaction { try SearchIndexes.make(fields, $0) }
  }

  /// All pages, `limit` runs each.
  func search(_ filter: String, orderBy: [String] = [], limit: Int = 1000) throws -> [RunID] {
    var out: [RunID] = []
    var token: String?
    repeat {
      let page = try workspace.runs(
        RunQuery(
          filter: filter, orderBy: orderBy, limit: limit, pageToken: token, isExtended: true))
      out += page.items.map(\.id)
      token = page.nextPageToken
      guard page.items.count == limit || token == nil else { throw TestFailure("a short page") }
    } while token != nil
    return out
  }

  /// The order that there is without `order_by`.
  static func precedes(_ left: Run, _ right: Run) -> Bool {
    left.startTime.milliseconds != right.startTime.milliseconds
      ? left.startTime.milliseconds > right.startTime.milliseconds : left.id < right.id
  }
}
