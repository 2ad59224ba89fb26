import FieldbookTestSupport
import Foundation
import Testing

/// `doctor --deep`: what only a peer, and only a replay, can tell.
@Suite("Deep check", .serialized)
struct DeepCheckTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  private func deep() throws -> (status: Int32, checks: [String: String]) {
    let answer = try fieldbook.run("doctor", "--deep", "--dir", "ana", "--json", as: "ana")
    let checks = try #require(answer.json["checks"] as? [[String: Any]], "\(answer.err)")
    return (
      answer.status,
      Dictionary(
        uniqueKeysWithValues: checks.map {
          ($0["name"] as? String ?? "", $0["detail"] as? String ?? "")
        })
    )
  }

  @Test(
    "a segment that the hub lost though it says that it has it is found; a replay finds a wrong table"
  )
  func lostThere() throws {
    let (hub, _) = try fieldbook.startTeam(["ana"])
    defer { hub.stop() }
    for name in ["one", "two", "three"] {
      #expect(try fieldbook.run("start", "--name", name, "--dir", "ana", as: "ana").status == 0)
      #expect(try fieldbook.sync("ana").status == 0)
    }
    var (status, checks) = try deep()
    #expect(status == 0, "\(checks)")
    #expect(checks["peer origin"] == "the same segments on both sides")
    let hash = try fieldbook.stateHash("ana").prefix(16)
    #expect(checks["replay"] == "the state is what the log says: \(hash)")

    #expect(try fieldbook.run("start", "--name", "four", "--dir", "ana", as: "ana").status == 0)
    (status, checks) = try deep()
    #expect(status == 0, "\(checks)")
    #expect(checks["peer origin"] == "1 segment is only here; a sync brings it")
    #expect(try fieldbook.sync("ana").status == 0)

    // As a disk loses it: heads and tables stay as they are.
    RawSQLite(replica: fieldbook.root + "/hub").execute(
      """
      DELETE FROM segment WHERE id = (SELECT id FROM segment s
        WHERE s.last < (SELECT max(last) FROM segment t WHERE t.chain = s.chain) ORDER BY id DESC LIMIT 1)
      """)
    #expect(try fieldbook.sync("ana").status == 0, "a sync does not notice")
    (status, checks) = try deep()
    #expect(status == 1)
    #expect(
      checks["peer origin"] == "1 segment is only here, though both say that they have the same")

    RawSQLite(replica: fieldbook.root + "/ana").execute("UPDATE register SET value = 'x' WHERE 1")
    (status, checks) = try deep()
    #expect(status == 1 && checks["replay"]?.hasPrefix("the log says ") == true, "\(checks)")

    hub.stop()
    (status, checks) = try deep()
    #expect(status == 1 && checks["peer origin"]?.contains("segments") == false, "\(checks)")
  }
}
