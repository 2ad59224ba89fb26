import FieldbookTestSupport
import Foundation
import Testing

/// A browser that was led astray: a name that leads to loopback (DNS rebinding), or a page of somebody else that asks ours.
@Suite("The page and other places") struct PageOriginTests {
  @Test("of another Host or Origin nothing of the page is shown, asked or changed")
  func others() throws {
    let fieldbook = try Binary.withReplica(of: "ana")
    #expect(try fieldbook.own(["start", "--name", "mine"], as: "ana").status == 0)
    let run = try #require(
      (try fieldbook.own(["runs", "--json"], as: "ana").json["runs"] as? [[String: Any]])?
        .first?["run_id"] as? String)
    let (server, url) = try fieldbook.startServer("ana", as: "ana")
    defer { server.stop() }
    let port = try #require(URL(string: url)?.port)

    func asked(_ path: String, _ words: String) throws -> String {
      try fieldbook.shell(
        "curl -s -m 5 -o /dev/null -w '%{http_code}' \(words) '\(url)\(path)'", as: "ana"
      ).answer().out
    }
    let own = [
      "", "-H 'Origin: \(url)'", "-H 'Host: localhost:\(port)'",
      "-H 'Host: localhost:\(port)' -H 'Origin: http://localhost:\(port)'",
    ]
    let strange = [
      "-H 'Host: evil.example:\(port)'", "-H 'Host: evil.example'", "-H 'Host:'",
      "-H 'Origin: http://evil.example'", "-H 'Origin: null'",
      "-H 'Origin: http://127.0.0.1:\(port + 1)'", "-H 'Host: 127.0.0.1.evil.example:\(port)'",
    ]
    for path in ["/", "/page/app.js", "/page/api/status", "/page/api/runs/\(run)"] {
      for words in own { #expect(try asked(path, words) == "200", "\(path) \(words)") }
      for words in strange {
        #expect(["400", "403"].contains(try asked(path, words)), "\(path) \(words)")
      }
    }
    for words in strange {
      #expect(["400", "403"].contains(try asked("/page/events", words)), "\(words)")
    }

    let change =
      "-X POST -H 'Content-Type: application/json' -d '{\"action\":\"label\",\"value\":\"x\"}'"
    let path = "/page/api/runs/\(run)/change"
    for words in strange {
      let status = try asked(path, "\(change) -H 'X-Fieldbook: page' \(words)")
      #expect(["400", "403"].contains(status), "\(words): \(status)")
    }
    // What a form of another page can send: without the field that only scripts of ours may set.
    #expect(try asked(path, change) == "403")
    let plain = "-X POST -H 'Content-Type: text/plain' -d '{}' -H 'X-Fieldbook: page'"
    #expect(try asked(path, plain) != "200")
    func labels() throws -> [String]? {
      try fieldbook.own(["show", run, "--json"], as: "ana").json["labels"] as? [String]
    }
    #expect(try labels() == [])
    // The same words from the page itself have their effect.
    #expect(try asked(path, "\(change) -H 'X-Fieldbook: page' -H 'Origin: \(url)'") == "200")
    #expect(try labels() == ["x"])
  }
}
