import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@testable import FieldbookStore

@Suite("Searching runs in MLflow's filter language")
struct SearchTests {
  // MARK: Rules

  /// One run that has `p`, `t` and `m`, and one that has nothing.
  private func small() throws -> (TemporaryFolder, Workspace) {
    let folder = try TemporaryFolder()
    let workspace = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock())[0]
    let draft = RunDraft(
      experiment: Experiment.defaultID, name: "full", parameters: [try EntryKey("p"): "Value"],
      tags: [try EntryKey("t"): "a_b", try EntryKey("q"): "it's"])
    let run = try workspace.createRun(draft, durability: .script)
    let points = [
      MetricPoint(step: 0, timestamp: 1, value: 9), MetricPoint(step: 1, timestamp: 2, value: 0.5),
    ]
    try workspace.logBatch(
      run, parameters: [],
      metrics: [
        MetricSeries(key: "m", points: points),
        MetricSeries(key: "nan", points: [MetricPoint(step: 0, timestamp: 1, value: .nan)]),
      ], tags: [], durability: .script)
    try workspace.newRun("empty", durability: .script)
    return (folder, workspace)
  }

  @Test("MLflow's documented rules hold")
  func rules() throws {
    let (folder, workspace) = try small()
    for (filter, names) in [
      ("", ["empty", "full"]), ("metrics.m > 0.4 and metrics.m < 1", ["full"]),
      ("metrics.m = 9", []),
      ("params.p != 'x'", ["full"]), ("params.none != 'x'", []), ("tags.none NOT IN ('x')", nil),
      ("metrics.none != 3", []), ("params.p LIKE 'value'", []), ("params.p LIKE 'V%'", ["full"]),
      ("params.p ILIKE 'vAL_e'", ["full"]), ("params.p = 'value'", []),
      ("tags.t LIKE 'a_b'", ["full"]),
      ("tags.t LIKE 'aXb'", []), ("params.p IS NULL", ["empty"]),
      ("params.p IS NOT NULL", ["full"]),
      ("metrics.nan != 1", ["full"]), ("metrics.nan = nan", nil), ("metrics.nan > 0", []),
      ("tags.q = \"it's\"", ["full"]), ("tags.q LIKE \"it'%\"", ["full"]),
      ("tags.t IN (\"a_b\", 'c')", nil), ("params.p != \"\"", ["full"]),
      ("run_name IS NULL", nil), ("AND run_name = 'full' AND AND", ["full"]),
      ("and", ["empty", "full"]),
      ("run_name = 'f''ull'", []),
      ("params.p = \"\"", []),
      ("tags.\"t\" = 'a_b'", ["full"]), ("tags.`t` = 'a_b'", ["full"]),
      ("\"run name\" = 'full'", ["full"]),
      ("tags.mlflow.runName = 'full'", ["full"]),
      ("attributes.status = 'RUNNING'", ["empty", "full"]),
      ("end_time > 0", []), ("run_name LIKE '%l%' AnD NAME != 'x'", nil),
    ] as [(String, [String]?)] {
      do {
        let found = try workspace.runs(RunQuery(filter: filter)).items.map(\.name).sorted()
        #expect(found == names, "\(filter)")
      } catch { #expect(names == nil && isRefusal(error), "\(filter): \(error)") }
    }
    withExtendedLifetime(folder) {}
  }

  @Test(
    "what does not read is refused",
    arguments: [
      "metrics.a", "metrics.a >", "metrics.a = 'x'", "metrics.a LIKE 'x'", "metrics.a IN ('1')",
      "start_time NOT IN ('1')", "metrics.a IS NULL", "params.p > 'x'", "params.p = 1",
      "params.p = x",
      "params.p IN ()", "params.p IN ('a'", "params.p IN ('a',)", "params.p IN 'a'",
      "params.p NOT 'a'",
      "params.p IS 'a'", "params.p = 'a", "params.p == 'a'", "params.p <> 'a'",
      "params.p = 'a' and",
      "and params.p = 'a'", "params.p = 'a' params.q = 'b'", "bogus = 'a'", "bogus.x = 'a'", "(",
      ")", "'",
      "`", "\"", "=", "(params.p = 'a'", "params.p = 'a')", "()", "not params.p = 'a'", ",",
      "1 = 1",
    ])
  func malformed(filter: String) throws {
    #expect(throws: SearchFailure.self) {
      try SearchParser.parse(filter, subject: .runs, isExtended: true)
    }
  }

  @Test("OR, parentheses, and lists of params and tags are ours, not MLflow's")
  func dialect() throws {
    for filter in [
      "params.a = '1' OR params.b = '2'", "(params.a = '1')", "tags.t NOT IN ('x')",
      "params.p IN (\"a_b\", 'c')", "run_name IS NOT NULL", "status IN ('FAILED')",
    ] {
      _ = try SearchParser.parse(filter, subject: .runs, isExtended: true)
      #expect(throws: SearchFailure.self) {
        try SearchParser.parse(filter, subject: .runs, isExtended: false)
      }
    }
  }

  @Test("a status is found as it is shown, and a name alone is told from what it may mean")
  func wordsOfPeople() throws {
    #expect(
      try SearchParser.parse("status = 'finished'", subject: .runs, isExtended: true)
        == .compare(.attribute("status"), .text("=", "FINISHED")))
    #expect(
      try SearchParser.parse("status = 'finished'", subject: .runs, isExtended: false)
        == .compare(.attribute("status"), .text("=", "finished")))
    #expect(throws: SearchFailure.unknownAttribute("accuracy")) {
      try SearchParser.parse("accuracy > 0.9", subject: .runs, isExtended: true)
    }
  }

  @Test("params that are numbers go by their value where people look, as texts where MLflow asks")
  func numericOrder() throws {
    let folder = try TemporaryFolder()
    let workspace = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock())[0]
    let experiment = try workspace.ensureExperiment(named: "e", durability: .script)
    for text in ["10", "9", "adam", "1e-3", "-2", "0.5", "2026-11-02", "2026-1-3", "1.10.2"] {
      let run = try workspace.createRun(RunDraft(experiment: experiment), durability: .script)
      try workspace.logBatch(
        run, parameters: [(EntryKey("lr"), text)], metrics: [], tags: [], durability: .script)
    }
    _ = try workspace.createRun(RunDraft(experiment: experiment), durability: .script)
    func order(_ clause: String, isExtended: Bool) throws -> [String?] {
      try workspace.runs(RunQuery(orderBy: [clause], isExtended: isExtended)).items
        .map { $0.parameters["lr"] }
    }
    #expect(
      try order("params.lr", isExtended: true) == [
        "-2", "1e-3", "0.5", "9", "10", "1.10.2", "2026-1-3", "2026-11-02", "adam", nil,
      ])
    #expect(
      try order("params.lr DESC", isExtended: true) == [
        "adam", "2026-11-02", "2026-1-3", "1.10.2", "10", "9", "0.5", "1e-3", "-2", nil,
      ])
    #expect(
      try order("params.lr", isExtended: false) == [
        "-2", "0.5", "1.10.2", "10", "1e-3", "2026-1-3", "2026-11-02", "9", "adam", nil,
      ])
    for (index, run) in try workspace.runs(RunQuery()).items.prefix(3).enumerated() {
      let end = Timestamp(milliseconds: run.startTime.milliseconds + [5, 700, 60][index])
      try workspace.setState(
        run.id, RunState(status: .finished, endTime: end), durability: .script)
    }
    let durations = try workspace.runs(
      RunQuery(orderBy: ["duration DESC"], isExtended: true)
    ).items.map { run in run.state.endTime.map { $0.milliseconds - run.startTime.milliseconds } }
    #expect(durations.prefix(3) == [700, 60, 5] && durations.dropFirst(3).allSatisfy { $0 == nil })
    #expect(
      throws: WorkspaceFailure.invalidFilter(
        message: "Invalid attribute key 'lr' specified", hint: "did you mean params.lr?")
    ) { try workspace.runs(RunQuery(filter: "lr = '9'", isExtended: true)) }
  }

  // MARK: Laws

  @Test(
    "every filter finds what a plain reading of the rules finds",
    arguments: [(1, false), (2, false), (3, true), (6, true)] as [(UInt64, Bool)])
  func filters(seed: UInt64, isIndexed: Bool) throws {
    let corpus = try SearchCorpus(seed: seed)
    if isIndexed { try corpus.index() }
    var generator = FilterGenerator(seed: seed &* 31)
    var found = 0
    for round in 0..<300 {
      let (filter, text) = round.isMultiple(of: 3) ? generator.plain() : generator.filter()
      let expected = corpus.runs.filter(filter.matches).sorted(by: SearchCorpus.precedes).map(\.id)
      #expect(try corpus.search(text) == expected, "\(text)")
      if !expected.isEmpty, expected.count < corpus.runs.count { found += 1 }
    }
    #expect(found > 100, "most filters tell runs apart")
  }

  @Test(
    "pages hold every run once, in the order asked for",
    arguments: [(4, false), (5, false), (7, true), (8, true)] as [(UInt64, Bool)])
  func pages(seed: UInt64, isIndexed: Bool) throws {
    let corpus = try SearchCorpus(seed: seed)
    if isIndexed { try corpus.index() }
    var generator = FilterGenerator(seed: seed)
    for _ in 0..<100 {
      let (clauses, precedes) = generator.order()
      let (filter, text) = generator.random.chance(50) ? (.and([]), "") : generator.filter(depth: 1)
      let expected = corpus.runs.filter(filter.matches).sorted(by: precedes).map(\.id)
      let limit = Int.random(in: 1...12, using: &generator.random)
      let found = try corpus.search(text, orderBy: clauses, limit: limit)
      #expect(found == expected, "\(clauses) \(text)")
      #expect(Set(found).count == found.count)
    }
  }

  @Test("what a large replica is searched by has an index the next time, and no more than a few do")
  func indexes() throws {
    let corpus = try SearchCorpus(seed: 9)
    let store = corpus.workspace.store
    func present() throws -> Set<Int64> {
      try store.write(.script) { _ in }
      return try store.read { try SearchIndexes.present($0) }
    }
    func ask(_ filter: String, _ order: [String], manyRuns: Int) throws {
      _ = try store.search(
        Search(
          subject: .runs, filter: filter, orderBy: order, lifecycle: .active, experiments: nil,
          limit: 10, pageToken: nil, isExtended: true), manyRuns: manyRuns)
    }
    try ask("params.lr = 'x'", ["metrics.acc DESC"], manyRuns: 1000)
    #expect(try present().isEmpty)
    try ask("params.lr = 'x' AND params.none = 'x'", ["metrics.acc DESC"], manyRuns: 1)
    #expect(try present().count == 2)
    for index in 0..<30 {
      try corpus.workspace.setTag(
        corpus.runs[0].id.key, EntryKey("k\(index)"), "v", durability: .script)
      try ask("tags.k\(index) = 'v'", [], manyRuns: 1)
    }
    #expect(try present().count == SearchIndexes.most)
    #expect(try corpus.search("tags.k29 = 'v' AND tags.k0 = 'v'") == [corpus.runs[0].id])
    #expect(try corpus.workspace.store.inspect { try $0.checkInvariants() } == nil)
  }

  @Test("a page token that is none is refused")
  func tokens() throws {
    let (folder, workspace) = try small()
    for token in ["x", "MQ==", "MTox", "MTotMQ==", "Mjox", "MTo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5"] {
      do {
        let page = try workspace.runs(RunQuery(limit: 1, pageToken: token))
        #expect(token == "MTox" && page.items.count == 1)
      } catch { #expect(isRefusal(error), "\(token): \(error)") }
    }
    withExtendedLifetime(folder) {}
  }

  // MARK: Hostile text

  private static let pieces = [
    "metrics.a", "params.p", "tags.", "run_name", "status", "start_time", "dataset.name", ".", "=",
    "!=", "<",
    ">=", "<>", "LIKE", "ilike", "IN", "NOT", "is", "null", "AND", "or", "(", ")", ",", "'", "\"",
    "`", "'x'",
    "\"y\"", "`z`", "1", "-", "1e999", "nan", "inf", "0x1", "%", "_", "[", "*", "?", ";", "--",
    "\\", "\0", "é",
    "🙂", "\u{301}", "\n", "'; DROP TABLE run; --",
  ]

  @Test("arbitrary text is refused or searched for, and nothing worse")
  func fuzz() throws {
    let (folder, workspace) = try small()
    var generator = SeededGenerator(seed: 8)
    var read = 0
    func check(_ filter: String, _ order: [String]) {
      do {
        _ = try workspace.runs(RunQuery(filter: filter, orderBy: order, isExtended: true))
        read += 1
      } catch { #expect(isRefusal(error), "\(filter) \(order): \(error)") }
    }
    for _ in 0..<3000 {
      let words = (0..<Int.random(in: 0...7, using: &generator)).map { _ in
        Self.pieces.randomElement(using: &generator)!
      }
      check(words.joined(separator: generator.chance(70) ? " " : ""), [])
      check("", [words.joined(separator: " ")])
      let bytes = (0..<20).map { _ in UInt8.random(in: 0...255, using: &generator) }
      check(String(decoding: bytes, as: UTF8.self), [])
    }
    #expect(read > 50)
    #expect(try workspace.runs(RunQuery()).items.count == 2)
    withExtendedLifetime(folder) {}
  }

  @Test("long and deep filters are searched for or refused")
  func large() throws {
    let (folder, workspace) = try small()
    func names(_ filter: String) throws -> [String] {
      try workspace.runs(RunQuery(filter: filter, isExtended: true)).items.map(\.name)
    }
    func nested(_ depth: Int) -> String {
      (0..<depth).reduce("params.p = 'Value'") { inner, level in
        level.isMultiple(of: 2) ? "tags.t = 'a_b' and (\(inner))" : "tags.t = 'x' or (\(inner))"
      }
    }
    let clause = "tags.t = 'a_b'"
    #expect(
      try names(Array(repeating: clause, count: 1000).joined(separator: " and ")) == ["full"])
    #expect(
      try names(Array(repeating: clause, count: 1000).joined(separator: " or ")) == ["full"])
    let list = Array(repeating: "'x'", count: 999).joined(separator: ",")
    #expect(try names("tags.t IN (\(list), 'a_b')") == ["full"])
    #expect(try names(nested(SearchLimits.depth)) == ["full"])
    let wide = (0..<SearchLimits.depth).reduce(clause) { inner, level in
      let word = level.isMultiple(of: 2) ? " and " : " or "
      return Array(repeating: clause, count: 60).joined(separator: word) + word + "(\(inner))"
    }
    #expect(try names(wide) == ["full"])
    let bushy = (0..<9).reduce(clause) { inner, level in
      level.isMultiple(of: 2) ? "(\(inner)) and (\(inner))" : "(\(inner)) or (\(inner))"
    }
    #expect(try names(bushy) == ["full"])
    #expect(
      try names("tags.t LIKE '" + String(repeating: "%", count: SearchLimits.patternBytes) + "'")
        == ["full"])
    for filter in [
      nested(SearchLimits.depth + 1), String(repeating: "(", count: 60_000),
      String(repeating: "tags.t='x'or(", count: 4000),
      "tags.t LIKE '" + String(repeating: "[", count: 60_000) + "'",
      "tags.t ILIKE '" + String(repeating: "%a", count: 10_000) + "'",
      String(repeating: "x", count: 70_000),
      "tags.t IN (" + list + "," + list + ")", "tags." + String(repeating: "`a`", count: 20_000),
    ] {
      #expect(throws: WorkspaceFailure.self, "\(filter.prefix(40))") { try names(filter) }
    }
    withExtendedLifetime(folder) {}
  }
}

private func isRefusal(_ error: any Error) -> Bool {
  (error as? WorkspaceFailure)?.isInvalidFilter == true
}
