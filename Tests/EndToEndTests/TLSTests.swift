import FieldbookTestSupport
import Foundation
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Hubs and servers with TLS, as a person starts them. 127.0.0.2 stands for an address off loopback: only this machine
/// reaches it, and it is none of those where plain HTTP is spoken.
@Suite("TLS", .serialized)
struct TLSTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test(
    "a hub with TLS: its own certificate is kept, codes carry it, a clone syncs; another one is refused"
  )
  func hub() throws {
    var (hub, url) = try fieldbook.startHub(flags: ["--host", "127.0.0.2"])
    defer { hub.stop() }
    #expect(url.hasPrefix("https://127.0.0.2:"))
    #expect(try fieldbook.invite().hasPrefix("fb2-"))
    try fieldbook.clone("ana", url)
    let shown = try fieldbook.run("remote", "show", "origin", "--dir", "ana", "--json", as: "ana")
    let certificate = try #require(shown.json["certificate"] as? String)
    #expect(certificate.count == 64)
    #expect(try fieldbook.run("start", "--name", "r", "--dir", "ana", as: "ana").status == 0)
    #expect(try fieldbook.sync("ana").status == 0)
    #expect(try fieldbook.stateHash("ana") == fieldbook.stateHash("hub"))
    let port = try #require(URL(string: url)?.port)
    hub.stop()
    let key = fieldbook.root + "/hub/.fieldbook/tls/key.pem"
    let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o600)

    // The same again: nothing is made anew.
    (hub, url) = try fieldbook.startHub(port: port, flags: ["--host", "127.0.0.2"])
    #expect(try fieldbook.sync("ana").status == 0)
    hub.stop()

    // Another certificate at the same address, although the hub is the same.
    try FileManager.default.moveItem(
      atPath: fieldbook.root + "/hub/.fieldbook/tls", toPath: fieldbook.root + "/old")
    (hub, url) = try fieldbook.startHub(port: port, flags: ["--host", "127.0.0.2"])
    let refused = try fieldbook.sync("ana")
    #expect(refused.status == 1)
    #expect(refused.err.contains("shows another certificate"), "\(refused.err)")
    #expect(refused.err.contains("fieldbook enroll NEW-CODE"))
    // The way out that the hint names.
    let enrolled = try fieldbook.run(
      "enroll", fieldbook.invite(), "--url", url, "--dir", "ana", as: "ana")
    #expect(enrolled.status == 0, "\(enrolled.err)")
    #expect(try fieldbook.sync("ana").status == 0)
    hub.stop()

    // One's own, in place of what is made here; a person says what it is.
    let own = [
      "--host", "127.0.0.2", "--tls-cert", fieldbook.root + "/old/certificate.pem", "--tls-key",
      fieldbook.root + "/old/key.pem",
    ]
    (hub, url) = try fieldbook.startHub(port: port, flags: own)
    for words in [
      ["remote", "remove", "origin"],
      ["remote", "add", "origin", url, "--certificate", certificate],
      ["sync"],
    ] {
      let answer = try fieldbook.run(words + ["--dir", "ana"], as: "ana")
      #expect(answer.status == 0, "\(words): \(answer.err)")
    }
    hub.stop()

    // Back to plain HTTP: codes fit again.
    (hub, url) = try fieldbook.startHub(port: port)
    #expect(url.hasPrefix("http://"))
    #expect(try fieldbook.invite().hasPrefix("fb1-"))
  }

  @Test(
    "a shared server with TLS: MLflow's endpoints for whoever has the token, peers by their proof")
  func server() throws {
    #expect(try fieldbook.run("init", "ana", as: "ana").status == 0)
    let (process, url) = try fieldbook.startServer(
      "ana", as: "ana", flags: ["--share", "--host", "127.0.0.2"])
    defer { process.stop() }
    #expect(url.hasPrefix("https://127.0.0.2:"))
    let own = fieldbook.root + "/ana/.fieldbook"
    let token = try String(contentsOfFile: own + "/server.token", encoding: .utf8)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    func status(_ extra: [String]) throws -> String {
      try Command(
        "curl",
        ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "20"] + extra
          + [url + "/api/2.0/mlflow/experiments/search?max_results=1"]
      ).answer().out
    }
    // The certificate names the address, so that clients which check names and trust this file are content.
    let trust = ["--cacert", own + "/tls/certificate.pem"]
    #expect(try status(trust) == "401", "the same user, and yet: it listens off loopback")
    #expect(try status(trust + ["-H", "Authorization: Bearer " + token]) == "200")
    #expect(try status(["-H", "Authorization: Bearer " + token]) == "000", "nobody vouches for it")
    let code = try fieldbook.invite(by: "ana")
    let cloned = try fieldbook.run("clone", url, "bo", "--code", code, as: "bo")
    #expect(cloned.status == 0, "\(cloned.err)")
    #expect(try fieldbook.stateHash("bo") == fieldbook.stateHash("ana"))
  }

  @Test("a hub that was restored is known by the same certificate, here and elsewhere")
  func restored() throws {
    var (hub, url) = try fieldbook.startHub(flags: ["--tls"])
    defer { hub.stop() }
    try fieldbook.clone("ana", url)
    hub.stop()
    let (folder, vault) = (fieldbook.root + "/hub", fieldbook.root + "/vault")
    try fieldbook.run("backup", vault, "--with-key", "--dir", "hub", as: "hub")
    #expect(try fieldbook.run("backup", "verify", vault, as: "hub").status == 0)
    let port = try #require(URL(string: url)?.port)
    for isGone in [false, true] {
      if isGone { try FileManager.default.removeItem(atPath: folder) }
      #expect(try fieldbook.run("backup", "restore", vault, folder, as: "hub").status == 0)
      (hub, url) = try fieldbook.startHub(port: port, flags: ["--tls"])
      let answer = try fieldbook.sync("ana")
      #expect(answer.status == 0, "\(answer.err)")
      hub.stop()
    }
    let kept = try FileManager.default.contentsOfDirectory(atPath: folder + "/.fieldbook/tls")
    #expect(kept.sorted() == ["certificate.pem", "key.pem"])
  }

  @Test("what a hub refuses is one line on its stderr, however often it comes") func complaint()
    async throws
  {
    let log = fieldbook.root + "/hub.err"
    let (process, address) = try fieldbook.startHub(log: log)
    let url = try #require(URL(string: address + "/sync/v1/hello"))
    for _ in 0..<5 {
      var request = URLRequest(url: url)
      request.httpMethod = "POST"
      request.httpBody = Data("{}".utf8)
      let (_, response) = try await URLSession.shared.data(for: request)
      #expect((response as? HTTPURLResponse)?.statusCode == 403)
    }
    process.stop()
    let said = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
      .filter { $0.contains("refused") }
    #expect(said == ["warning: refused, from loopback: a message that does not read"])
  }

  @Test("off loopback plain HTTP is refused by server and client, with a way out")
  func plain() throws {
    let answer = try fieldbook.run("init", "ana", as: "ana")
    #expect(answer.status == 0, "\(answer.err)")
    let server = try fieldbook.run("server", "--host", "0.0.0.0", "--dir", "ana", as: "ana")
    #expect(server.status == 1 && server.err.contains("server --share --host"), "\(server.err)")
    let remote = try fieldbook.run(
      "remote", "add", "hub", "http://192.0.2.1:4600", "--dir", "ana", as: "ana")
    #expect(remote.status == 1 && remote.err.contains("https://"), "\(remote.err)")
    let half = try fieldbook.run("hub", "--dir", "h", "--tls-cert", "x", as: "hub")
    #expect(half.status == 64, "\(half.err)")
    let none = try fieldbook.run(
      "hub", "--dir", "h", "--tls-cert", "x", "--tls-key", "y", as: "hub")
    #expect(none.status == 1 && none.err.contains("holds no certificate"), "\(none.err)")
    let pin = try fieldbook.run(
      "remote", "add", "hub", "https://192.0.2.1:4600", "--certificate", "abc", "--dir", "ana",
      as: "ana")
    #expect(pin.status == 1 && pin.err.contains("64 hexadecimal digits"), "\(pin.err)")
  }
}
