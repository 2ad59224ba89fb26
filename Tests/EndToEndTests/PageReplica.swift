import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// What the page's tests look at, on the laptop of `ana`, who has met `bo`.
struct PageReplica {
  let fieldbook: Binary
  let python: String

  static let runs = 10_000
  static let points = 1_000_000
  /// One point of the million.
  static let spike = (step: 543_210, value: 100.0)
  static let hostile = "<img src=x onerror=\"document.title='broken'\">"

  private func open(_ person: String) throws -> Workspace {
    let home = fieldbook.root + "/home-" + person
    return try Workspace.open(
      fieldbook.root + "/" + person,
      environment: .live(["HOME": home, "XDG_STATE_HOME": home + "/state"]))
  }

  /// What two disagree about, seen by ana after both synced.
  func disagree() throws {
    let ana = try open("ana")
    let runs = try ["text", "tagged", "gone"].map { name in
      try ana.createRun(
        RunDraft(experiment: Experiment.defaultID, name: name, description: "first\nsecond\nthird"),
        durability: .person)
    }
    try ana.setTag(runs[1].key, EntryKey("stage"), "draft", durability: .person)
    try ana.close()
    #expect(try fieldbook.syncTwice(["ana", "bo"]) == [])
    for (person, word) in [("ana", "ours"), ("bo", "theirs")] {
      let workspace = try open(person)
      let text = person == "ana" ? "first \(word)\nsecond\nthird" : "first \(word)\nsecond\nmore"
      try workspace.setDescription(runs[0].key, text, durability: .person)
      try workspace.setTag(runs[1].key, EntryKey("stage"), word, durability: .person)
      if person == "ana" {
        try workspace.delete(runs[2].key, durability: .person)
      } else {
        try workspace.setDescription(runs[2].key, "keep it", durability: .person)
      }
      try workspace.close()
    }
    _ = try fieldbook.syncTwice(["ana", "bo"])
  }

  /// What `Tests/Page/laying.py` lays by the command line: `disputes`, before `fill`, or `oddities`, after the last sync.
  func lay(_ step: String) throws {
    let words = [
      PageReplica.folder + "/laying.py", step, "--program", Binary.path, "--root", fieldbook.root,
    ]
    let answer = try Command(
      python, words, variables: ProcessInfo.processInfo.environment
    ).answer()
    #expect(answer.status == 0, "\(answer.out)\n\(answer.err)")
  }

  /// The page's tests.
  static let folder =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
    + "/Page"

  func fill() throws {
    let ana = try open("ana")
    let experiment = try ana.createExperiment(named: "digits", durability: .person)
    for number in 0..<PageReplica.runs {
      let rate = [0.1, 0.01, 0.001][number % 3]
      let name = number == 5 ? PageReplica.hostile : "mlp-\(number)"
      let run = try ana.createRun(
        RunDraft(
          experiment: experiment, name: name,
          startTime: Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 1000),
          parameters: [
            EntryKey("lr"): "\(rate)", EntryKey("width"): "\(16 << (number % 4))",
          ], tags: [EntryKey("team"): number == 5 ? PageReplica.hostile : "a"]),
        durability: .script)
      let loss = (0..<4).map { step in
        MetricPoint(
          step: Int64(step), timestamp: 1_700_000_000_000 + Int64(step),
          value: exp(-Double(step) * rate) + Double(number % 7) / 100)
      }
      let best = MetricPoint(step: 3, timestamp: 1_700_000_000_003, value: Double(number % 997))
      try ana.logBatch(
        run, parameters: [],
        metrics: [
          MetricSeries(key: "loss", points: loss), MetricSeries(key: "acc", points: [best]),
        ], tags: [], durability: .script)
    }
    let long = try ana.createRun(
      RunDraft(experiment: experiment, name: "million"), durability: .person)
    for start in stride(from: 0, to: PageReplica.points, by: 50_000) {
      let points = (start..<start + 50_000).map { step -> MetricPoint in
        let value =
          step == PageReplica.spike.step
          ? PageReplica.spike.value : sin(Double(step) / 50_000)
        return MetricPoint(
          step: Int64(step), timestamp: 1_700_000_000_000 + Int64(step), value: value)
      }
      try ana.logBatch(
        long, parameters: [], metrics: [MetricSeries(key: "loss", points: points)], tags: [],
        durability: .script)
    }
    for (path, text) in [
      ("report.html", "<script>parent.document.title = 'broken'</script>"),
      ("notes.md", "# Notes\n\n[x](javascript:alert(1)) <img src=x onerror=alert(1)>\n"),
      ("logs/stdout.txt", "epoch 1\nepoch 2\n"), ("table.csv", "a,b\n1,2\n"),
    ] { _ = try ana.putArtifact(long, path: path, bytes: Array(text.utf8)) }
    _ = try ana.createModel(
      named: "digits-mlp", description: PageReplica.hostile, tags: [:], durability: .person)
    try ana.close()
  }

  /// Two runs of a project that is changed meanwhile, one of them a version of a model; and one with children.
  func capture() throws {
    let folder = fieldbook.root + "/project"
    let git = try GitFolder(folder)
    try git.write("print('first')\n", to: "train.py")
    try git.write("old\n", to: "gone.py")
    try git.commit("first")
    try FileManager.default.removeItem(atPath: folder + "/gone.py")
    let write = { (text: String, name: String) in
      try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    try write("a,b\n1,2\n", "rows.csv")
    for (number, name) in ["captured", "captured-again"].enumerated() {
      try write("print('first')\nprint('run \(number)')\n", "train.py")
      try write("lr: 0.\(number + 1)\nmodel:\n  width: 64\n", "conf.yaml")
      try write("<b>\(name)</b>\n", ".env")
      let answer = try fieldbook.shell(
        "cd project && \"$0\" run --dir ../ana --name \(name) -c conf.yaml --data rows.csv"
          + " -- \"$1\" train.py \(number)", [python], as: "ana"
      ).answer()
      #expect(answer.status == 0, "\(answer.err)")
      let words = ["artifacts", "put", name, folder + "/conf.yaml"]
      #expect(try fieldbook.own(words, as: "ana").status == 0)
    }
    let ana = try open("ana")
    let run = try #require(
      try ana.runs(RunQuery(filter: "attributes.run_name = 'captured'")).items.first)
    let model = try #require(
      try ana.models(ModelQuery()).items.first { $0.name == "digits-mlp" })
    let version = try ana.createVersion(
      of: model.id, source: "runs:/\(run.id.hex)/model", run: run.id, description: nil, tags: [:],
      durability: .person)
    try ana.setAlias(model.id, "champion", version.id, durability: .person)
    let parent = try ana.createRun(
      RunDraft(experiment: Experiment.defaultID, name: "sweep"), durability: .person)
    for number in 0..<3 {
      _ = try ana.createRun(
        RunDraft(
          experiment: Experiment.defaultID, name: "child-\(number)", parent: parent,
          parameters: [EntryKey("lr"): "0.\(number)"]), durability: .person)
    }
    try ana.close()
  }
}
