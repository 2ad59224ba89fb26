import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

/// Answers what it was started with, as git's own program would answer.
private struct EchoProgram: GitProgram {
  func start(_ variables: [String: String]) throws -> any GitConversation { Echo(variables) }

  private final class Echo: GitConversation, @unchecked Sendable {
    private var pieces: [[UInt8]]

    init(_ variables: [String: String]) {
      let said = variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
      pieces = [
        "Status: 200 OK\r\nContent-Ty", "pe: text/x-echo\r\nX-Other: y\r\n\r\nfirst\n", said,
      ].map { Array($0.utf8) }
    }

    func write(_ bytes: [UInt8]) -> Bool { true }
    func endWriting() {}
    func read() -> [UInt8] { pieces.isEmpty ? [] : pieces.removeFirst() }
  }
}

@Suite("Git hosting")
struct GitHostingTests {
  let team: Team

  init() throws { team = try Team() }

  private func hosting(_ workspace: Workspace) -> GitHosting {
    GitHosting(workspace: workspace, program: EchoProgram())
  }

  private func token(
    _ device: Workspace, for server: Workspace, madeBefore age: Int64 = 0
  ) throws -> String {
    let made = try DeviceToken(
      for: .git, device: device.deviceKey, workspace: device.id, server: server.deviceKey,
      made: team.clock.now - age, sign: device.sign)
    return "Bearer " + made.text
  }

  @Test("a member's token of today is taken, as it is and as a password")
  func admitted() throws {
    let hosting = hosting(team.hub)
    let shown = try token(team.ana, for: team.hub)
    #expect(try hosting.admit(shown) == team.ana.deviceKey)
    let pair = Data("ana:\(shown.dropFirst(7))".utf8).base64EncodedString()
    #expect(try hosting.admit("Basic " + pair) == team.ana.deviceKey)
    for age: Int64 in [-11, 11] {
      let old = try token(team.ana, for: team.hub, madeBefore: age * 3_600_000)
      #expect(try hosting.admit(old) == team.ana.deviceKey)
    }
  }

  @Test("nobody else's is: none, another's, an altered one, one for another server, an old one")
  func refused() throws {
    let hosting = hosting(team.hub)
    let good = try token(team.ana, for: team.hub)
    // Another signature, another device, another moment.
    let altered = [20, 8, 80].map { place in
      var bytes = Array(good.utf8)
      let index = place == 20 ? bytes.count - 1 : place
      bytes[index] = bytes[index] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
      return String(decoding: bytes, as: UTF8.self)
    }
    let other = try token(team.ana, for: team.bo)
    for shown in [nil, "", "Bearer", "Bearer x", "Digest \(good.dropFirst(7))", other] + altered {
      #expect(throws: Workspace.TokenRefusal.noToken) { try hosting.admit(shown) }
    }
    for age: Int64 in [-13, 13] {
      let old = try token(team.ana, for: team.hub, madeBefore: age * 3_600_000)
      #expect(throws: Workspace.TokenRefusal.self) { try hosting.admit(old) }
    }
    let stranger = try team.clone("mallory")
    let unknown = try token(stranger, for: team.hub)
    #expect(throws: Workspace.TokenRefusal.notEnrolled) { try hosting.admit(unknown) }
    try team.hub.revoke(team.ana.deviceKey, accepting: .present)
    #expect(throws: Workspace.TokenRefusal.revoked) { try hosting.admit(good) }
  }

  @Test("over HTTP: git is asked in its own words, and only for reading")
  func routes() async throws {
    let (hub, ana) = (team.hub, team.ana)
    let shown = try token(ana, for: hub)
    let routes = GitRoutes(hosting(hub))
    try await serving(routes: routes.add(to:)) { url in
      func ask(
        _ method: String, _ path: String, _ body: String = "", _ more: [String: String] = [:],
        token: String? = nil
      ) async throws -> Wire.Answer {
        let wire = try await Wire.open(url)
        defer { Task { await wire.close() } }
        var headers = more
        headers["Authorization"] = token
        return try #require(
          try await wire.request(method, "/repository.git" + path, Array(body.utf8), headers))
      }
      let references = "/info/refs?service=git-upload-pack"
      let first = try await ask("GET", references)
      #expect(first.status == 401)
      #expect(first.headers["www-authenticate"]?.hasPrefix("Basic") == true)
      let told = try await ask("GET", references, token: shown)
      #expect(told.status == 200 && told.headers["content-type"] == "text/x-echo")
      #expect(told.headers["x-other"] == nil && told.text.hasPrefix("first\n"))
      #expect(told.text.contains("PATH_INFO=/info/refs\n"))
      #expect(told.text.contains("GIT_PROJECT_ROOT=\(hub.folder)/repository.git\n"))
      #expect(!told.text.contains("!refs/fieldbook"))
      let second = ["Git-Protocol": "version=2"]
      let heads = "0014command=ls-refs\n001bref-prefix refs/heads/\n"
      let plain = try await ask("POST", "/git-upload-pack", heads, second, token: shown)
      #expect(plain.text.contains("GIT_PROTOCOL=version=2\n"))
      #expect(plain.text.contains("CONTENT_LENGTH=\(heads.utf8.count)\n"))
      #expect(!plain.text.contains("!refs/fieldbook"))
      let runs = "0014command=ls-refs\n0024ref-prefix refs/fieldbook/runs/\n"
      let named = try await ask("POST", "/git-upload-pack", runs, second, token: shown)
      #expect(named.text.contains("=!refs/fieldbook\n"))
      for (method, path, status) in [
        ("GET", "/info/refs?service=git-receive-pack", 403), ("GET", "/info/refs", 403),
        ("POST", "/git-receive-pack", 403), ("GET", "/HEAD", 404), ("GET", "/config", 404),
        ("GET", "/objects/info/packs", 404), ("GET", "/../workspace.json", 404),
      ] {
        let answer = try await ask(method, path, token: shown)
        #expect(answer.status == status, "\(method) \(path): \(answer.status)")
      }
    }
  }

  @Test("git-lfs is told where contents are, and given them, also in part")
  func largeFiles() async throws {
    let (hub, ana) = (team.hub, team.ana)
    let shown = try token(ana, for: hub)
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
    let digest = try hub.contentStore.put(bytes: bytes).0
    let routes = GitRoutes(hosting(hub))
    try await serving(routes: routes.add(to:)) { url in
      func ask(_ method: String, _ path: String, _ body: String = "", range: String? = nil)
        async throws -> Wire.Answer
      {
        let wire = try await Wire.open(url)
        defer { Task { await wire.close() } }
        var headers = ["Authorization": shown, "Host": "hub.example:4600"]
        headers["Range"] = range
        return try #require(
          try await wire.request(
            method, "/repository.git/info/lfs/objects" + path, Array(body.utf8), headers))
      }
      let missing = String(repeating: "0", count: 64)
      let question = """
        {"operation":"download","transfers":["lfs-standalone-file","basic"],"objects":[
        {"oid":"\(digest.hex)","size":3000000},{"oid":"\(missing)","size":1},{"oid":"../x","size":1}]}
        """
      let answer = try await ask("POST", "/batch", question)
      #expect(answer.headers["content-type"] == "application/vnd.git-lfs+json")
      let told = try #require(
        JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
      let objects = try #require(told["objects"] as? [[String: Any]])
      let action = try #require(
        (objects[0]["actions"] as? [String: [String: Any]])?["download"])
      #expect(
        action["href"] as? String
          == "http://hub.example:4600/repository.git/info/lfs/objects/\(digest.hex)")
      #expect((action["header"] as? [String: String])?["Authorization"] == shown)
      #expect((objects[1]["error"] as? [String: Any])?["code"] as? Int == 404)
      #expect((objects[2]["error"] as? [String: Any])?["code"] as? Int == 422)
      let whole = try await ask("GET", "/\(digest.hex)")
      #expect(whole.status == 200 && whole.body == bytes)
      let part = try await ask("GET", "/\(digest.hex)", range: "bytes=2999990-")
      #expect(part.status == 206 && part.body == Array(bytes.suffix(10)))
      #expect(part.headers["content-range"] == "bytes 2999990-2999999/3000000")
      #expect(try await ask("GET", "/\(digest.hex)", range: "bytes=3000000-").status == 416)
      #expect(try await ask("GET", "/" + missing).status == 404)
      let upload = question.replacing("download", with: "upload")
      #expect(try await ask("POST", "/batch", upload).status == 403)
      #expect(try await ask("POST", "/batch", "{}").status == 422)
    }
  }

  @Test("a full turnstile turns away, and a place that is forgotten is free again")
  func places() async throws {
    let turnstile = Turnstile(places: 1, queue: 0)
    var place: Turnstile.Place? = try await turnstile.enter()
    await #expect(throws: SyncRefusal.busy) { _ = try await turnstile.enter() }
    place?.leave()
    place?.leave()
    place = nil
    var next: Turnstile.Place?
    for _ in 0..<1000 where next == nil {
      await Task.yield()
      next = try? await turnstile.enter()
    }
    #expect(next != nil)
    await #expect(throws: SyncRefusal.busy) { _ = try await turnstile.enter() }
  }
}
