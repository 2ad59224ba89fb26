import FieldbookModel
import FieldbookReplication
import FieldbookSync
import Testing

@testable import FieldbookCLI

@Suite("What sync says")
struct SyncDocumentTests {
  private func outcome(
    pulled: Int = 0, points: Int = 0, pushed: Int = 0, failure: String? = nil
  ) -> SyncOutcome {
    var report = SyncReport(name: "origin")
    report.pulledOps = pulled
    report.pulledPoints = points
    report.pushedOps = pushed
    report.seconds = 0.5
    return SyncOutcome(report: report, failure: failure)
  }

  @Test("in words")
  func words() {
    #expect(outcome().words == "nothing new")
    #expect(outcome(pulled: 1).words == "took in 1 change")
    #expect(outcome(pushed: 3).words == "gave 3 changes")
    #expect(
      outcome(pulled: 12, points: 300, pushed: 3).words
        == "took in 12 changes and 300 metric points, gave 3 changes")
  }

  @Test("as JSON, with the error of a peer that failed")
  func json() {
    let document = SyncDocument(
      outcomes: [outcome(pulled: 2, failure: "gone")], newConflicts: 1, total: 3, blocking: 1)
    #expect(
      document.json == [
        "peers": [
          [
            "name": "origin", "pulled_ops": .count(2), "pushed_ops": .count(0),
            "pulled_points": .count(0), "pushed_points": .count(0), "bytes_in": .count(0),
            "bytes_out": .count(0), "round_trips": .count(0), "snapshots": .count(0),
            "seconds": .number(0.5), "error": "gone",
          ]
        ],
        "conflicts": ["new": .count(1), "total": .count(3), "blocking": .count(1)],
      ])
  }

  @Test("a receiver's status says which heads a bundle can leave out")
  func knownHeads() throws {
    let log = LogID(
      device: try #require(DeviceKey(bytes: Array(repeating: 7, count: 32))), epoch: 9)
    let hash = String(repeating: "ab", count: 32)
    let status = """
      {"level": 1, "heads": [{"log": "\(log)", "seq": 5, "hash": "\(hash)"},
        {"log": "ffff-1", "seq": 2, "hash": "\(hash)"}]}
      """
    let heads = try KnownHeads.heads(inStatus: status, logs: [log])
    #expect(
      heads == [Head(log: log, number: 5, hash: try #require(SegmentHash(hex: hash)))])
    #expect(throws: InvalidInput.self) { try KnownHeads.heads(inStatus: "{}", logs: [log]) }
  }
}
