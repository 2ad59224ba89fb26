import FieldbookModel
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Hummingbird
import Testing

@testable import FieldbookWeb

@Suite("The page's addresses")
struct PageRoutesTests {
  let team: Team
  let folder: TemporaryFolder

  init() throws {
    team = try Team()
    folder = try TemporaryFolder()
    for (name, text) in [
      ("index.html", "<!doctype html>"), ("app.js", "export {}"), (".hidden.js", "no"),
      ("notes.txt", "no"),
    ] {
      try text.write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
    }
  }

  private typealias Ask =
    @Sendable (String, String, String, [String: String]) async throws ->
    Wire.Answer

  private func serve(_ workspace: Workspace, _ body: @escaping @Sendable (Ask) async throws -> Void)
    async throws
  {
    let page = PageRoutes(
      workspace: workspace, version: "1", files: PageFolder(folder.path, libraries: []))
    let routes: @Sendable (Router<PeerContext>) -> Void = { page.add(to: $0.group()) }
    try await serving(routes: routes) { url in
      try await body { method, path, text, more in
        let wire = try await Wire.open(url)
        defer { Task { await wire.close() } }
        var headers = ["X-Fieldbook": "page", "Content-Type": "application/json"]
        headers.merge(more) { $1 }
        return try #require(
          try await wire.request(method, path, Array(text.utf8), headers))
      }
    }
  }

  private func json(_ answer: Wire.Answer) throws -> JSON { try JSONParser.parse(answer.body) }

  @Test("the page's files are given by name, with a policy that lets nothing in from elsewhere")
  func files() async throws {
    try await serve(team.ana) { ask in
      let index = try await ask("GET", "/", "", [:])
      #expect(index.status == 200 && index.text == "<!doctype html>")
      #expect(index.headers["cache-control"] == "no-cache")
      let policy = try #require(index.headers["content-security-policy"])
      #expect(policy.hasPrefix("default-src 'none'; script-src 'self';"))
      #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
      #expect(index.headers["x-content-type-options"] == "nosniff")
      let script = try await ask("GET", "/page/app.js", "", [:])
      #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
      for name in [".hidden.js", "notes.txt", "none.js", "..", "%2e%2e%2fapp.js", "lib/none.js"] {
        let answer = try await ask("GET", "/page/" + name, "", [:])
        #expect(answer.status == 404, "\(name): \(answer.status)")
      }
      let library = try await ask("GET", "/page/lib/dygraph.min.js", "", [:])
      #expect(library.text.contains("install libjs-dygraphs"))
    }
  }

  @Test("only the page's own scripts change anything, and only by JSON that reads")
  func guarded() async throws {
    let run = try team.sharedRun()
    try await serve(team.ana) { ask in
      let path = "/page/api/runs/\(run.hex)/change"
      let body = #"{"action":"tag","key":"k","value":"v"}"#
      #expect(try await ask("POST", path, body, ["X-Fieldbook": ""]).status == 403)
      #expect(try await ask("POST", path, body, ["Content-Type": "text/plain"]).status == 415)
      #expect(try await ask("POST", path, "{", [:]).status == 400)
      #expect(try await ask("POST", path, "[]", [:]).status == 400)
      #expect(try await ask("POST", path, #"{"action":7}"#, [:]).status == 400)
      #expect(try await ask("POST", path, #"{"action":"burn"}"#, [:]).status == 400)
      let long = String(repeating: " ", count: PageQuestion.bytesMax + 1)
      #expect(try await ask("POST", path, long, [:]).status == 413)
      #expect(try await ask("POST", "/page/api/runs/x/change", body, [:]).status == 400)
      let missing = "/page/api/runs/" + String(repeating: "0", count: 32)
      #expect(try await ask("GET", missing, "", [:]).status == 404)
      #expect(try team.ana.run(run).tags["k"] == nil)
      let done = try await ask("POST", path, body, [:])
      #expect(done.status == 200)
      #expect(try json(done)["tags"]?["k"] == .string("v"))
    }
    #expect(try team.ana.run(run).tags["k"] == "v")
  }

  @Test("each action is a change like that of the command line, and shows the run as it is then")
  func changes() async throws {
    let run = try team.sharedRun()
    try await serve(team.ana) { ask in
      func change(_ body: String, status: Int = 200) async throws -> JSON {
        let answer = try await ask("POST", "/page/api/runs/\(run.hex)/change", body, [:])
        #expect(answer.status == status, "\(body): \(answer.text)")
        return try json(answer)
      }
      let described = try await change(##"{"action":"describe","value":"<b>\n# x"}"##)
      #expect(described["description"] == .string("<b>\n# x"))
      #expect(try await change(#"{"action":"describe","value":""}"#)["description"] == nil)
      #expect(try await change(#"{"action":"rename","value":"new"}"#)["name"] == .string("new"))
      #expect(try await change(#"{"action":"label","value":"hot"}"#)["labels"]?.items?.count == 1)
      #expect(try await change(#"{"action":"unlabel","value":"hot"}"#)["labels"]?.items == [])
      let commented = try await change(#"{"action":"comment","value":"look"}"#)
      #expect(commented["comments"]?.items?.first?["text"] == .string("look"))
      #expect(try await change(#"{"action":"delete"}"#)["lifecycle"] == .string("deleted"))
      #expect(try await change(#"{"action":"restore"}"#)["lifecycle"] == .string("active"))
      let refused = try await change(#"{"action":"untag","key":"none"}"#, status: 404)
      #expect(refused["error"]?.string?.isEmpty == false && refused["hint"] != nil)
      _ = try await change(#"{"action":"rename","value":""}"#, status: 400)
      let told = try json(try await ask("GET", "/page/api/runs/\(run.hex)/history", "", [:]))
      let fields = Set((told["entries"]?.items ?? []).compactMap { $0["field"]?.string })
      #expect(
        fields.isSuperset(of: ["description", "name", "labels.hot", "lifecycle", "comments"]))
    }
  }

  @Test("lists go on page by page, say how many there are, and explain a filter that does not read")
  func lists() async throws {
    for number in 0..<5 {
      let run = try team.ana.newRun("r\(number)")
      try team.ana.logBatch(
        run, parameters: [(EntryKey("lr"), "0.\(number)")],
        metrics: [
          MetricSeries(
            key: "acc",
            points: [MetricPoint(step: 0, timestamp: 1, value: Double(number))])
        ],
        tags: [], durability: .person)
    }
    try await serve(team.ana) { ask in
      func search(_ body: String) async throws -> JSON {
        try json(try await ask("POST", "/page/api/runs/search", body, [:]))
      }
      func names(_ page: JSON) -> [String] {
        (page["runs"]?.items ?? []).compactMap { $0["name"]?.string }
      }
      let first = try await search(#"{"limit":2,"order_by":["metrics.acc DESC"]}"#)
      #expect(names(first) == ["r4", "r3"] && first["total"] == .integer(5))
      let token = try #require(first["next_page_token"]?.string)
      let next = try await search(
        #"{"limit":2,"order_by":["metrics.acc DESC"],"page_token":"\#(token)"}"#)
      #expect(names(next) == ["r2", "r1"] && next["total"] == nil)
      let far = try await search(
        #"{"limit":2,"order_by":["metrics.acc DESC"],"offset":3,"count":true}"#)
      #expect(names(far) == ["r1", "r0"] && far["total"] == .integer(5))
      #expect(far["next_page_token"] == nil)
      let beyond = try await search(#"{"limit":2,"offset":1000}"#)
      #expect(names(beyond) == [] && beyond["total"] == nil)
      let some = try await search(#"{"limit":1,"filter":"metrics.acc > 1 AND params.lr != '0.4'"}"#)
      #expect(some["total"] == .integer(2))
      let wrong = try await ask("POST", "/page/api/runs/search", #"{"filter":"acc >"}"#, [:])
      #expect(wrong.status == 400)
      #expect(try json(wrong)["hint"] == .string("did you mean metrics.acc?"))
      let strange = try await ask("POST", "/page/api/runs/search", #"{"filter":"x ="}"#, [:])
      #expect(try json(strange)["hint"]?.string?.hasPrefix("write it like:") == true)
      for body in [
        #"{"limit":0}"#, #"{"limit":100000}"#, #"{"page_token":"x"}"#, #"{"offset":-1}"#,
      ] {
        #expect(try await ask("POST", "/page/api/runs/search", body, [:]).status == 400, "\(body)")
      }
      let columns = try json(try await ask("GET", "/page/api/columns", "", [:]))
      #expect(columns["params"] == .array([.string("lr")]))
      #expect(columns["metrics"] == .array([.string("acc")]))
    }
  }

  @Test("a curve holds a spike at every zoom, and its point when it is near")
  func curves() async throws {
    let run = try team.ana.newRun("r")
    let points = (0..<5000).map { step -> MetricPoint in
      let value: Double = step == 3210 ? 99 : step == 7 ? .nan : sin(Double(step))
      return MetricPoint(step: Int64(step), timestamp: 1000 + Int64(step), value: value)
    }
    try team.ana.logBatch(
      run, parameters: [], metrics: [MetricSeries(key: "loss", points: points)], tags: [],
      durability: .person)
    try await serve(team.ana) { ask in
      func curve(_ more: String) async throws -> JSON {
        let body = #"{"curves":[{"run":"\#(run.hex)","key":"loss"}]\#(more)}"#
        let answer = try await ask("POST", "/page/api/curves", body, [:])
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(try json(answer)["curves"]?.items?.first)
      }
      let whole = try await curve(#","columns":100"#)
      let columns = try #require(whole["columns"]?.items)
      #expect(columns.count == 100 && whole["from"] == .integer(0) && whole["to"] == .integer(4999))
      #expect(columns.filter { $0.items?[6] == .number(99) }.count == 1)
      #expect(columns[0].items?[8] == .integer(1))
      let near = try await curve(#","columns":100,"from":3200,"to":3220"#)
      let exact = (near["columns"]?.items ?? []).compactMap(\.items).filter { $0[4] == .number(99) }
      #expect(exact.count == 1 && exact[0][2] == .integer(1) && exact[0][3] == .integer(3210))
      let byTime = try await curve(#","axis":"time","columns":10"#)
      #expect(byTime["from"] == .integer(1000))
      for wrong in [
        #"{"curves":[{"run":"x","key":"a"}]}"#, #"{"curves":[],"columns":0}"#,
        #"{"curves":[],"axis":"x"}"#, #"{"curves":[],"from":2,"to":1}"#, #"{"curves":[{}]}"#,
      ] {
        #expect(try await ask("POST", "/page/api/curves", wrong, [:]).status == 400, "\(wrong)")
      }
    }
  }

  @Test("a conflict is decided as by the command line, taken back, and not decided twice")
  func conflicts() async throws {
    let run = try team.sharedRun()
    try team.ana.setDescription(run.key, "from ana", durability: .person)
    try team.bo.setDescription(run.key, "from bo", durability: .person)
    try TestMachine.quiesce(team.members)
    let open = try #require(try team.ana.conflicts().first)
    try await serve(team.ana) { ask in
      let list = try json(try await ask("GET", "/page/api/conflicts", "", [:]))
      #expect(list["conflicts"]?.items?.first?["id"] == .string(open.id))
      let one = try json(try await ask("GET", "/page/api/conflicts/\(open.id)", "", [:]))
      #expect(one["sides"]?.items?.count == 2 && one["diff"]?.items?.count == 2)
      let path = "/page/api/conflicts/\(open.id)/resolve"
      for wrong in [#"{"take":"z"}"#, "{}", #"{"edit":"<<<<<<< a\nb\n>>>>>>> c"}"#] {
        #expect(try await ask("POST", path, wrong, [:]).status == 400, "\(wrong)")
      }
      let side = try #require(open.sides.first { $0.value == "from bo" })
      let done = try await ask("POST", path, #"{"take":"\#(side.letter)"}"#, [:])
      #expect(done.status == 200, "\(done.text)")
      #expect(try team.ana.run(run).description == "from bo")
      #expect(try await ask("POST", path, #"{"take":"a"}"#, [:]).status == 409)
      let op = try #require(try json(done)["undo"]?.string)
      #expect(try await ask("POST", "/page/api/undo", #"{"op":"\#(op)"}"#, [:]).status == 200)
      #expect(try team.ana.run(run).description != "from bo" || !team.ana.conflicts().isEmpty)
    }
  }

  @Test("files of runs are shown without any right, in part, or saved")
  func artifacts() async throws {
    let run = try team.ana.newRun("r")
    let html = Array("<script>alert(1)</script>".utf8)
    for name in ["a b.html", "w.bin", "log.txt"] {
      _ = try team.ana.putArtifact(run, path: "out/" + name, bytes: html)
    }
    try TestMachine.quiesce(team.members)
    let base = "/page/api/runs/\(run.hex)/artifacts/out/"
    try await serve(team.ana) { ask in
      let page = try await ask("GET", base + "a%20b.html", "", [:])
      #expect(page.status == 200 && page.body == html)
      #expect(page.headers["content-security-policy"]?.hasPrefix("sandbox;") == true)
      #expect(page.headers["content-type"] == "text/html; charset=utf-8")
      let saved = try await ask("GET", base + "a%20b.html?download", "", [:])
      #expect(saved.headers["content-disposition"] == "attachment; filename*=UTF-8''a%20b.html")
      #expect(saved.headers["content-type"] == "application/octet-stream")
      #expect(try await ask("GET", base + "w.bin", "", [:]).headers["content-disposition"] != nil)
      let part = try await ask("GET", base + "log.txt", "", ["Range": "bytes=1-6"])
      #expect(part.status == 206 && part.text == "script")
      #expect(try await ask("GET", base + "none", "", [:]).status == 404)
      #expect(try await ask("GET", base + "%ff", "", [:]).status == 400)
    }
    try await serve(team.bo) { ask in
      let absent = try await ask("GET", base + "log.txt", "", [:])
      #expect(absent.status == 409 && absent.text.contains("hint"), "\(absent.text)")
    }
  }

  @Test("who listens is told of a change by anybody")
  func events() async throws {
    let run = try team.sharedRun()
    let events = PageEvents(workspace: team.ana)
    let before = try team.ana.pulse()
    try team.ana.setTag(run.key, EntryKey("k"), "v", durability: .person)
    #expect(try team.ana.pulse() != before)
    let response = try events.stream { true }
    #expect(response.headers[.contentType] == "text/event-stream")
    // Streams that nobody reads any more give their places back.
    for _ in 0..<200 { _ = try events.stream { true } }
    var held = [response]
    #expect(throws: PageFailure.self) {
      for _ in 0..<PageEvents.most { held.append(try events.stream { true }) }
    }
    #expect(held.count == PageEvents.most)
  }
}
