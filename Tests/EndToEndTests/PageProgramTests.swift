import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// The page in a real browser, from the built program, over a replica that is large for a person: 10,000 runs, a series of a million
/// points, three conflicts, and names that a hostile teammate would choose.
@Suite("The page in a browser", .serialized)
struct PageProgramTests {
  let fieldbook: Binary
  private let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"

  static let runs = 10_000
  static let points = 1_000_000
  /// One point of the million.
  static let spike = (step: 543_210, value: 100.0)
  static let hostile = "<img src=x onerror=\"document.title='broken'\">"

  init() throws { fieldbook = try Binary() }

  private func open(_ person: String) throws -> Workspace {
    let home = fieldbook.root + "/home-" + person
    return try Workspace.open(
      fieldbook.root + "/" + person,
      environment: .live(["HOME": home, "XDG_STATE_HOME": home + "/state"]))
  }

  /// What two disagree about, seen by ana after both synced.
  private func disagree() throws {
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

  private func fill() throws {
    let ana = try open("ana")
    let experiment = try ana.createExperiment(named: "digits", durability: .person)
    for number in 0..<PageProgramTests.runs {
      let rate = [0.1, 0.01, 0.001][number % 3]
      let name = number == 5 ? PageProgramTests.hostile : "mlp-\(number)"
      let run = try ana.createRun(
        RunDraft(
          experiment: experiment, name: name,
          startTime: Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 1000),
          parameters: [
            EntryKey("lr"): "\(rate)", EntryKey("width"): "\(16 << (number % 4))",
          ], tags: [EntryKey("team"): number == 5 ? PageProgramTests.hostile : "a"]),
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
    for start in stride(from: 0, to: PageProgramTests.points, by: 50_000) {
      let points = (start..<start + 50_000).map { step -> MetricPoint in
        let value =
          step == PageProgramTests.spike.step
          ? PageProgramTests.spike.value : sin(Double(step) / 50_000)
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
      named: "digits-mlp", description: PageProgramTests.hostile, tags: [:], durability: .person)
    try ana.close()
  }

  @Test("opens, shows the truth, and changes what the command line then shows")
  func browser() throws {
    let (hub, _) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    try disagree()
    try fill()
    let (server, url) = try fieldbook.startServer("ana", as: "ana")
    defer { server.stop() }
    var words = [
      PageProgramTests.script, "--url", url, "--chromium", try PageProgramTests.chromium(),
    ]
    if let folder = ProcessInfo.processInfo.environment["FIELDBOOK_SCREENSHOTS"] {
      words += ["--screenshots", folder]
    }
    let answer = try Command(
      python, words, variables: ProcessInfo.processInfo.environment
    ).answer()
    #expect(answer.status == 0, "\(answer.out)\n\(answer.err)")
    #expect(answer.out.contains("ok"))
    // What is written in the page is written: a comment, which nobody takes back.
    let list = try fieldbook.own(["runs", "--limit", "10", "--json"], as: "ana").json["runs"]
    let comments = (list as? [[String: Any]] ?? []).flatMap { $0["comments"] as? [Any] ?? [] }
    #expect(!comments.isEmpty)
  }

  @Test(
    "another user's browser is asked for a password, which is the token",
    .enabled(if: getuid() == 0, "only root can become somebody else"))
  func others() throws {
    let fieldbook = try Binary.withReplica(of: "ana")
    let (server, url) = try fieldbook.startServer("ana", as: "ana")
    defer { server.stop() }
    let curl = "setpriv --reuid=65534 --regid=65534 --clear-groups curl -si"
    let told = try fieldbook.shell(
      """
      token=$(cat ana/.fieldbook/server.token)
      for path in / /page/app.js /page/api/status /page/events; do \(curl) \(url)$path | head -n 4; done
      \(curl) -u any:$token \(url)/ | head -n 1; \(curl) -u any:$token \(url)/page/api/status | head -n 1
      \(curl) -u any:wrong \(url)/page/api/status | head -n 1
      """, as: "ana"
    ).answer().out
    #expect(told.components(separatedBy: "401 Unauthorized").count == 6, "\(told)")
    let asked = told.lowercased().components(separatedBy: "www-authenticate: basic realm")
    #expect(asked.count == 5, "\(told)")
    #expect(told.components(separatedBy: "200 OK").count == 3, "\(told)")
  }

  /// Debian's `chromium`, or what CHROMIUM names.
  private static func chromium() throws -> String {
    let variables = ProcessInfo.processInfo.environment
    let folders = (variables["PATH"] ?? "/usr/bin").split(separator: ":").map(String.init)
    let places = [variables["CHROMIUM"]].compactMap(\.self) + folders.map { $0 + "/chromium" }
    return try #require(places.first { FileManager.default.isExecutableFile(atPath: $0) })
  }

  private static let script =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().path
    + "/Page/run.py"
}
