import FieldbookTestSupport
import Foundation
import Testing

/// What goes wrong among people, through the built program.
@Suite("Security stories", .serialized)
struct SecurityStoryTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

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
    #expect(try fieldbook.syncTwice(people) == [])
  }

  private func expectEqual(_ people: [String]) throws {
    #expect(try fieldbook.stateHashes(people).count == 1)
    for person in people { #expect(try fieldbook.ailments(person) == []) }
  }

  private func tags(_ person: String, _ run: String) throws -> [String: String] {
    try does(person, "show", run, "--json").json["tags"] as? [String: String] ?? [:]
  }

  @Test("a stolen laptop: revoked, it writes on and meets who has not heard; nothing of it counts")
  func stolenLaptop() throws {
    let (hub, _) = try fieldbook.startTeam(["ana", "bo", "tim"])
    defer { hub.stop() }
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
    let (server, bosURL) = try fieldbook.startServer(
      "bo", as: "bo", flags: ["--share"])
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
    try does("tim", "bundle", "create", fieldbook.root + "/thief.bundle")
    try does("ana", "bundle", "apply", fieldbook.root + "/thief.bundle")
    #expect(try tags("ana", run)["again"] == nil)
    try does("ana", "devices", "quarantine", "accept", "tim", status: 1)
    try does("hub", "devices", "quarantine", "reject", "tim")
    try syncAll(["ana", "bo"])
    try expectEqual(["ana", "bo", "hub"])
  }

  @Test("a token in a tag, a param, a log and a description: after purge and sync it is in no file")
  func purge() throws {
    let token = "hf_PURGEmeAbCdEf0123456789xyzMARK"
    let (hub, url) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    let run = try startRun("ana", "leaky")
    try does("ana", "log", "param", "auth=\(token)", "--run", run)
    try does("ana", "tag", run, "note=use \(token)", "keep=this")
    try does("ana", "describe", run, "log in with \(token)")
    try Data("first line\nAuthorization: \(token)\n".utf8)
      .write(to: URL(fileURLWithPath: fieldbook.root + "/out.log"))
    try does("ana", "artifacts", "put", run, fieldbook.root + "/out.log")
    try FileManager.default.removeItem(atPath: fieldbook.root + "/out.log")
    try does("ana", "finish", run)
    try syncAll(["ana", "bo"])
    try does("ana", "bundle", "create", fieldbook.root + "/team.bundle")
    try FileManager.default.copyItem(
      atPath: fieldbook.root + "/bo", toPath: fieldbook.root + "/backup-of-bo")
    let people = ["ana", "bo", "hub"]
    for person in people { #expect(!holders(of: token, at: person).isEmpty) }

    let path = try #require(
      (try does("ana", "artifacts", "ls", run, "--json").json["artifacts"] as? [[String: Any]])?
        .first?["path"] as? String)
    for field in ["tags.note", "params.auth", "description", "artifacts." + path] {
      try does("ana", "purge", run, field, "--reason", "a token", "--yes", status: 1)
      try does("hub", "purge", run, field, "--reason", "a token", "--yes")
    }
    try syncAll(["ana", "bo"])
    for person in people { #expect(holders(of: token, at: person) == []) }
    try expectEqual(people)
    #expect(try tags("bo", run)["note"] == nil && tags("bo", run)["keep"] == "this")

    // A new replica from the old bundle, and one restored from the old backup, lose it with the next sync.
    try does("cy", "clone", fieldbook.root + "/team.bundle", fieldbook.root + "/cy")
    #expect(!holders(of: token, at: "cy").isEmpty)
    try does("cy", "enroll", try fieldbook.invite(), "--url", url)
    try does("cy", "remote", "add", "hub", url)
    try does("cy", "sync", "hub")
    try FileManager.default.removeItem(atPath: fieldbook.root + "/bo")
    try FileManager.default.moveItem(
      atPath: fieldbook.root + "/backup-of-bo", toPath: fieldbook.root + "/bo")
    try does("bo", "sync")
    try does("bo", "describe", run, "harmless")
    try does("bo", "sync")
    try does("cy", "sync", "hub")
    try syncAll(["ana", "bo"])
    try does("cy", "sync", "hub")
    for person in people + ["cy"] { #expect(holders(of: token, at: person) == []) }
    try expectEqual(people + ["cy"])
    let purges = try #require(
      try does("hub", "purges", "--json").json["purges"] as? [[String: Any]])
    #expect(purges.count == 4 && purges.allSatisfy { $0["reason"] as? String == "a token" })
    #expect(purges.allSatisfy { ($0["unconfirmed"] as? [String])?.contains("bo") == false })
  }

  private func holders(of token: String, at person: String) -> [String] {
    files(holding: token, below: fieldbook.root + "/" + person)
  }
}
