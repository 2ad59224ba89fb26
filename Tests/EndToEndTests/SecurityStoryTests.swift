import FieldbookTestSupport
import Foundation
import Testing

/// What goes wrong among people, through the built program.
@Suite("Security stories", .serialized)
struct SecurityStoryTests {
  let folder: TemporaryFolder
  let fieldbook: Binary

  init() throws {
    folder = try TemporaryFolder()
    fieldbook = Binary(root: folder.path)
  }

  @discardableResult
  private func does(_ person: String, _ words: String..., status: Int32 = 0) throws
    -> Binary.Answer
  {
    let answer = try fieldbook.run(words + ["--dir", person], as: person)
    #expect(answer.status == status, "\(words): \(answer.err)")
    return answer
  }

  private func startRun(_ person: String, _ name: String) throws -> String {
    let made = try does(person, "start", "--name", name, "--json")
    return try #require(made.json["run_id"] as? String)
  }

  private func syncAll(_ people: [String]) throws {
    for _ in 0..<2 { for person in people { try does(person, "sync") } }
  }

  private func expectEqual(_ people: [String]) throws {
    let hashes = try people.map { try fieldbook.stateHash($0) }
    #expect(Set(hashes).count == 1 && !hashes[0].isEmpty, "\(hashes)")
    for person in people { #expect(try fieldbook.ailments(person) == []) }
  }

  private func tags(_ person: String, _ run: String) throws -> [String: String] {
    try does(person, "show", run, "--json").json["tags"] as? [String: String] ?? [:]
  }

  /// Starts `server --share` of a person's replica.
  private func share(_ person: String) throws -> (process: Process, url: String) {
    let pipe = Pipe()
    let process = fieldbook.process(
      ["server", "--share", "--port", "0", "--dir", person], as: person)
    process.standardOutput = pipe
    try process.run()
    var line = ""
    while !line.contains("\n") {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { throw TestFailure("the server ended before it listened") }
      line += String(decoding: data, as: UTF8.self)
    }
    let url = line.split(separator: " ").last.map(String.init) ?? ""
    return (process, url.trimmingCharacters(in: .whitespacesAndNewlines))
  }

  @Test("a stolen laptop: revoked, it writes on and meets who has not heard; nothing of it counts")
  func stolenLaptop() throws {
    let (hub, url) = try fieldbook.startHub()
    defer { hub.stop() }
    for person in ["ana", "bo", "tim"] { try fieldbook.clone(person, url) }
    let run = try startRun("tim", "honest")
    try does("tim", "tag", run, "state=good")
    try does("tim", "sync")
    try syncAll(["ana", "bo"])

    try does("hub", "devices", "revoke", "tim")
    // The thief goes on; the hub does not talk to him, but bo has not heard.
    try does("tim", "tag", run, "state=stolen", "planted=yes")
    let planted = try startRun("tim", "planted")
    let refused = try does("tim", "sync", status: 1)
    #expect(refused.err.contains("revoked"))
    let (server, bosURL) = try share("bo")
    try does("tim", "remote", "add", "bo", bosURL)
    try does("tim", "sync", "bo")
    server.stop()
    #expect(try tags("bo", run)["planted"] == "yes")
    // bo, honest, builds on what he sees.
    try does("bo", "tag", run, "checked=by bo")
    try does("bo", "describe", run, "looks fine")
    try does("bo", "sync")
    try syncAll(["ana", "bo"])
    try expectEqual(["ana", "bo", "hub"])
    for person in ["ana", "bo", "hub"] {
      let seen = try tags(person, run)
      #expect(seen["state"] == "good" && seen["planted"] == nil && seen["checked"] == "by bo")
      try does(person, "show", planted, status: 1)
    }
    let kept = try does("ana", "devices", "quarantine", "list", "--json").json["quarantined"]
    let parts = try #require(kept as? [[String: Any]])
    #expect(parts.count == 1 && parts[0]["device"] as? String == "tim")
    // A bundle that the thief made before he heard is of no more use to him.
    try does("tim", "tag", run, "again=yes")
    try does("tim", "bundle", "create", folder.path + "/thief.bundle")
    try does("ana", "bundle", "apply", folder.path + "/thief.bundle")
    #expect(try tags("ana", run)["again"] == nil)
    try does("ana", "devices", "quarantine", "accept", "tim", status: 1)
    try does("hub", "devices", "quarantine", "reject", "tim")
    try syncAll(["ana", "bo"])
    try expectEqual(["ana", "bo", "hub"])
  }

  @Test("a token in a tag, a param, a log and a description: after purge and sync it is in no file")
  func purge() throws {
    let token = "hf_PURGEmeAbCdEf0123456789xyzMARK"
    let (hub, url) = try fieldbook.startHub()
    defer { hub.stop() }
    for person in ["ana", "bo"] { try fieldbook.clone(person, url) }
    let run = try startRun("ana", "leaky")
    try does("ana", "log", "param", "auth=\(token)", "--run", run)
    try does("ana", "tag", run, "note=use \(token)", "keep=this")
    try does("ana", "describe", run, "log in with \(token)")
    try Data("first line\nAuthorization: \(token)\n".utf8)
      .write(to: URL(fileURLWithPath: folder.path + "/out.log"))
    try does("ana", "artifacts", "put", run, folder.path + "/out.log")
    try FileManager.default.removeItem(atPath: folder.path + "/out.log")
    try does("ana", "finish", run)
    try syncAll(["ana", "bo"])
    try does("ana", "bundle", "create", folder.path + "/team.bundle")
    try FileManager.default.copyItem(
      atPath: folder.path + "/bo", toPath: folder.path + "/backup-of-bo")
    let people = ["ana", "bo", "hub"]
    for person in people { #expect(try !files(with: token, below: person).isEmpty) }

    let path = try #require(
      (try does("ana", "artifacts", "ls", run, "--json").json["artifacts"] as? [[String: Any]])?
        .first?["path"] as? String)
    for field in ["tags.note", "params.auth", "description", "artifacts." + path] {
      try does("ana", "purge", run, field, "--reason", "a token", "--yes", status: 1)
      try does("hub", "purge", run, field, "--reason", "a token", "--yes")
    }
    try syncAll(["ana", "bo"])
    for person in people { #expect(try files(with: token, below: person) == []) }
    try expectEqual(people)
    #expect(try tags("bo", run)["note"] == nil && tags("bo", run)["keep"] == "this")

    // A new replica from the old bundle, and one restored from the old backup, lose it with the next sync.
    try does("cy", "clone", folder.path + "/team.bundle", folder.path + "/cy")
    #expect(try !files(with: token, below: "cy").isEmpty)
    try does("cy", "enroll", try fieldbook.invite(), "--url", url)
    try does("cy", "remote", "add", "hub", url)
    try does("cy", "sync", "hub")
    try FileManager.default.removeItem(atPath: folder.path + "/bo")
    try FileManager.default.moveItem(
      atPath: folder.path + "/backup-of-bo", toPath: folder.path + "/bo")
    try does("bo", "sync")
    try does("bo", "describe", run, "harmless")
    try does("bo", "sync")
    try does("cy", "sync", "hub")
    try syncAll(["ana", "bo"])
    try does("cy", "sync", "hub")
    for person in people + ["cy"] { #expect(try files(with: token, below: person) == []) }
    try expectEqual(people + ["cy"])
    let purges = try #require(
      try does("hub", "purges", "--json").json["purges"] as? [[String: Any]])
    #expect(purges.count == 4 && purges.allSatisfy { $0["reason"] as? String == "a token" })
    #expect(purges.allSatisfy { ($0["unconfirmed"] as? [String])?.contains("bo") == false })
  }

  /// Files of a person's replica that hold the bytes.
  private func files(with text: String, below person: String) throws -> [String] {
    let root = folder.path + "/" + person
    let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return names.filter {
      FileManager.default.contents(atPath: root + "/" + $0)?.range(of: Data(text.utf8)) != nil
    }
  }
}
