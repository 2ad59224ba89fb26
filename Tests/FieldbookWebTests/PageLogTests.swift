import FieldbookExecution
import FieldbookModel
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Hummingbird
import Testing

@testable import FieldbookWeb

@Suite("What a run prints, on the page")
struct PageLogTests {
  let team: Team
  let run: RunID
  let log: PageLog

  init() throws {
    team = try Team()
    run = try team.sharedRun()
    log = PageLog(workspace: team.ana)
  }

  private func print(_ bytes: [UInt8], _ output: RunOutput = .stdout) throws {
    try LiveRuns.begin(team.ana, run)
    try Data(bytes).write(to: URL(fileURLWithPath: output.file(run, in: team.ana)))
  }

  @Test("it is read on from a byte while it grows, and from the same byte when the run has ended")
  func growing() throws {
    #expect(try log.read(run, .stdout, from: nil) == PageLog.Part(state: .none))
    try print([1, 2, 3])
    let first = try log.read(run, .stdout, from: nil)
    #expect(first == PageLog.Part(state: .live, size: 3, from: 0, bytes: [1, 2, 3]))
    try print([1, 2, 3, 4, 5])
    let more = try log.read(run, .stdout, from: 3)
    #expect(more == PageLog.Part(state: .live, size: 5, from: 3, bytes: [4, 5]))
    let path = RunOutput.stdout.artifactPath
    _ = try team.ana.putArtifact(run, path: path, bytes: [1, 2, 3, 4, 5, 6])
    LiveRuns.end(team.ana, run)
    let last = try log.read(run, .stdout, from: 5)
    #expect(last == PageLog.Part(state: .kept, size: 6, from: 5, bytes: [6]))
    for beyond: Int64 in [6, 7, .max] {
      let end = try log.read(run, .stdout, from: beyond)
      #expect(end == PageLog.Part(state: .kept, size: 6, from: 6))
    }
  }

  @Test("each answer is bounded; the first of a long output is its end")
  func bounded() throws {
    let long = (0..<Int(PageLog.bytesMax) + 10).map { UInt8(truncatingIfNeeded: $0 % 251) }
    for isLive in [true, false] {
      try print(long)
      if !isLive {
        _ = try team.ana.putArtifact(run, path: RunOutput.stdout.artifactPath, bytes: long)
        LiveRuns.end(team.ana, run)
      }
      let end = try log.read(run, .stdout, from: nil)
      #expect(end.from == 10 && end.size == Int64(long.count) && end.bytes == Array(long[10...]))
      let begin = try log.read(run, .stdout, from: 0)
      #expect(begin.from == 0 && begin.bytes == Array(long.dropLast(10)))
      let rest = try log.read(run, .stdout, from: PageLog.bytesMax)
      #expect(rest.bytes == Array(long.suffix(10)))
    }
  }

  @Test("what nobody records any more is shown, and not waited for")
  func left() throws {
    try print([7])
    try print([8, 9], .stderr)
    #expect(try log.read(run, .stdout, from: nil).other == 2)
    let file = team.ana.folder + "/live/" + run.hex
    try Data("2147483646 1 boot".utf8).write(to: URL(fileURLWithPath: file))
    let killed = try log.read(run, .stderr, from: nil)
    #expect(killed == PageLog.Part(state: .kept, size: 2, from: 0, bytes: [8, 9], other: 1))
    try FileManager.default.removeItem(atPath: file)
    #expect(try log.read(run, .stdout, from: 1).state == .kept)
  }

  @Test("what is no run, stream or byte is refused; what is answered has no rights of the page's")
  func address() async throws {
    try print(Array("a <script>".utf8))
    _ = try team.ana.putArtifact(
      run, path: RunOutput.stderr.artifactPath, bytes: Array("kept".utf8))
    try TestMachine.quiesce(team.members)
    let page = PageRoutes(workspace: team.ana, version: "1", files: nil)
    let absent = PageRoutes(workspace: team.bo, version: "1", files: nil)
    let routes: @Sendable (Router<PeerContext>) -> Void = { page.add(to: $0.group()) }
    let absentRoutes: @Sendable (Router<PeerContext>) -> Void = { absent.add(to: $0.group()) }
    let id = run.hex
    try await serving(routes: routes) { url in
      let wire = try await Wire.open(url)
      func ask(_ rest: String) async throws -> Wire.Answer {
        try #require(try await wire.request("GET", "/page/api/runs/" + rest, [], [:]))
      }
      let whole = try await ask("\(id)/log")
      #expect(whole.status == 200 && whole.text == "a <script>")
      #expect(whole.headers["x-fieldbook-state"] == "live")
      #expect(whole.headers["x-fieldbook-size"] == "10")
      #expect(whole.headers["x-fieldbook-from"] == "0")
      #expect(whole.headers["x-fieldbook-other"] == "4")
      #expect(whole.headers["content-type"] == "text/plain; charset=utf-8")
      #expect(whole.headers["content-security-policy"]?.hasPrefix("sandbox;") == true)
      #expect(whole.headers["cache-control"] == "no-store")
      #expect(try await ask("\(id)/log?stream=stdout&from=2").text == "<script>")
      #expect(try await ask("\(id)/log?stream=stderr").text == "kept")
      for wrong in [
        "stream=both", "stream=../x", "stream=", "from=-1", "from=x", "from=",
        "from=99999999999999999999",
      ] { #expect(try await ask("\(id)/log?\(wrong)").status == 400, "\(wrong)") }
      for wrong in ["x", "..%2f..%2fsettings", String(id.dropLast())] {
        #expect(try await ask("\(wrong)/log").status == 400, "\(wrong)")
      }
      let unknown = String(repeating: "0", count: 32)
      #expect(try await ask("\(unknown)/log").status == 404)
      await wire.close()
    }
    // What another replica alone holds is told as for any file.
    try await serving(routes: absentRoutes) { url in
      let wire = try await Wire.open(url)
      let answer = try await wire.request(
        "GET", "/page/api/runs/\(id)/log?stream=stderr", [], [:])
      #expect(answer?.status == 409 && answer?.text.contains("hint") == true)
      await wire.close()
    }
  }
}
