import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

@Suite("Import from Neptune's exporter")
struct NeptuneTests {
  private let home: TemporaryFolder
  let workspace: Workspace

  init() throws {
    home = try TemporaryFolder()
    workspace = try TestMachine.team(["solo"], root: home.path, clock: ManualClock())[0]
  }

  private static let names =
    "project_id,run_id,attribute_path,attribute_type,step,timestamp,int_value,float_value,"
    + "string_value,bool_value,datetime_value,string_set_value,file_value,histogram_value\n"

  private func store(_ rows: String) throws -> String {
    let place = home.path + "/data"
    try FileManager.default.createDirectory(
      atPath: place + "/p", withIntermediateDirectories: true)
    try Data((NeptuneTests.names + rows).utf8).write(
      to: URL(fileURLWithPath: place + "/p/part_0.csv"))
    return place
  }

  private static let rows = """
    team/churn,R-1,sys/name,string,,,,,first,,,,,
    team/churn,R-1,sys/creation_time,datetime,,,,,,,2024-05-01 12:00:00.123000+00:00,,,
    team/churn,R-1,lr,float,,,,0.1,,,,,,
    team/churn,R-1,epochs,int,,,7.0,,,,,,,
    team/churn,R-1,note,string,,,,,"a ""b"",
    c",,,,,
    team/churn,R-1,loss,float_series,0.000000,2024-05-01 12:00:01+00:00,,1.0,,,,,,
    team/churn,R-1,loss,float_series,0.500000,2024-05-01 12:00:02+00:00,,nan,,,,,,
    team/churn,R-1,model,file,,,,,,,,,m/weights.bin,
    team/churn,R-2,loss,float_series,3.000000,2024-05-01 12:00:01+00:00,,2.0,,,,,,

    """

  @Test("values, series, times and files; again nothing is new")
  func whole() throws {
    let data = try store(NeptuneTests.rows)
    let files = home.path + "/files"
    try FileManager.default.createDirectory(
      atPath: files + "/m", withIntermediateDirectories: true)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: files + "/m/weights.bin"))
    func take() throws -> MoveReport {
      try Intake.run(
        try folder(data, files: files, stepMultiplier: 1000), into: workspace)
    }
    let report = try take()
    #expect(report.gaps == [])
    #expect(report.left == [])
    let run = try workspace.runNamed("first")
    #expect(run.experimentName == "team/churn")
    #expect(run.parameters == ["lr": "0.1", "epochs": "7", "note": "a \"b\",\nc"])
    #expect(run.startTime.milliseconds == 1_714_564_800_123)
    let loss = try workspace.metricHistory(run.id, key: "loss")
    #expect(loss.map(\.step) == [0, 500] && loss[1].value.isNaN)
    #expect(loss[0].timestamp == 1_714_564_801_000)
    #expect(run.artifacts.map(\.path) == ["model"] && run.artifacts[0].byteCount == 3)
    #expect(try take().fresh[.runs] == 0)
  }

  @Test("steps that are not whole, files that are not there, paths that climb: counted and named")
  func left() throws {
    let data = try store(
      NeptuneTests.rows + "team/churn,R-2,x,file,,,,,,,,,../../etc/passwd,\n")
    let report = try Intake.run(try folder(data), into: workspace)
    #expect(
      report.left.map(\.kind) == [.points, .files] || report.left.map(\.kind) == [.files, .points])
    #expect(report.there[.files] == 2 && report.arrived[.files] == 0 && !report.isComplete)
  }

  @Test("a cut table, and a folder without one, are refused")
  func refused() throws {
    let cut = try store("team/churn,R-1,note,string,,,,,\"open")
    #expect(throws: MovingFailure.self) {
      try Intake.run(try folder(cut), into: workspace)
    }
    try FileManager.default.removeItem(atPath: cut + "/p/part_0.csv")
    #expect(throws: MovingFailure.self) { try folder(cut) }
  }

  /// - Parameter answers: what the program that reads Parquet says of each path.
  private func folder(
    _ path: String, files: String? = nil, stepMultiplier: Int = 1,
    parquet answers: [String: [UInt8]] = [:]
  ) throws -> NeptuneFolder {
    try NeptuneFolder(path: path, files: files, stepMultiplier: stepMultiplier) { _ in
      ParquetTables(Prompter(answers)) { .unsupported("no \($0)", hint: "") }
    }
  }

  private static func frame(_ kind: Character, _ text: String) -> [UInt8] {
    Array(String(kind).utf8) + [0, 0, UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 0xff)]
      + Array(text.utf8)
  }

  private static let third =
    frame("d", "project_id,run_id,attribute_p")
    + frame(
      "d",
      """
      ath,attribute_type,string_value,string_set_value
      team/churn,R-3,sys/name,string,third,
      team/churn,R-3,sys/tags,string_set,,"[""a"", ""b, c""]"

      """) + frame("e", "")

  private func parquet() throws -> (data: String, path: String) {
    let data = try store(NeptuneTests.rows)
    for name in ["/p/part_0.parquet", "/p/q.parquet"] {
      try Data("PAR1".utf8).write(to: URL(fileURLWithPath: data + name))
    }
    return (data, data + "/p/q.parquet")
  }

  @Test("Parquet comes through the program, piece by piece; CSV beside it stands for it")
  func parquetRows() throws {
    let (data, path) = try parquet()
    let source = try folder(data, stepMultiplier: 1000, parquet: [path: NeptuneTests.third])
    let report = try Intake.run(source, into: workspace)
    #expect(report.there[.runs] == 3 && report.arrived[.runs] == 3)
    let run = try workspace.runNamed("third")
    #expect(run.labels.map(\.self) == ["a", "b, c"])
    #expect(run.tags["sys/tags"] == nil)
  }

  @Test(
    "a program that lies, complains, lacks something or ends is an error of the file that was asked for",
    arguments: [
      Array("d\u{7f}\0\0\0".utf8) + [1], frame("?", "x"), frame("d", ""),
      frame("d", "a,b")[...6] + [],
      [], frame("x", "no magic bytes"), frame("m", "pyarrow"),
    ])
  func wrong(_ answer: [UInt8]) throws {
    let (data, path) = try parquet()
    let source = try folder(data, parquet: [path: answer])
    do {
      try Intake.run(source, into: workspace)
      Issue.record("taken in")
    } catch let failure as MovingFailure {
      if answer.first == UInt8(ascii: "m") {
        #expect(failure == .unsupported("no pyarrow", hint: ""))
      } else {
        #expect(failure.message.hasPrefix(path + " is damaged: "))
      }
    }
    #expect(try workspace.allRuns().isEmpty)
  }

  @Test("a table that was left in the middle does not spill into the next")
  func abandoned() throws {
    let tables = ParquetTables(
      Prompter(["/a": NeptuneTests.third, "/b": NeptuneTests.frame("e", "")])
    ) { .unsupported($0, hint: "") }
    #expect(try tables.rows("/a").row()?.count == 6)
    #expect(try tables.rows("/b").row() == nil)
    #expect(try tables.rows("/a").row()?.first == "project_id")
  }
}

/// A program that has one answer for each path.
private final class Prompter: ParquetTables.Line {
  private let answers: [String: [UInt8]]
  private var said: ArraySlice<UInt8> = []

  init(_ answers: [String: [UInt8]]) { self.answers = answers }

  func write(_ bytes: [UInt8]) -> Bool {
    guard let answer = answers[String(decoding: bytes.dropLast(), as: UTF8.self)] else {
      return false
    }
    said += answer
    return true
  }

  func read(_ count: Int) -> [UInt8] {
    defer { said = said.dropFirst(count) }
    return Array(said.prefix(count))
  }

  func ending() -> String { "with status 3" }
}
