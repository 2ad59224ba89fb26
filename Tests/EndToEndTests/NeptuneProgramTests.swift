import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@Suite("Neptune's Parquet, through the built program")
struct NeptuneProgramTests {
  let binary: Binary
  private let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"

  init() throws {
    binary = try Binary()
    try binary.initialize("ana", as: "ana")
  }

  /// What scripts/moving/neptune_tables.py wrote.
  private static let fixture =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path + "/Fixtures/imports/neptune"

  private func taken(_ data: String, python: String) throws -> Binary.Answer {
    try binary.run(
      [
        "import", "neptune", data, "--files", NeptuneProgramTests.fixture + "/files",
        "--step-multiplier", "10", "--json", "--dir", "ana",
      ], as: "ana", variables: ["FIELDBOOK_PYTHON": python])
  }

  @Test("values of every type, parts of one run, files; again nothing is new")
  func whole() throws {
    let answer = try taken(NeptuneProgramTests.fixture + "/data", python: python)
    // A series of words and a histogram are left.
    #expect(answer.status == 1, "\(answer.err)")
    #expect(answer.json["new_runs"] as? Int == 2)
    let workspace = try Workspace.open(
      binary.root + "/ana",
      environment: .live([
        "HOME": binary.root + "/home-ana", "XDG_STATE_HOME": binary.root + "/home-ana/state",
      ]))
    let runs = try workspace.runs(RunQuery(orderBy: ["run_id"], view: .all, limit: 10)).items
    let run = try workspace.run(try #require(runs.first { $0.name == "first" }).id)
    #expect(run.user == "ana" && run.startTime.milliseconds == 1_714_564_800_123)
    #expect(
      run.parameters == [
        "lr": "0.1", "epochs": "7", "big": "9223372036854775807", "shuffled": "True",
        "note": "a \"b\",\r\nc é\u{2028}", "empty": "",
      ])
    #expect(Set(run.labels) == ["good", "a, \"b\""])
    #expect(run.artifacts.map(\.path) == ["model"] && run.artifacts[0].byteCount == 3)
    let loss = try workspace.metricHistory(run.id, key: "loss")
    #expect(loss.count == 3000 && loss.map(\.step) == (0..<3000).map { $0 * 10 + 5 })
    #expect(loss[1].value.isNaN && loss[3].value == -.infinity && loss[4].value == 5e-324)
    #expect(loss[7].value == 0.1 * 7 && loss[7].timestamp == 1_714_564_801_007)
    let again = try taken(NeptuneProgramTests.fixture + "/data", python: python)
    #expect(again.json["new_runs"] as? Int == 0)
  }

  @Test("no pyarrow, no Python: the file and what to do are named, and nothing came")
  func lacking() throws {
    let bare = binary.root + "/bare"
    try "#!/bin/sh\nexec \(python) -S \"$@\"\n".write(
      toFile: bare, atomically: true, encoding: .utf8)
    chmod(bare, 0o755)
    for (program, words) in [
      (bare, "\(bare) -m pip install pyarrow"), (binary.root + "/none", "FIELDBOOK_PYTHON"),
    ] {
      let answer = try taken(NeptuneProgramTests.fixture + "/data", python: program)
      #expect(answer.status != 0 && answer.err.contains(words), "\(answer.err)")
      #expect(answer.err.contains("_part_0.parquet is Parquet"), "\(answer.err)")
    }
  }

  @Test("a damaged file is named; a Python that dies is told")
  func damaged() throws {
    let data = binary.root + "/data"
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    try Data("PAR1 and nothing".utf8).write(to: URL(fileURLWithPath: data + "/a.parquet"))
    let answer = try taken(data, python: python)
    #expect(answer.status != 0 && answer.err.contains("/a.parquet is damaged"), "\(answer.err)")
    let dead = try taken(data, python: "/bin/false")
    #expect(dead.err.contains("ended with status 1"), "\(dead.err)")
  }
}
