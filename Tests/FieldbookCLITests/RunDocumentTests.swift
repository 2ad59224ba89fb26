import FieldbookDocuments
import FieldbookModel
import Testing

@testable import FieldbookCLI

@Suite("Runs, shown")
struct RunDocumentTests {
  private func text(_ document: some Document, width: Int? = nil) -> String {
    var sheet = Sheet(now: Samples.now, width: width)
    document.lay(on: &sheet)
    return sheet.rendered(inColour: false)
  }

  private func members(_ json: JSON) -> [String] {
    guard case .object(let members) = json else { return [] }
    return members.map(\.name)
  }

  @Test("a run has every field of the JSON contract")
  func contract() {
    let names = members(Samples.run().json(isVanished: false))
    let promised = [
      "run_id", "name", "experiment", "status", "start_time", "end_time", "params", "metrics",
      "tags", "labels", "comments", "description", "parent_run_id", "device", "lifecycle", "source",
      "environment", "datasets", "artifacts", "conflicts",
    ]
    #expect(promised.allSatisfy(names.contains))
  }

  @Test("the list leaves out what is the same everywhere, and shows the metrics that fit")
  func list() {
    let list = RunList(
      runs: [
        Samples.run(1, name: "baseline", metrics: ["acc": 0.5, "loss": 1]),
        Samples.run(2, name: "mlp", metrics: ["acc": 0.75]),
      ], nextPageToken: nil, columns: nil, vanished: [])
    #expect(
      text(list) == """
        id        name      status    started    acc  loss
        10000000  baseline  finished  12 s ago   0.5     1
        20000000  mlp       finished  12 s ago  0.75

        """)
    #expect(
      text(list, width: 46) == """
        id        name      status    started    acc
        10000000  baseline  finished  12 s ago   0.5
        20000000  mlp       finished  12 s ago  0.75

        """)
  }

  private func run(_ digit: UInt64, _ datasets: [(String, String, content: String?, String?)])
    -> Run
  {
    var run = Samples.run(digit)
    run.datasets = datasets.map { name, digest, content, context in
      Dataset(
        name: name, digest: digest, sourceType: "local", source: "{}", schema: nil, profile: nil,
        context: context, tags: content.map { ["fieldbook.content": $0] } ?? [:])
    }
    return run
  }

  @Test("changed data is a difference with both digests: its content's, where all runs know it")
  func comparedData() {
    func rows(_ one: Run, _ other: Run) -> [Comparison.Row] {
      Comparison(runs: [one, other]).rows.filter { $0.section == "datasets" && $0.isDifferent }
    }
    let first = run(1, [("x", "aa", "sha256:1", nil), ("y", "bb", nil, nil)])
    let found = rows(first, run(2, [("x", "aa", "sha256:2", nil), ("y", "bb", nil, nil)]))
    #expect(found.map(\.key) == ["x"])
    #expect(found.first?.values == [.text("sha256:1"), .text("sha256:2")])
    #expect(rows(first, run(2, [("x", "aa", nil, nil), ("y", "bb", nil, nil)])).isEmpty)
    let twice = [("x", "aa", nil as String?, "train" as String?), ("x", "bb", nil, "test")]
    let changed = [twice[0], ("x", "cc", nil, "test")]
    #expect(rows(run(1, twice), run(2, changed)).map(\.key) == ["x (test)"])
  }

  @Test("columns that were asked for are the columns")
  func chosenColumns() throws {
    let columns = try ["name", "params.lr", "metrics.acc"].map { try #require(RunColumn($0)) }
    let list = RunList(
      runs: [Samples.run(name: "mlp", params: ["lr": "0.1"], metrics: ["acc": 0.75])],
      nextPageToken: nil, columns: columns, vanished: [])
    #expect(text(list) == "name  lr    acc\nmlp   0.1  0.75\n")
    #expect(RunColumn("colour") == nil)
  }

  @Test("a run whose process is gone is shown as vanished")
  func vanished() {
    let run = Samples.run(status: .running)
    let list = RunList(runs: [run], nextPageToken: nil, columns: [.status], vanished: [run.id])
    #expect(text(list) == "status\nvanished\n")
  }

  @Test("a run, whole")
  func whole() {
    var run = Samples.run(params: ["lr": "0.1", "depth": "8"], metrics: ["acc": 0.75])
    run.description = "First.\nSecond."
    run.labels = ["keep"]
    run.tags = ["verdict": "good", "mlflow.user": "ana"]
    #expect(
      text(RunDocument(run: run, isVanished: false)) == """
        brisk-heron-412  10000000000000000000000000000000  finished
        experiment  churn
        started     12 s ago by ana on ana-laptop  2025-11-21 05:39:56 UTC
        took        12 s
        command     python train.py
        code        4be1c02a, with uncommitted changes
        labels      keep

        description
          First.
          Second.

        params
          depth  8
          lr     0.1

        metrics  last  min   max  step  points
          acc    0.75    0  0.75     3       2

        tags
          verdict  good

        """)
  }
}

@Suite("Runs, compared")
struct ComparisonTests {
  private let comparison = Comparison(
    runs: [
      Samples.run(1, name: "a", params: ["lr": "0.1", "depth": "8"], metrics: ["acc": .nan]),
      Samples.run(2, name: "b", params: ["lr": "0.2", "depth": "8"], metrics: ["acc": .nan]),
    ])

  @Test("differences are values that differ, null where a run has none; NaN equals NaN")
  func differences() {
    let document = ComparisonDocument(
      comparison: comparison, curves: [[:], [:]], onlyChanged: true)
    #expect(
      document.json == [
        "runs": ["10000000000000000000000000000000", "20000000000000000000000000000000"],
        "differences": [["section": "params", "key": "lr", "values": ["0.1", "0.2"]]],
      ])
  }

  @Test("a run equals itself")
  func same() {
    let run = Samples.run(params: ["lr": "0.1"], metrics: ["acc": 1])
    #expect(Comparison(runs: [run, run]).rows.filter(\.isDifferent).isEmpty)
  }

  @Test("the table names the runs and marks their ids")
  func table() {
    var sheet = Sheet(now: Samples.now, width: nil)
    ComparisonDocument(comparison: comparison, curves: [[:], [:]], onlyChanged: true)
      .lay(on: &sheet)
    #expect(
      sheet.rendered(inColour: false) == """
                a         b
                10000000  20000000
        params
          lr    0.1       0.2

        """)
  }
}
