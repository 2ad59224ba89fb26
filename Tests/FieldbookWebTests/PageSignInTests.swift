import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Hummingbird
import Testing

@testable import FieldbookWeb

@Suite("Signing in at a hub's page")
struct PageSignInTests: TeamSuite {
  let team: Team

  init() throws { team = try Team() }

  private typealias Ask =
    @Sendable (String, String, String, String?) async throws -> Wire.Answer

  private func serve(
    isSecure: Bool = false, _ body: @escaping @Sendable (Ask) async throws -> Void
  ) async throws {
    try "<!doctype html>".write(
      toFile: folder.path + "/index.html", atomically: true, encoding: .utf8)
    let page = PageRoutes(
      workspace: hub, version: "1", files: PageFolder(folder.path, libraries: []),
      access: .signIn(isSecure: isSecure))
    let routes: @Sendable (Router<PeerContext>) -> Void = { page.add(to: $0.group()) }
    try await serving(routes: routes) { url in
      try await body { method, path, text, cookie in
        let wire = try await Wire.open(url)
        defer { Task { await wire.close() } }
        var headers = ["X-Fieldbook": "page", "Content-Type": "application/json"]
        if let cookie { headers["Cookie"] = "other=1; " + cookie }
        return try #require(try await wire.request(method, path, Array(text.utf8), headers))
      }
    }
  }

  private func link(_ workspace: Workspace) throws -> String {
    let token = try workspace.token(for: .page, server: hub.deviceKey).text
    return #"{"token":"\#(token)"}"#
  }

  private func cookie(_ answer: Wire.Answer) throws -> String {
    let field = try #require(answer.headers["set-cookie"])
    return String(field.prefix { $0 != ";" })
  }

  private func json(_ answer: Wire.Answer) throws -> JSON { try JSONParser.parse(answer.body) }

  @Test("the page is there for all, what it shows for who signed in, and for nobody to change")
  func signedIn() async throws {
    let run = try team.sharedRun()
    try await serve { [self] ask in
      #expect(try await ask("GET", "/", "", nil).status == 200)
      let looks = [
        "status", "runs/\(run.hex)", "models", "sync", "views", "runs/\(run.hex)/code",
        "runs/\(run.hex)/log",
      ]
      for path in looks {
        let refused = try await ask("GET", "/page/api/" + path, "", nil)
        #expect(refused.status == 401 && refused.text.contains("fieldbook page"), "\(path)")
        #expect(refused.headers["www-authenticate"] == nil)
      }
      #expect(try await ask("GET", "/page/events", "", nil).status == 401)
      let answer = try await ask("POST", "/page/api/sign-in", try link(ana), nil)
      #expect(answer.status == 200, "\(answer.text)")
      let field = try #require(answer.headers["set-cookie"])
      #expect(field.contains("HttpOnly; SameSite=Strict") && !field.contains("Secure"))
      let own = try cookie(answer)
      let status = try json(try await ask("GET", "/page/api/status", "", own))
      #expect(status["viewer"]?["device"] == .string("ana"))
      #expect(status["can_write"] == .bool(false) && status["why_not"]?.string != nil)
      for path in looks {
        #expect(try await ask("GET", "/page/api/" + path, "", own).status == 200, "\(path)")
      }
      #expect(try await ask("POST", "/page/api/runs/search", "{}", own).status == 200)
      for path in ["runs/\(run.hex)/change", "undo", "views", "conflicts/x/resolve"] {
        let body = #"{"action":"tag","key":"k","value":"v","op":"0000","name":"n","address":"a"}"#
        let refused = try await ask("POST", "/page/api/" + path, body, own)
        #expect(refused.status == 403 && refused.text.contains("fieldbook server"), "\(path)")
      }
      #expect(try await ask("POST", "/page/api/sign-out", "{}", own).status == 200)
      #expect(try await ask("GET", "/page/api/status", "", own).status == 401)
    }
    #expect(try hub.run(run).tags["k"] == nil)
  }

  @Test("a link works once, within an hour, for this hub, from an enrolled device")
  func links() async throws {
    try await serve(isSecure: true) { [self] ask in
      func signIn(_ body: String) async throws -> Wire.Answer {
        try await ask("POST", "/page/api/sign-in", body, nil)
      }
      let once = try link(ana)
      let first = try await signIn(once)
      #expect(first.status == 200 && first.headers["set-cookie"]?.contains("; Secure") == true)
      let again = try await signIn(once)
      #expect(again.status == 401 && again.text.contains("used already"))
      clock.advance(milliseconds: 1)
      let other = try bo.token(for: .page, server: ana.deviceKey).text
      let git = try bo.token(for: .git, server: hub.deviceKey).text
      let good = try bo.token(for: .page, server: hub.deviceKey).text
      let altered = good.dropLast() + (good.hasSuffix("0") ? "1" : "0")
      for wrong in [other, git, String(altered), "", "zz", String(repeating: "0", count: 208)] {
        let refused = try await signIn(#"{"token":"\#(wrong)"}"#)
        #expect(refused.status == 401 && refused.headers["set-cookie"] == nil, "\(wrong)")
      }
      #expect(try await signIn("{}").status == 400)
      let stranger = try team.clone("mallory")
      let unknown = try stranger.token(for: .page, server: hub.deviceKey).text
      #expect(try await signIn(#"{"token":"\#(unknown)"}"#).status == 403)
      let late = try link(bo)
      clock.advance(milliseconds: 61 * 60_000)
      let stale = try await signIn(late)
      #expect(stale.status == 401 && stale.text.contains("an hour"))
      #expect(try await signIn(link(hub)).status == 200)
    }
  }

  @Test("a browser is out when its device is revoked, and after twelve hours")
  func ends() async throws {
    try await serve { [self] ask in
      let cookies = try await [ana, bo].asyncMap { device in
        try cookie(try await ask("POST", "/page/api/sign-in", try link(device), nil))
      }
      try hub.revoke(ana.deviceKey, accepting: .present)
      let out = try await ask("GET", "/page/api/status", "", cookies[0])
      #expect(out.status == 403 && out.text.contains("revoked"))
      #expect(try await ask("GET", "/page/api/status", "", cookies[1]).status == 200)
      #expect(try await ask("POST", "/page/api/sign-in", try link(ana), nil).status == 403)
      clock.advance(milliseconds: PageSessions.lifeMilliseconds)
      #expect(try await ask("GET", "/page/api/status", "", cookies[1]).status == 401)
    }
  }

  @Test("no more browsers than there is room for, and a link of before the start is not taken")
  func bounds() throws {
    let sessions = PageSessions(workspace: hub, isSecure: false)
    func token() throws -> String {
      clock.advance(milliseconds: 1)
      return try ana.token(for: .page, server: hub.deviceKey).text
    }
    let early = try token()
    for _ in 0..<PageSessions.most { _ = try sessions.signIn(token()) }
    #expect(throws: PageFailure.self) { try sessions.signIn(token()) }
    clock.advance(milliseconds: PageSessions.lifeMilliseconds)
    _ = try sessions.signIn(token())
    let restarted = PageSessions(workspace: hub, isSecure: false)
    #expect(throws: PageFailure.self) { try restarted.signIn(early) }
    #expect(throws: PageFailure.self) { try restarted.viewer(nil) }
    for header in ["", "=", "fieldbook-", String(repeating: "a=b; ", count: 3000)] {
      #expect(throws: PageFailure.self) { try restarted.viewer(header) }
    }
  }
}

extension Array {
  fileprivate func asyncMap<Result>(_ body: (Element) async throws -> Result) async rethrows
    -> [Result]
  {
    var out: [Result] = []
    for element in self { out.append(try await body(element)) }
    return out
  }
}
