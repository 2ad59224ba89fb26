import FieldbookTestSupport
import Foundation
import Testing

/// Hubs and servers with TLS, as a person starts them. 127.0.0.2 stands for an address off loopback: only this machine
/// reaches it, and it is none of those where plain HTTP is spoken.
@Suite("TLS", .serialized)
struct TLSTests {
  let folder: TemporaryFolder
  let fieldbook: Binary

  init() throws {
    folder = try TemporaryFolder()
    fieldbook = Binary(root: folder.path)
  }

  @Test(
    "a hub with TLS: its own certificate is kept, codes carry it, a clone syncs; another one is refused"
  )
  func hub() throws {
    var (hub, url) = try fieldbook.startHub(flags: ["--host", "127.0.0.2"])
    defer { if hub.isRunning { hub.stop() } }
    #expect(url.hasPrefix("https://127.0.0.2:"))
    #expect(try fieldbook.invite().hasPrefix("fb2-"))
    try fieldbook.clone("ana", url)
    let shown = try fieldbook.run("remote", "show", "origin", "--dir", "ana", "--json", as: "ana")
    let certificate = try #require(shown.json["certificate"] as? String)
    #expect(certificate.count == 64)
    #expect(try fieldbook.run("start", "--name", "r", "--dir", "ana", as: "ana").status == 0)
    #expect(try fieldbook.run("sync", "--dir", "ana", as: "ana").status == 0)
    #expect(try fieldbook.stateHash("ana") == fieldbook.stateHash("hub"))
    let port = try #require(URL(string: url)?.port)
    hub.stop()
    let key = folder.path + "/hub/.fieldbook/tls/key.pem"
    let mode = try FileManager.default.attributesOfItem(atPath: key)[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o600)

    // The same again: nothing is made anew.
    (hub, url) = try fieldbook.startHub(port: port, flags: ["--host", "127.0.0.2"])
    #expect(try fieldbook.run("sync", "--dir", "ana", as: "ana").status == 0)
    hub.stop()

    // Another certificate at the same address, although the hub is the same.
    try FileManager.default.moveItem(
      atPath: folder.path + "/hub/.fieldbook/tls", toPath: folder.path + "/old")
    (hub, url) = try fieldbook.startHub(port: port, flags: ["--host", "127.0.0.2"])
    let refused = try fieldbook.run("sync", "--dir", "ana", as: "ana")
    #expect(refused.status == 1)
    #expect(refused.err.contains("shows another certificate"), "\(refused.err)")
    #expect(refused.err.contains("fieldbook enroll NEW-CODE"))
    // The way out that the hint names.
    let enrolled = try fieldbook.run(
      "enroll", fieldbook.invite(), "--url", url, "--dir", "ana", as: "ana")
    #expect(enrolled.status == 0, "\(enrolled.err)")
    #expect(try fieldbook.run("sync", "--dir", "ana", as: "ana").status == 0)
    hub.stop()

    // One's own, in place of what is made here; a person says what it is.
    let own = [
      "--host", "127.0.0.2", "--tls-cert", folder.path + "/old/certificate.pem", "--tls-key",
      folder.path + "/old/key.pem",
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
