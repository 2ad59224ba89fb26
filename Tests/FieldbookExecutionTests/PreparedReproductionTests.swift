import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Synchronization
import Testing

@testable import FieldbookExecution

private struct NoServer: TrackingServerStarting {
  func start(workspace: Workspace, adopting run: RunID, token: String) async throws -> (
    url: String, stop: @Sendable () async -> Void
  ) {
    ("http://127.0.0.1:1", {})
  }
}

@Suite("A run that is made ready to be done again")
struct PreparedReproductionTests {
  let folder: TemporaryFolder
  let ana: Workspace
  private let said = Lines()

  init() throws {
    folder = try TemporaryFolder()
    ana = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock())[0]
    try FileManager.default.createDirectory(
      atPath: project + "/sub", withIntermediateDirectories: true)
  }

  private var project: String { folder.path + "/project" }

  private func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func record(
    _ command: [String], in place: String = "", variables: [String: String] = [:],
    data: [String] = []
  ) async throws -> RunID {
    let request = RunRequest(
      command: command, experiment: "e", name: "first", overrides: [("lr", "0.1")],
      tags: [], parent: nil, folder: project + place,
      variables: variables.merging([
        "PATH": "/usr/bin:/bin", "FIELDBOOK_SYSTEM_METRICS": "off",
      ]) { $1 }, isStdoutTaken: true, data: try GivenData.read(data))
    let outcome = try await RunCommand.execute(request, in: ana, server: NoServer())
    #expect(outcome.exitStatus == 0, "\(outcome.notCaptured)")
    return outcome.run
  }

  private func prepare(
    _ run: RunID, into name: String, variables: [String: String] = [:], data: [String] = [],
    extra: [String] = []
  ) async throws -> Reproduction {
    let lines = said
    let request = ReproductionRequest(
      run: run, environment: .reuse, allowsDataChange: false, data: try GivenData.read(data),
      folder: folder.path + "/" + name, extra: extra, here: folder.path,
      variables: variables.merging(["PATH": "/usr/bin:/bin"]) { $1 }, isStdoutTaken: true,
      tell: { line, _ in lines.add(line) }, told: { _, _ in }, progress: { _ in })
    return try await Reproduction.prepare(request, in: ana)
  }

  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    var all: [String] { lines.withLock { $0 } }
    func add(_ line: String) { lines.withLock { $0.append(line) } }
  }

  @Test(
    "large files come with the code, and again into the new run; without their bytes nothing starts"
  )
  func largeFiles() async throws {
    try write(String(repeating: "weights!", count: 1 << 18), to: project + "/w.bin")
    let run = try await record(["sh", "-c", "wc -c <w.bin"])
    let ready = try await prepare(run, into: "a")
    let file = folder.path + "/a/code/w.bin"
    #expect(FileManager.default.contents(atPath: file)?.count == 2 << 20)
    let outcome = try await RunCommand.execute(ready.run, in: ana, server: NoServer())
    let again = try ana.run(outcome.run)
    #expect(outcome.exitStatus == 0)
    #expect(again.tags[Workspace.reproducesTag.text] == run.hex && again.experimentName == "e")
    #expect(again.parameters == ["lr": "0.1"])
    func large(_ run: Run) -> [Artifact] { run.artifacts.filter { $0.path == "code/w.bin" } }
    #expect(try large(again) == large(ana.run(run)) && large(again).count == 1)
    try ana.contentStore.remove(try #require(large(again).first).digest)
    await #expect(throws: ReproductionFailure.largeFiles(["code/w.bin"])) {
      _ = try await prepare(run, into: "b")
    }
  }

  @Test("it runs where it ran, with the variables that decide, and says what is not as it was")
  func place() async throws {
    let git = try GitFolder(project)
    try git.write("cat here.txt\n", to: "sub/go.sh")
    try git.write("PASSWORD=x\n", to: ".env")
    try git.write("here\n", to: "sub/here.txt")
    let run = try await record(
      ["sh", project + "/sub/go.sh", "--out=" + project + "/out"], in: "/sub",
      variables: ["PYTHONHASHSEED": "5", "SLURM_JOB_ID": "77"])
    let ready = try await prepare(
      run, into: "a", variables: ["PYTHONHASHSEED": "9", "OMP_NUM_THREADS": "3", "MINE": "1"],
      extra: ["more"])
    let code = folder.path + "/a/code"
    #expect(ready.run.folder == code + "/sub")
    #expect(ready.run.command == ["sh", code + "/sub/go.sh", "--out=" + code + "/out", "more"])
    let variables = ready.run.variables
    #expect(variables["PYTHONHASHSEED"] == "5" && variables["OMP_NUM_THREADS"] == nil)
    #expect(variables["MINE"] == "1" && variables["SLURM_JOB_ID"] == nil)
    let lines = said.all
    #expect(
      lines.contains("the snapshot left out .env (its name says that it holds secrets)"),
      "\(lines)")
    #expect(lines.contains("instead of \(project)/sub/go.sh: \(code)/sub/go.sh"))
    let outcome = try await RunCommand.execute(ready.run, in: ana, server: NoServer())
    #expect(outcome.exitStatus == 0)
    // What it is done again from is told again, not the folder that it was done in.
    let third = try RecordedRun.read(outcome.run, in: ana)
    #expect(third.facts.folder == "sub" && third.facts.leftOut?.map(\.path) == [".env"])
  }

  @Test(
    "data beside the project is named by its path here; what lay in it and is not kept is copied")
  func data() async throws {
    try write("1\n", to: folder.path + "/beside.csv")
    try write("2\n", to: project + "/secrets.json")
    let run = try await record(
      ["cat", "../beside.csv", "secrets.json"],
      data: ["../beside.csv", "inner=secrets.json"])
    let ready = try await prepare(run, into: "a")
    #expect(ready.data.map(\.outcome) == [.same, .same])
    #expect(ready.run.command == ["cat", folder.path + "/beside.csv", "secrets.json"])
    // What the command writes there is nobody's data.
    try write("spoilt\n", to: folder.path + "/a/code/secrets.json")
    let own = FileManager.default.contents(atPath: project + "/secrets.json")
    #expect(own == Data("2\n".utf8))
    try write("2\n", to: folder.path + "/a/code/secrets.json")
    let outcome = try await RunCommand.execute(ready.run, in: ana, server: NoServer())
    #expect(outcome.exitStatus == 0)
    let contents = try [run, outcome.run].map {
      Set(try ana.datasets(of: $0).compactMap { $0.tags[ContentTag.content] })
    }
    #expect(contents[0] == contents[1] && contents[0].count == 2)

    try write("3\n", to: folder.path + "/beside.csv")
    let finding = DataFinding(
      data: ready.data[0].data, outcome: .different, path: folder.path + "/beside.csv",
      here: ContentDigest(sha256: Array("3\n".utf8)), byteCount: 2)
    await #expect(throws: ReproductionFailure.data([finding])) {
      _ = try await prepare(run, into: "b")
    }
    try write("1\n", to: folder.path + "/moved.csv")
    let moved = try await prepare(
      run, into: "c", data: ["beside.csv=moved.csv", "inner=moved.csv"].dropLast().map { $0 })
    #expect(moved.run.command[1] == folder.path + "/moved.csv")
  }

  @Test("data that is the project itself is the code as it was written out, and no other place")
  func wholeProject() async throws {
    try write("1\n", to: project + "/x.csv")
    let run = try await record(["cat", "x.csv"], data: ["all=."])
    // An empty folder is not of the snapshot, and not of the data.
    let ready = try await prepare(run, into: "a")
    #expect(ready.data.map(\.outcome) == [.same])
    #expect(ready.data.first?.path == folder.path + "/a/code")
    await #expect(throws: ReproductionFailure.notPlain(".")) {
      _ = try await prepare(run, into: "b", data: ["all=project"])
    }
    #expect(FileManager.default.fileExists(atPath: project + "/x.csv"))
  }

  @Test("of a command that was killed no data is read any more, and that is said")
  func killed() async throws {
    try write("1\n", to: project + "/x.csv")
    let request = RunRequest(
      command: ["sh", "-c", "echo 2 >>x.csv; kill -9 $$"], experiment: "e", name: nil,
      overrides: [], tags: [], parent: nil, folder: project,
      variables: ["PATH": "/usr/bin:/bin"], isStdoutTaken: true,
      data: try GivenData.read(["x.csv"]))
    let outcome = try await RunCommand.execute(request, in: ana, server: NoServer())
    #expect(outcome.exitStatus == 137)
    #expect(outcome.notCaptured.contains("whether data x.csv changed (the command was killed)"))
    #expect(!outcome.notCaptured.contains { $0.contains(" before, ") })
  }
}
