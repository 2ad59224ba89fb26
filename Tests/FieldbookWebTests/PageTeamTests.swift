import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookWeb
@testable import FieldbookWorkspace

@Suite("What the page shows of a team")
struct PageTeamTests: TeamSuite {
  let team: Team

  init() throws { team = try Team() }

  private func looking(_ workspace: Workspace) -> PageLooking {
    PageLooking(workspace: workspace, version: "1", isOfHub: false)
  }

  private func save(_ name: String, _ address: String?, _ workspace: Workspace) throws -> JSON {
    let body: JSON = ["name": .string(name), "address": .optional(address)]
    return try looking(workspace).saveView(PageQuestion(body.utf8))
  }

  private func names(_ views: JSON) -> [String] {
    (views["views"]?.items ?? []).compactMap { $0["name"]?.string }
  }

  @Test("of a list that is asked for again only the runs that changed are told")
  func revisions() throws {
    let (kept, changed) = (try ana.newRun("kept"), try ana.newRun("changed"))
    func runs(_ had: JSON) throws -> [JSON] {
      let question = try PageQuestion(JSON.object(["have": had]).utf8)
      return try looking(ana).runs(question)["runs"]?.items ?? []
    }
    let first = try runs(.object([]))
    let had = JSON.object(
      try first.map { run in
        JSON.Member(
          name: try #require(run["run_id"]?.string), value: try #require(run["revision"]))
      })
    try ana.setTag(changed.key, EntryKey("k"), "v", durability: .script)
    let again = try runs(had)
    #expect(again.count == 2 && again.map { $0["run_id"] } == first.map { $0["run_id"] })
    for run in again {
      let isSame = run["run_id"] == .string(kept.hex)
      #expect(run["same"] == (isSame ? .bool(true) : nil))
      #expect((run["tags"]?["k"] == .string("v")) == !isSame)
    }
    for wrong in [JSON.string("x"), .array([])] {
      #expect(throws: PageFailure.self) { try runs(wrong) }
    }
  }

  @Test("views are shared, saved over, taken away and saved again; two of one name are a conflict")
  func views() throws {
    #expect(names(try looking(ana).views()) == [])
    _ = try save("Best runs!", "/runs?order=metrics.acc", ana)
    _ = try save("best RUNS", "/runs?b", ana)
    _ = try save("ü", "/runs?c", ana)
    #expect(names(try looking(ana).views()) == ["Best runs!", "best RUNS", "ü"])
    try TestMachine.quiesce(members)
    let told = try #require(try looking(bo).views()["views"]?.items?.first)
    #expect(told["address"] == .string("/runs?order=metrics.acc"))
    #expect(told["author"] == .string("ana") && told["device"] == .string("ana"))
    #expect(told["time"]?.string != nil)
    _ = try save("Best runs!", "/runs?over", bo)
    #expect(names(try save("ü", nil, bo)) == ["Best runs!", "best RUNS"])
    #expect(names(try save("ü", "/runs?again", bo)) == ["Best runs!", "best RUNS", "ü"])
    #expect(try bo.configs().filter { $0.name.hasPrefix("page/views/") }.count == 3)
    _ = try save("Best runs!", "/runs?other", ana)
    try TestMachine.quiesce(members)
    let contested = try #require(try looking(ana).views()["views"]?.items?.first)
    #expect(contested["conflicts"]?.items?.count == 1)
    #expect(try ana.conflicts().count == 1)
  }

  @Test("what is no view is refused, and what lies among them is passed over")
  func wrong() throws {
    for (name, address) in [
      (String(repeating: "a", count: 201), "x"), ("two\nlines", "x"),
      ("long", String(repeating: "a", count: 4001)), ("gone", nil), ("", "x"),
    ] { #expect(throws: (any Error).self) { try save(name, address, ana) } }
    _ = try ana.addConfig("page/views/other.json", #"{"name": 3}"#)
    #expect(names(try looking(ana).views()) == [])
    _ = try save("other", "/runs", ana)
    #expect(names(try looking(ana).views()) == ["other"])
  }

  @Test("exchanges and open invites are told, a meeting of several messages as one")
  func exchanges() throws {
    try TestMachine.quiesce(members)
    var note = ExchangeNote(time: 1_000_000, peer: bo.deviceKey.hex, isInbound: true)
    note.receivedOps = 2
    ana.exchangeLog.add(note)
    (note.time, note.receivedOps, note.sentOps) = (1_030_000, 3, 4)
    ana.exchangeLog.add(note)
    var failed = ExchangeNote(time: 2_000_000, remote: "origin")
    failed.error = "nobody answers"
    ana.exchangeLog.add(failed)
    failed.time = 3_000_000
    ana.exchangeLog.add(failed)
    ana.exchangeLog.add(ExchangeNote(time: 4_000_000, remote: "origin"))
    let told = try looking(ana).sync()["exchanges"]?.items ?? []
    #expect(told.count == 2)
    #expect(told[0]["error"] == .string("nobody answers") && told[0]["peer"] == nil)
    #expect(told[1]["peer"] == .string("bo") && told[1]["direction"] == .string("in"))
    #expect(told[1]["received_ops"] == .integer(5) && told[1]["sent_ops"] == .integer(4))
    try hub.storeInvite(
      id: [1], secret: [2], role: .reader,
      expires: Timestamp(milliseconds: clock.now + 3_600_000))
    try hub.storeInvite(
      id: [3], secret: [4], role: .writer, expires: Timestamp(milliseconds: clock.now - 1))
    let invites = try looking(hub).sync()["invites"]?.items ?? []
    #expect(invites.count == 1 && invites[0]["role"] == .string("reader"))
  }

  @Test("contacts with others and contents that come are told, each for itself, and no record is")
  func pulse() throws {
    _ = try team.sharedRun()
    func changed(_ part: WritableKeyPath<Pulse, String>, _ deed: () throws -> Void) throws {
      let before = try ana.pulse()
      try deed()
      var after = try ana.pulse()
      #expect(after[keyPath: part] != before[keyPath: part])
      after[keyPath: part] = before[keyPath: part]
      #expect(after == before)
    }
    let expires = Timestamp(milliseconds: clock.now + 3_600_000)
    try changed(\.contacts) { try ana.addRemote(name: "origin", url: "http://127.0.0.1:1") }
    try changed(\.contacts) { try ana.noteFailure(remote: "origin", reason: "nobody answers") }
    try changed(\.contacts) { try ana.noteSync(remote: "origin", behindOps: 0) }
    try changed(\.contacts) {
      try ana.write(.script) { try $0.setPeerHeads(bo.deviceKey, []) }
    }
    try changed(\.contacts) {
      try ana.write(.script) {
        try $0.storeInvite(id: [1], secret: [2], role: .reader, expires: expires)
      }
    }
    try changed(\.contacts) {
      var note = ExchangeNote(time: 1, remote: "origin")
      note.sentOps = 1
      ana.exchangeLog.add(note)
    }
    try changed(\.contacts) { try ana.removeRemote(name: "origin") }
    try changed(\.contents) { _ = try ana.contentStore.put(bytes: [1, 2, 3]) }
    let large = [UInt8](repeating: 7, count: Int(ContentStore.threshold) + 1)
    try changed(\.contents) { _ = try ana.contentStore.put(bytes: large) }
  }

  @Test("what a remote lacks is told, and looking at it writes nothing")
  func lacking() throws {
    try TestMachine.quiesce(members)
    try ana.addRemote(name: "origin", url: "http://127.0.0.1:1")
    #expect(try looking(ana).sync()["remotes"]?.items?[0]["unsent_ops"] == nil)
    try ana.pin(hub.deviceKey, remote: "origin")
    try ana.noteSync(remote: "origin", behindOps: 0)
    let before = try ana.pulse()
    let lacked = try looking(ana).sync()["remotes"]?.items?[0]["unsent_ops"]
    _ = try ana.newRun("another")
    let open = try ana.store.inspect { try $0.moment() }
    let told = try looking(ana).sync()["remotes"]?.items?[0]["unsent_ops"]
    #expect(lacked != told && lacked != nil)
    #expect(try ana.store.inspect { try $0.moment() } == open)
    #expect(try ana.pulse().records != before.records)
  }

  @Test("the log of exchanges is bounded, and lines that are none are passed over")
  func bounded() throws {
    let log = ana.exchangeLog
    for number in 0..<4000 {
      var note = ExchangeNote(
        time: Int64(number) * 100_000, remote: "r\(number % 2)", peer: bo.deviceKey.hex)
      note.sentOps = number + 1
      log.add(note)
    }
    let size = try [log.path, log.path + ".1"].map {
      try FileManager.default.attributesOfItem(atPath: $0)[.size] as? Int ?? 0
    }
    #expect(size.allSatisfy { $0 < 300 << 10 })
    #expect(log.newest(3).map(\.sentOps) == [4000, 3999, 3998])
    let handle = try #require(FileHandle(forUpdatingAtPath: log.path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data("{\"time\":1\n\u{0}garbage\n\n[]\n".utf8))
    try handle.close()
    #expect(log.newest(1).map(\.sentOps) == [4000])
  }
}
