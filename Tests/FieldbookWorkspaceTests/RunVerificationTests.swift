import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

@Suite("Verifying one run against another")
struct RunVerificationTests {
  private static func run(_ digit: UInt64, _ change: (inout Run) -> Void = { _ in }) -> Run {
    var run = Run(
      id: RunID(EntityKey(high: digit, low: 0)), name: "r\(digit)",
      experiment: ExperimentID(EntityKey(high: 4, low: 0)), experimentName: "churn",
      state: RunState(status: .finished, endTime: Timestamp(milliseconds: 5)), lifecycle: .active,
      startTime: Timestamp(milliseconds: 1), user: nil, parent: nil, device: "laptop-\(digit)",
      description: nil, parameters: ["lr": "0.1"], metrics: [:], tags: [:], labels: [],
      comments: [], datasets: [], artifacts: [], environment: [:], conflicts: [])
    change(&run)
    return run
  }

  private typealias Histories = [String: [MetricPoint]]

  /// The second run's times are others.
  private static func points(_ values: [Double], at time: Int64 = 0) -> [MetricPoint] {
    zip(values, Int64(0)...).map { value, step in
      MetricPoint(step: step, timestamp: time + step, value: value)
    }
  }

  private func verify(
    _ change: (inout Run) -> Void = { _ in }, first: Histories = [:], second: Histories = [:],
    surroundings: (RunVerification.Surroundings, RunVerification.Surroundings) = (.init(), .init()),
    tolerance: [String] = [], both: (inout Run) -> Void = { _ in }
  ) throws -> RunVerification {
    func summaries(_ histories: Histories) -> [String: MetricSummary] {
      histories.compactMapValues { MetricSummary(of: $0) }
    }
    var one = Self.run(1) { $0.metrics = summaries(first) }
    var other = Self.run(2) { $0.metrics = summaries(second) }
    both(&one)
    both(&other)
    change(&other)
    return RunVerification(
      one, other, surroundings: surroundings, tolerance: try MetricTolerance(tolerance)
    ) { run, key in (run == one.id ? first[key] : second[key]) ?? [] }
  }

  private func verdict(
    _ verification: RunVerification, _ section: RunVerification.Section, _ key: String
  ) -> RunVerification.Verdict? {
    verification.findings.first { $0.section == section && $0.key == key }?.verdict
  }

  @Test("runs that recorded the same verify, also if their times differ")
  func equal() throws {
    let verification = try verify(
      first: ["loss": Self.points([3, 2, 1])], second: ["loss": Self.points([3, 2, 1], at: 99_000)])
    #expect(verification.isVerified && verification.hasResults)
    #expect(verdict(verification, .metrics, "loss") == .equal)
    #expect(verdict(verification, .params, "lr") == .equal)
  }

  @Test("a value in the middle of a history counts as the last one does")
  func middle() throws {
    let verification = try verify(
      first: ["loss": Self.points([3, 2, 1])], second: ["loss": Self.points([3, 2.5, 1])])
    #expect(!verification.isVerified)
    let history = try #require(verification.findings.first { $0.section == .metrics }?.history)
    #expect(history.firstDifferent == .init(step: 1, first: 2, second: 2.5))
    #expect(history.steps == 3 && history.greatest?.distance == 0.5)
  }

  @Test("a step that one alone has is a difference, whatever the tolerance")
  func steps() throws {
    let verification = try verify(
      first: ["loss": Self.points([3, 2, 1])], second: ["loss": Self.points([3, 2])],
      tolerance: ["1000"])
    #expect(!verification.isVerified)
    let history = try #require(verification.findings.first { $0.section == .metrics }?.history)
    #expect(history.onlyInFirst == 1 && history.onlyInSecond == 0 && history.firstLone == 2)
  }

  @Test(
    "tolerances: absolute, relative, and the one that names the metric wins",
    arguments: [
      ([], RunVerification.Verdict.different), (["0.01"], .within), (["0.0001"], .different),
      (["1%"], .within), (["0.1%"], .different), (["0.0001", "1%"], .within),
      (["acc=0.01"], .within), (["1", "acc=0.0001"], .different), (["0", "acc=1%"], .within),
      (["other=1"], .different),
    ])
  func tolerances(given: [String], expected: RunVerification.Verdict) throws {
    let verification = try verify(
      first: ["acc": Self.points([0.9])], second: ["acc": Self.points([0.905])], tolerance: given)
    #expect(verdict(verification, .metrics, "acc") == expected)
    #expect(verification.isVerified == (expected == .within))
    #expect(verification.idleTolerances == (given == ["other=1"] ? ["other"] : []))
  }

  @Test(
    "what is no tolerance is refused",
    arguments: [
      ["x"], ["-1"], ["nan"], ["inf"], ["=1"], ["%"], ["acc="], ["1", "2"], ["a=1", "a=2"],
      ["1%", "2%"],
    ])
  func wrongTolerances(given: [String]) {
    #expect(throws: InvalidInput.self) { try MetricTolerance(given) }
  }

  @Test("a metric's name may hold the sign that ends it")
  func sign() throws {
    #expect(try MetricTolerance(["a=b=2"])["a=b"].absolute == 2)
  }

  @Test("NaN is NaN, an infinity itself, and no tolerance spans the way to them")
  func strange() throws {
    let same: [(Double, Double)] = [
      (.nan, Double(nan: 7, signaling: false)), (.infinity, .infinity),
      (-.infinity, -.infinity), (0, -0.0),
    ]
    for (one, other) in same {
      let verification = try verify(
        first: ["m": Self.points([one])], second: ["m": Self.points([other])])
      #expect(verdict(verification, .metrics, "m") == .equal, "\(one) \(other)")
    }
    let apart: [(Double, Double)] = [
      (.nan, 0), (.infinity, 1e308), (.infinity, -.infinity), (1, .nan), (.nan, .infinity),
    ]
    for (one, other) in apart {
      let verification = try verify(
        first: ["m": Self.points([one])], second: ["m": Self.points([other])],
        tolerance: ["1e300", "100%"])
      #expect(verdict(verification, .metrics, "m") == .different, "\(one) \(other)")
    }
  }

  private static func atOneStep(_ pairs: [(Int64, Double)]) -> [MetricPoint] {
    pairs.map { MetricPoint(step: 0, timestamp: $0.0, value: $0.1) }
      .sorted(by: MetricPoint.precedes)
  }

  @Test("values of one step keep their order where the clock tells it")
  func order() throws {
    let one = Self.atOneStep([(1, 3), (2, 1)])
    let other = Self.atOneStep([(1, 1), (2, 3)])
    #expect(try !verify(first: ["m": one], second: ["m": other]).isVerified)
    #expect(
      try verify(first: ["m": one], second: ["m": Self.atOneStep([(7, 3), (9, 1)])]).isVerified)
  }

  @Test("and count as a set where a millisecond held several")
  func ties() throws {
    let slow = Self.atOneStep([(1, 3), (2, 1), (3, 1), (4, 2)])
    // Two equal values of one millisecond are one point.
    let quick = Self.atOneStep([(1, 1), (1, 2), (1, 3)])
    #expect(try verify(first: ["m": slow], second: ["m": quick]).isVerified)
    let near = Self.atOneStep([(1, 1.001), (1, 2), (1, 3)])
    #expect(try !verify(first: ["m": slow], second: ["m": near]).isVerified)
    let within = try verify(first: ["m": slow], second: ["m": near], tolerance: ["0.01"])
    #expect(verdict(within, .metrics, "m") == .within)
    let more = Self.atOneStep([(1, 1), (1, 2), (1, 3), (1, 9)])
    #expect(try !verify(first: ["m": slow], second: ["m": more], tolerance: ["0.01"]).isVerified)
  }

  @Test("a metric of the machine does not count, a metric that one lacks does")
  func lacking() throws {
    let machine = try verify(first: ["system/cpu": Self.points([9])])
    #expect(machine.isVerified && !machine.findings.contains { $0.section == .metrics })
    #expect(try !verify(first: ["acc": Self.points([1])]).isVerified)
    #expect(try !verify(second: ["acc": Self.points([1])]).isVerified)
  }

  @Test("params by their bytes, and how the runs ended")
  func parameters() throws {
    #expect(try !verify({ $0.parameters["lr"] = "0.10" }).isVerified)
    #expect(try !verify({ $0.parameters["new"] = "1" }).isVerified)
    #expect(try !verify({ $0.parameters = [:] }).isVerified)
    #expect(try !verify({ $0.state.status = .failed }).isVerified)
    let going = try verify({ $0.state = RunState(status: .running, endTime: nil) })
    #expect(going.isVerified && going.unfinished.map(\.name) == ["r2"])
    #expect(verdict(going, .run, "status") == .unknown)
  }

  private static func data(
    _ digest: String, content: String? = nil, context: String? = nil, source: String = "a.csv"
  ) -> Dataset {
    Dataset(
      name: "train", digest: digest, sourceType: "local", source: source, schema: nil,
      profile: nil, context: context,
      tags: content.map { [ContentTag.content: $0] } ?? [:])
  }

  @Test("datasets by their whole content where both know it, else by digest; never by place")
  func datasets() throws {
    func verdict(_ one: [Dataset], _ other: [Dataset]) throws -> RunVerification.Verdict? {
      try verify({ $0.datasets = other }, both: { $0.datasets = one }).findings
        .first { $0.section == .datasets }?.verdict
    }
    let place = Self.data("d1", source: "/elsewhere/a.csv")
    #expect(try verdict([Self.data("d1")], [place]) == .equal)
    #expect(try verdict([Self.data("d1")], [Self.data("d2")]) == .different)
    #expect(try verdict([Self.data("d1")], []) == .different)
    #expect(
      try verdict([Self.data("d1", content: "c1")], [Self.data("d1", content: "c2")]) == .different)
    #expect(
      try verdict([Self.data("d1", content: "c1")], [Self.data("d2", content: "c1")]) == .equal)
    #expect(try verdict([Self.data("d1", content: "c1")], [Self.data("d1")]) == .equal)
    #expect(try verdict([Self.data("")], [Self.data("")]) == .unknown)
    #expect(
      try verdict([Self.data("d1", context: "training")], [Self.data("d1", context: "test")])
        == .different)
  }

  private static func file(_ path: String, _ byte: UInt8) -> Artifact {
    Artifact(
      path: path, digest: ContentDigest(bytes: [UInt8](repeating: byte, count: 32))!, byteCount: 1,
      isHere: false)
  }

  @Test(
    "files by hash; what says when or where is told and does not count",
    arguments: [
      ("model.pkl", RunVerification.Verdict.different), ("logs/stdout.txt", .told),
      ("train.log", .told), ("environment/packages.txt", .told), ("model/MLmodel", .told),
      ("model/conda.yaml", .told), ("tb/events.out.tfevents.1.host", .told),
      ("wandb/run-1.wandb", .told), ("config/c.yaml", .told), ("logs/results.csv", .different),
      ("stdouts/results.csv", .different),
    ])
  func artifacts(path: String, expected: RunVerification.Verdict) throws {
    let changed = try verify(
      { $0.artifacts = [Self.file(path, 2)] }, both: { $0.artifacts = [Self.file(path, 1)] })
    #expect(verdict(changed, .artifacts, path) == expected)
    #expect(changed.isVerified == (expected == .told))
    let missing = try verify({ $0.artifacts = [] }, both: { $0.artifacts = [Self.file(path, 1)] })
    #expect(verdict(missing, .artifacts, path) == expected)
    let same = try verify(both: { $0.artifacts = [Self.file(path, 1)] })
    #expect(same.isVerified && same.hasResults == (expected == .different))
  }

  @Test("code by the snapshots' trees, file by file")
  func code() throws {
    func verify(_ one: RunVerification.CodeTree?, _ other: RunVerification.CodeTree?) throws
      -> RunVerification
    {
      try self.verify(surroundings: (.init(code: one), .init(code: other)))
    }
    let first = RunVerification.CodeTree(id: "t1", files: ["code/a.py": "1", "code/b.py": "1"])
    let second = RunVerification.CodeTree(id: "t2", files: ["code/a.py": "2", "code/b.py": "1"])
    #expect(try verify(first, first).isVerified)
    let differing = try verify(first, second)
    #expect(!differing.isVerified && verdict(differing, .code, "code/a.py") == .different)
    #expect(verdict(differing, .code, "code/b.py") == nil)
    let unknown = try verify(first, nil)
    #expect(unknown.isVerified && verdict(unknown, .code, "snapshot") == .unknown)
  }

  @Test("without snapshots the commits tell, if nothing was changed beside them")
  func commits() throws {
    func verdict(_ one: [String: String], _ other: [String: String]) throws
      -> RunVerification.Verdict?
    {
      try verify({ $0.environment = other }, both: { $0.environment = one }).findings
        .first { $0.section == .code }?.verdict
    }
    let clean = ["git_commit": "c1", "git_dirty": "false"]
    #expect(try verdict(clean, clean) == .equal)
    #expect(try verdict(clean, ["git_commit": "c1", "git_dirty": "true"]) == .unknown)
    #expect(try verdict(clean, ["git_commit": "c2", "git_dirty": "false"]) == .different)
    #expect(try verdict(clean, [:]) == .unknown)
  }

  @Test("large files of the code are results where no tree tells of them")
  func largeCode() throws {
    func changed(_ tree: RunVerification.CodeTree?) throws -> RunVerification {
      try verify(
        { $0.artifacts = [Self.file("code/w.bin", 2)] },
        surroundings: (.init(code: tree), .init(code: tree)),
        both: { $0.artifacts = [Self.file("code/w.bin", 1)] })
    }
    #expect(try changed(.init(id: "t")).isVerified)
    #expect(try !changed(nil).isVerified)
  }

  @Test("packages and machine are told, and do not count")
  func environment() throws {
    let verification = try verify(
      { $0.environment = ["host": "b", "os": "Debian"] },
      surroundings: (
        .init(packages: PackageList.versions(Array("numpy==1.0\nsix==1\nodd\n==2\n".utf8))),
        .init(packages: ["numpy": "2.0", "six": "1"])
      ), both: { $0.environment = ["host": "a", "os": "Debian"] })
    #expect(verification.isVerified)
    #expect(verdict(verification, .environment, "host") == .told)
    #expect(verdict(verification, .environment, "os") == .equal)
    #expect(verdict(verification, .environment, "packages.numpy") == .told)
    #expect(verdict(verification, .environment, "packages.six") == .equal)
    #expect(verification.count(.told) == 2)
  }
}
