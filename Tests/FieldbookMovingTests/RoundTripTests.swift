import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

/// Out into an `mlruns` folder and in again, into another workspace.
@Suite("Round trip")
struct RoundTripTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func workspace(_ name: String, seed: UInt64) throws -> Workspace {
    try TestMachine.team([name], root: folder.path, clock: ManualClock(), seed: seed)[0]
  }

  private func move(_ left: Workspace, to right: Workspace) throws {
    let store = folder.path + "/mlruns"
    let out = try FileStoreExport.run(left, to: store)
    #expect(out.gaps == [])
    #expect(out.left == [])
    let into = try Intake.run(try FileStore(path: store), into: right)
    #expect(into.gaps == [])
    #expect(into.left == [])
  }

  @Test("a workspace of anything is the same on the other side", arguments: 1...6)
  func anything(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let left = try workspace("left", seed: seed)
    try left.recordAnything(&generator)
    let right = try workspace("right", seed: seed + 1000)
    try move(left, to: right)
    let mine = try Content(left)
    let differences = try Content(right).differences(from: mine)
    #expect(differences == [])
    // And back: everything is known there.
    let back = try Intake.run(try FileStore(path: folder.path + "/mlruns"), into: left)
    #expect(back.gaps == [])
    #expect(back.fresh[.runs] == 0 && back.disputed == 0)
    let changes = try Content(left).differences(from: mine)
    #expect(changes == [])
  }

  @Test("what MLflow wrote comes out as it went in", arguments: ["2", "2.22", "3"])
  func fromMLflow(version: String) throws {
    let left = try workspace("left", seed: 1)
    try Intake.run(try Stores.folder(version), into: left)
    let right = try workspace("right", seed: 2)
    try move(left, to: right)
    let differences = try Content(right).differences(from: Content(left))
    #expect(differences == [])
  }

  @Test("both values of a conflict go along, and what cannot is said")
  func conflict() throws {
    let team = try Team()
    let run = try team.sharedRun()
    try team.ana.setDescription(run.key, "ana's", durability: .script)
    try team.bo.setDescription(run.key, "bo's", durability: .script)
    try TestMachine.quiesce(team.members)
    try team.hub.logBatch(
      run, parameters: [(EntryKey(unchecked: "a"), "1"), (EntryKey(unchecked: "a/b"), "2")],
      metrics: [], tags: [], durability: .script)
    let report = try FileStoreExport.run(team.hub, to: folder.path + "/mlruns")
    #expect(report.left.map(\.kind) == [.params] && !report.isComplete)
    let other = try workspace("other", seed: 9)
    try Intake.run(try FileStore(path: folder.path + "/mlruns"), into: other)
    let tag = try #require(try other.run(run).tags["fieldbook.conflict.description"])
    #expect(tag.contains("ana's") && tag.contains("bo's"))
  }

  /// A folder that is a link to another stands for a file system that does not tell their names apart.
  @Test(
    "what has the name of another on this file system is left and named, and writes over nothing")
  func foldedNames() throws {
    let ana = try workspace("ana", seed: 3)
    let run = try ana.newRun("r")
    for name in ["A", "a"] {
      _ = try ana.putArtifact(run, path: name + "/x.txt", bytes: Array("of \(name)".utf8))
    }
    let store = folder.path + "/mlruns"
    #expect(try FileStoreExport.run(ana, to: store).left == [])
    let names = try FileManager.default.subpathsOfDirectory(atPath: store)
    for name in names where name.hasSuffix("/a") {
      try FileManager.default.removeItem(atPath: store + "/" + name)
      #expect(symlink("A", store + "/" + name) == 0)
    }
    let report = try FileStoreExport.run(ana, to: store)
    #expect(report.left.map(\.kind) == [.files])
    #expect(report.left.allSatisfy { $0.name.hasSuffix(": a/x.txt") })
    for name in names where name.hasSuffix("/A/x.txt") {
      #expect(FileManager.default.contents(atPath: store + "/" + name) == Data("of A".utf8))
    }
  }
}

/// All that a workspace holds and MLflow can hold, without what belongs to the replica.
struct Content: Equatable {
  var experiments: [String: [String]] = [:]
  var runs: [String: [String]] = [:]
  var loggedModels: [String: [String]] = [:]
  var models: [String: [String]] = [:]
  var traces: [String: [String]] = [:]

  private static func text(_ dataset: Dataset) -> String {
    var plain = dataset
    plain.tags = [:]
    return "\(plain) \(dataset.tags.sorted { $0 < $1 })"
  }

  /// Named one by one.
  func differences(from other: Content) -> [String] {
    var found: [String] = []
    for (mine, theirs) in [
      (experiments, other.experiments), (runs, other.runs), (loggedModels, other.loggedModels),
      (models, other.models), (traces, other.traces),
    ] {
      for name in Set(mine.keys).union(theirs.keys).sorted() where mine[name] != theirs[name] {
        let (mine, theirs) = (mine[name] ?? [], theirs[name] ?? [])
        let first = zip(mine, theirs).first { $0 != $1 }
        found.append("\(name): \(first?.0.prefix(300) ?? "") not \(first?.1.prefix(300) ?? "")")
      }
    }
    return found
  }

  init(_ workspace: Workspace) throws {
    for one in try workspace.experiments(ExperimentQuery(view: .all)).items {
      experiments[one.name] = [
        "\(one.tags.sorted { $0 < $1 })", one.description ?? "", one.lifecycle.rawValue,
        one.name == "Default" ? "" : String(one.createdTime.milliseconds),
      ]
    }
    for run in try workspace.allRuns() {
      let histories = try run.metrics.keys.sorted().map { key in
        key
          + (try workspace.metricHistory(run.id, key: key)).map {
            "\($0.step) \($0.timestamp) \($0.value.bitPattern)"
          }.joined(separator: ";")
      }
      runs[run.id.hex] =
        [
          run.name, run.experimentName, run.state.coded, run.lifecycle.rawValue,
          String(run.startTime.milliseconds), run.user ?? "",
          run.parent?.hex ?? "", run.description ?? "", "\(run.parameters.sorted { $0 < $1 })",
          "\(run.tags.filter { !$0.key.hasPrefix("mlflow.") && !$0.key.hasPrefix("fieldbook.") }.sorted { $0 < $1 })",
          "\(run.labels)", "\(run.environment.sorted { $0 < $1 })",
          "\(run.datasets.map(Content.text))", "\(run.modelInputs)", "\(run.modelOutputs)",
          "\(run.artifacts.map { "\($0.path) \($0.digest.hex) \($0.byteCount)" })",
        ] + histories
    }
    for model in try workspace.searchLoggedModels(experiments: nil, name: nil) {
      loggedModels[model.id.hex] = [
        model.name, model.sourceRun?.hex ?? "", model.status.rawValue, model.modelType ?? "",
        String(model.createdTime.milliseconds), model.lifecycle.rawValue,
        "\(model.parameters.sorted { $0 < $1 })", "\(model.tags.sorted { $0 < $1 })",
        "\(model.metrics.map { "\($0.key) \($0.point.step) \($0.point.value.bitPattern) \($0.run) \($0.datasetName ?? "")" }.sorted())",
        "\(try workspace.artifacts(of: model.id.key).map { "\($0.path) \($0.digest.hex)" })",
      ]
    }
    for trace in try Outgoing(workspace).all() {
      traces[trace.name] = [
        trace.experiment, "\(trace.requestTime ?? 0)", "\(trace.duration ?? -1)",
        "\(trace.state as Any)", trace.requestPreview ?? "-", trace.responsePreview ?? "-",
        trace.clientRequest ?? "-",
        "\(trace.metadata.filter { $0.key != TraceKey.isFinalized }.sorted { $0 < $1 })",
        "\(trace.tags.sorted { $0 < $1 })", "\(trace.assessments)",
        "\(trace.links.sorted())", "\(trace.spans.map { StoredSpan.print($0) })",
        "\(try workspace.artifacts(of: trace.id.key).map { "\($0.path) \($0.digest.hex)" })",
      ]
    }
    for model in try workspace.models(ModelQuery()).items {
      models[model.name] =
        [
          model.description ?? "", String(model.createdTime.milliseconds),
          "\(model.tags.sorted { $0 < $1 })",
          "\(model.aliases.mapValues { $0.version?.hex ?? "" }.sorted { $0 < $1 })",
        ]
        + model.versions.map { version in
          [
            version.id.hex, "\(version.finalNumber ?? 0)", version.source, version.run?.hex ?? "",
            version.stage, version.description ?? "", version.status,
            String(version.createdTime.milliseconds),
            "\(version.tags.filter { !$0.key.hasPrefix("fieldbook.") }.sorted { $0 < $1 })",
          ].joined(separator: "|")
        }
    }
  }
}

extension Workspace {
  /// Experiments, runs, models, files, deleted things, odd texts and values.
  func recordAnything(_ generator: inout SeededGenerator) throws {
    let texts = [
      "", "plain", "ä: \"x\" \\ 'y'\n\tz #", "null", "1e5", "emoji 😀 \u{2028} end", " pad ",
    ]
    let values = [
      0.1, .nan, .infinity, -.infinity, -0.0, 1e300, .leastNonzeroMagnitude, 1e16, 123_456.789,
    ]
    func any<Item>(_ items: [Item]) -> Item { items[Int(generator.next() % UInt64(items.count))] }
    for number in 0..<3 {
      let experiment = try createExperiment(
        named: "e\(number) ä", tags: [EntryKey(unchecked: "k"): any(texts)], durability: .script)
      try setDescription(experiment.key, any(texts), durability: .script)
      var parent: RunID?
      for count in 0..<Int(generator.next() % 5) {
        let run = try createRun(
          RunDraft(
            experiment: experiment, name: "r\(count) 'q' \"d\"", user: "ana ü",
            parent: generator.next() % 2 == 0 ? parent : nil,
            parameters: [EntryKey(unchecked: "p/\(count)"): any(texts)],
            tags: [EntryKey(unchecked: "t"): any(texts)],
            environment: ["python": any(texts)], description: any(texts)), durability: .script)
        parent = run
        for key in ["loss", "val/acc"] {
          let points = (0..<Int(generator.next() % 50) + 1).map { _ in
            MetricPoint(
              step: Int64(generator.next() % 40) - 20, timestamp: Int64(generator.next() % 5),
              value: any(values))
          }
          try logBatch(
            run, parameters: [], metrics: [MetricSeries(key: key, points: points)], tags: [],
            durability: .script)
        }
        try addDatasets(
          run,
          [
            Dataset(
              name: any(["d", "ä b"]), digest: "1", sourceType: "local", source: any(texts),
              schema: any([nil, "{}"]), profile: nil, context: any([nil, "train"]),
              tags: any([[:], ["fold": "1", "ä": any(texts)]]))
          ], durability: .script)
        try addLabels(run, ["good", "ü"])
        _ = try putArtifact(run, path: "a/ö.bin", bytes: [1, UInt8(count)])
        let model = try createLoggedModel(
          experiment: experiment, name: "m", sourceRun: run, modelType: any([nil, "tree"]),
          parameters: [(EntryKey(unchecked: "depth"), any(texts))], tags: [], durability: .script)
        let measured = MetricPoint(step: 3, timestamp: 4, value: any(values))
        try addLoggedModelMetrics(
          model,
          [
            LoggedModelMetric(
              key: "auc", point: measured, run: run, datasetName: nil, datasetDigest: nil)
          ], durability: .script)
        // As MLflow's clients do.
        try logBatch(
          run, parameters: [], metrics: [MetricSeries(key: "auc", points: [measured])], tags: [],
          durability: .script)
        try addModelOutputs(run, [ModelOutput(model: model, step: 7)], durability: .script)
        if generator.next() % 2 == 0 {
          let state = any([RunStatus.finished, .failed, .killed])
          try setState(
            run, RunState(status: state, endTime: Timestamp(milliseconds: 1234)),
            durability: .script)
        }
        if generator.next() % 3 == 0 || number == 2 { try delete(run.key, durability: .script) }
      }
      try recordTrace(number, experiment, parent, texts, &generator)
      // As MLflow has it: its runs are deleted with it.
      if number == 2 { try delete(experiment.key, durability: .script) }
      let model = try createModel(
        named: "model \(number)", description: any(texts + ["x"]), tags: [:], durability: .script)
      let version = try createVersion(
        of: model, source: parent.map { "runs:/\($0.hex)/model" } ?? "s3://bucket/model",
        run: parent, description: any([nil, "d"]),
        tags: [EntryKey(unchecked: "v"): any(texts)], durability: .script)
      try setAlias(model, "champion", version.id, durability: .script)
      if generator.next() % 2 == 0 {
        try setStage(version.id, "Staging", durability: .script)
      }
    }
  }

  private func recordTrace(
    _ number: Int, _ experiment: ExperimentID, _ run: RunID?, _ texts: [String],
    _ generator: inout SeededGenerator
  ) throws {
    func any<Item>(_ items: [Item]) -> Item { items[Int(generator.next() % UInt64(items.count))] }
    let id = TraceID(EntityKey(high: generator.next(), low: generator.next()))
    let root = TraceSpan(
      trace: id, id: 1, parent: nil, name: any(texts), kind: 2, start: 5_000_000, end: 9_000_000,
      status: any([.ok, .error]), statusMessage: any(texts),
      attributes: [
        ("text", .text(any(texts))), ("bytes", .bytes([1, 255])), ("real", .real(1e-7)),
        ("nothing", .real(.nan)), ("list", .list([.null, .map([("ä", .integer(-3))])])),
      ],
      events: [.init(name: any(texts), time: 6_000_000, attributes: [("at", .real(2))])],
      links: [.init(trace: id, span: 9, attributes: [("why", .text("ü"))])])
    var child = root
    (child.id, child.parent, child.end) = (2, 1, nil)
    try recordSpans(SpanBatch([root, child]), experiment: experiment, durability: .script)
    guard number > 0 else { return }
    let assessment = Assessment(
      id: "a-\(number)", name: any(texts), kind: any([.feedback, .expectation]),
      value: any(["0.5", "true", #"["a", {"b": 1.5}]"#]), trouble: nil, sourceType: "HUMAN",
      sourceID: "ana", createdTime: Timestamp(milliseconds: 1_000),
      lastUpdateTime: Timestamp(milliseconds: 2_001), span: nil, rationale: any([nil, "ü\n#"]),
      metadata: any([[:], ["k": any(texts)]]), overrides: nil)
    let draft = TraceDraft(
      name: id.traceText, experiment: experiment, requestTime: Timestamp(milliseconds: 7),
      duration: any([nil, 0, 12]), state: any(TraceState.allCases), requestPreview: any(texts),
      responsePreview: any([nil, "x"]), clientRequestID: any([nil, "c 1"]),
      metadata: ["m": any(texts)], tags: [EntryKey(unchecked: "t"): any(texts)],
      assessments: [assessment])
    _ = try noteTrace(draft, durability: .script)
    if let run { try linkTraces([id], to: "run/" + run.hex, durability: .script) }
    _ = try noteTrace(
      TraceDraft(name: "own name \(number)", experiment: experiment, state: .ok),
      durability: .script)
  }
}
