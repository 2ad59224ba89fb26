import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

@Suite("Import from Neptune's exporter")
struct NeptuneTests {
  let folder: TemporaryFolder
  let workspace: Workspace

  init() throws {
    folder = try TemporaryFolder()
    workspace = try TestMachine.team(["solo"], root: folder.path, clock: ManualClock())[0]
  }

  private static let names =
    "project_id,run_id,attribute_path,attribute_type,step,timestamp,int_value,float_value,"
    + "string_value,bool_value,datetime_value,string_set_value,file_value,histogram_value\n"

  private func store(_ rows: String) throws -> String {
    let place = folder.path + "/data"
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
    let files = folder.path + "/files"
    try FileManager.default.createDirectory(
      atPath: files + "/m", withIntermediateDirectories: true)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: files + "/m/weights.bin"))
    func take() throws -> MoveReport {
      try Intake.run(
        try NeptuneFolder(path: data, files: files, stepMultiplier: 1000), into: workspace)
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
    let report = try Intake.run(try NeptuneFolder(path: data), into: workspace)
    #expect(
      report.left.map(\.kind) == [.points, .files] || report.left.map(\.kind) == [.files, .points])
    #expect(report.there[.files] == 2 && report.arrived[.files] == 0 && !report.isComplete)
  }

  @Test("Parquet without CSV is refused, and said how; a cut table, too")
  func refused() throws {
    let data = try store("")
    try Data("PAR1".utf8).write(to: URL(fileURLWithPath: data + "/a.parquet"))
    try Data("PAR1".utf8).write(to: URL(fileURLWithPath: data + "/b.parquet"))
    #expect(throws: MovingFailure.self) { try NeptuneFolder(path: data) }
    let cut = try store("team/churn,R-1,note,string,,,,,\"open")
    for name in ["a", "b"] {
      try FileManager.default.removeItem(atPath: cut + "/\(name).parquet")
    }
    #expect(throws: MovingFailure.self) {
      try Intake.run(try NeptuneFolder(path: cut), into: workspace)
    }
  }
}
