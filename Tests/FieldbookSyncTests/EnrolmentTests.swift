import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

@Suite("Enrolment by code") struct EnrolmentTests {
  @Test("a code makes a clone that writes, syncs and is known by name") func clone() async throws {
    let team = try Team(["hub"])
    try team.hub.record("h1")
    let code = try Enrolment.invite(team.hub, role: .writer)
    try await serving(SyncServer(workspace: team.hub)) { url in
      let (ana, _) = try await CloneClient.clone(
        url: url, code: code.text, into: team.folder.path + "/ana", device: "ana-laptop",
        owner: "ana", environment: team.environment("ana"))
      #expect(!ana.isPending)
      #expect(ana.name == team.hub.name)
      try ana.record("a1")
      _ = try await SyncClient.sync(ana, remote: ana.remote("origin"))
      #expect(try ana.stateHash() == team.hub.stateHash())
      #expect(try team.hub.devices().contains { $0.name == "ana-laptop" && $0.role == .writer })
    }
  }

  @Test("a used code is refused, and the second clone leaves nothing behind") func usedTwice()
    async throws
  {
    let team = try Team(["hub"])
    let code = try Enrolment.invite(team.hub, role: .writer)
    try await serving(SyncServer(workspace: team.hub)) { url in
      try await team.clone("ana", at: url, by: code.text)
      let dir = team.folder.path + "/bo"
      await #expect(throws: SyncFailure.codeRefused("this code was used already")) {
        try await team.clone("bo", at: url, by: code.text, seed: 5)
      }
      #expect(!FileManager.default.fileExists(atPath: dir))
      #expect(try team.hub.devices().count == 2)
    }
  }

  @Test("what stood in the folder before a failed clone stays") func foreignFilesStay() async throws
  {
    let team = try Team(["hub"])
    let code = try Enrolment.invite(team.hub, role: .writer)
    let dir = team.folder.path + "/ana"
    try FileManager.default.createDirectory(atPath: dir, withIntermediateDirectories: true)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: dir + "/notes.txt"))
    await #expect(throws: SyncFailure.self) {
      try await team.clone("ana", at: "http://127.0.0.1:1", by: code.text)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: dir) == ["notes.txt"])
  }

  @Test("a clone that breaks off after its code was spent goes on with the same code")
  func interrupted() async throws {
    let team = try Team(["hub"])
    try team.hub.record("h1", points: 30)
    let code = try Enrolment.invite(team.hub, role: .writer)
    let dir = team.folder.path + "/ana"
    @Sendable func clone(_ url: String) async throws -> Workspace {
      try await team.clone("ana", at: url, by: code.text)
    }
    // Answers to an enrolment arrive; then the hub is gone.
    let server = SyncServer(workspace: team.hub)
    for broken in ["hello", "enroll", "exchange"] {
      try await servingUntil(broken, server) { url in
        let error = await #expect(throws: CloneInterrupted.self) { _ = try await clone(url) }
        #expect(error?.dir == dir)
      }
      #expect(FileManager.default.fileExists(atPath: dir + "/.fieldbook"))
    }
    try await serving(server) { url in
      let ana = try await clone(url)
      #expect(try ana.stateHash() == team.hub.stateHash())
      #expect(!ana.isPending)
      #expect(try ana.remote("origin").url == url)
      #expect(!FileManager.default.fileExists(atPath: dir + "/.fieldbook/unfinished-clone"))
      try ana.close()
      // Whole now: not begun again.
      await #expect(throws: WorkspaceFailure.alreadyAReplica(dir)) { _ = try await clone(url) }
    }
    #expect(try team.hub.devices().count == 2, "all tries were one device")
  }

  @Test("a clone that was killed while its code was spent goes on with the same code")
  func killed() async throws {
    let team = try Team(["hub"])
    let code = try Enrolment.invite(team.hub, role: .writer)
    let (dir, left) = (team.folder.path + "/ana", team.folder.path + "/as-a-kill-leaves-it")
    try await serving(SyncServer(workspace: team.hub)) { inner in
      // Asked when the code is spent and the answer has not gone out yet.
      let keepCopy: @Sendable (String, [UInt8]) -> Bool = { word, _ in
        if word == "enroll" {
          try? FileManager.default.removeItem(atPath: left)
          try? FileManager.default.copyItem(atPath: dir, toPath: left)
        }
        return false
      }
      try await relaying(to: inner, swallows: keepCopy) { url in
        try await team.clone("ana", at: url, by: code.text).close()
        try FileManager.default.removeItem(atPath: dir)
        try FileManager.default.moveItem(atPath: left, toPath: dir)
        let ana = try await team.clone("ana", at: url, by: code.text)
        #expect(!ana.isPending)
        #expect(try ana.stateHash() == team.hub.stateHash())
        try ana.close()
      }
    }
    #expect(try team.hub.devices().count == 2)
  }

  @Test("what was begun with one workspace's code is not gone on with by another's")
  func interruptedOther() async throws {
    let (team, other) = (try Team(["hub"]), try Team(["hub"], seed: 9))
    let codes = try [team.hub, other.hub].map { try Enrolment.invite($0, role: .writer).text }
    try await servingUntil("exchange", SyncServer(workspace: team.hub)) { url in
      for (index, code) in codes.enumerated() {
        let error = await #expect(throws: (any Error).self) {
          try await team.clone("ana", at: url, by: code)
        }
        #expect(
          index == 0
            ? error is CloneInterrupted
            : error as? SyncFailure == .codeForOther(other.hub.id))
      }
    }
  }

  @Test("an expired code is refused on both sides") func expired() async throws {
    let team = try Team(["hub"])
    let code = try Enrolment.invite(team.hub, role: .writer)
    team.clock.advance(milliseconds: 25 * 3_600_000)
    try await serving(SyncServer(workspace: team.hub)) { url in
      await #expect(throws: SyncFailure.codeExpired) {
        try await team.clone("ana", at: url, by: code.text)
      }
      // A laptop whose clock is behind asks all the same; the issuer's clock decides.
      let past = ManualClock(milliseconds: team.clock.now - 25 * 3_600_000)
      await #expect(throws: SyncFailure.codeRefused("this code has expired")) {
        try await CloneClient.clone(
          url: url, code: code.text, into: team.folder.path + "/bo", device: "bo", owner: "bo",
          environment: TestMachine.environment(
            root: team.folder.path, clock: past, seed: 5, name: "bo"))
      }
    }
  }

  @Test("only the issuer redeems: another peer of the workspace does not") func otherIssuer()
    async throws
  {
    let team = try Team(["hub", "ana"])
    let code = try Enrolment.invite(team.hub, role: .writer)
    try await serving(SyncServer(workspace: team.ana)) { url in
      await #expect(throws: SyncFailure.self) {
        try await team.clone("bo", at: url, by: code.text, seed: 5)
      }
    }
    #expect(try team.hub.devices().count == 2)
  }

  @Test("a pending clone of a folder is let in later, with what it wrote before") func pending()
    async throws
  {
    let team = try Team(["hub"])
    try team.hub.record("h1", points: 30)
    let ana = try CloneClient.clone(
      folder: team.hub.dir, into: team.folder.path + "/ana", device: "ana", owner: "ana",
      environment: team.environment("ana"))
    #expect(ana.isPending)
    try ana.record("before")
    let code = try Enrolment.invite(team.hub, role: .writer)
    try await serving(SyncServer(workspace: team.hub)) { url in
      _ = try await Enrolment.redeem(code, at: url, for: ana)
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(!ana.isPending)
      #expect(try ana.stateHash() == team.hub.stateHash())
      #expect(try team.hub.runs(RunQuery()).items.contains { $0.name == "before" })
    }
  }

  @Test("a captured request is good for nothing the second time") func replay() throws {
    let team = try Team(["hub"])
    let code = try Enrolment.invite(team.hub, role: .writer)
    let server = SyncServer(workspace: team.hub)
    let key = try #require(DeviceKey(bytes: [UInt8](repeating: 7, count: 32)))
    var request = SyncServer.EnrolRequest(
      invite: Hex.encode(code.id), device: key.hex, name: "ana", owner: "ana", proof: nil)
    let (first, session) = try server.enrol(session: nil, request)
    let nonce = try #require(first.nonce.flatMap { Hex.decode($0) })
    let parts = [
      nonce, key.bytes, Array("ana".utf8), Array("ana".utf8), team.hub.id.key.bytes,
    ]
    request.proof = Hex.encode(InviteCode.proof(secret: code.secret, label: "enrol", parts: parts))
    var changed = request
    changed.name = "mallory"
    #expect(throws: SyncRefusal.self) { try server.enrol(session: session, changed) }
    // The nonce is spent by the attempt; the request that was captured fits no new one.
    #expect(throws: SyncRefusal.self) { try server.enrol(session: session, request) }
    let (_, other) = try server.enrol(session: nil, request.withoutProof)
    #expect(throws: SyncRefusal.self) { try server.enrol(session: other, request) }
    #expect(try team.hub.devices().count == 1)
  }

  @Test("what the server proves is not what a client proves") func enrolReflection() throws {
    let secret = [UInt8](repeating: 3, count: 16)
    let parts: [[UInt8]] = [[1], [2]]
    #expect(
      InviteCode.proof(secret: secret, label: "enrol", parts: parts)
        != InviteCode.proof(secret: secret, label: "accept", parts: parts))
  }

  @Test("ten wrong codes in a minute, and the peer listens to none") func rateLimit() throws {
    let team = try Team(["hub"])
    let server = SyncServer(workspace: team.hub)
    let key = try #require(DeviceKey(bytes: [UInt8](repeating: 7, count: 32)))
    func attempt() -> SyncRefusal? {
      var request = SyncServer.EnrolRequest(
        invite: String(repeating: "0", count: 32), device: key.hex, name: "x", owner: "x",
        proof: nil)
      do {
        let (_, session) = try server.enrol(session: nil, request)
        request.proof = String(repeating: "0", count: 64)
        _ = try server.enrol(session: session, request)
        return nil
      } catch {
        return error as? SyncRefusal
      }
    }
    for _ in 0..<SyncLimits.failedCodesAMinute { #expect(attempt() == .codeUnknown) }
    #expect(attempt() == .tryLater)
    team.clock.advance(milliseconds: 61_000)
    #expect(attempt() == .codeUnknown)
  }

  @Test("every typing error in a code is noticed") func typingErrors() throws {
    let team = try Team(["hub"])
    let text = Array(try Enrolment.invite(team.hub, role: .writer).text)
    _ = try InviteCode(String(text))
    for index in text.indices.dropFirst(4) {
      var typed = text
      typed[index] = typed[index] == "a" ? "b" : "a"
      #expect(throws: InvalidInput.self) { try InviteCode(String(typed)) }
      #expect(throws: InvalidInput.self) { try InviteCode(String(text[..<index])) }
    }
    for index in text.indices.dropFirst(5) where text[index] != text[index - 1] {
      var typed = text
      typed.swapAt(index, index - 1)
      #expect(throws: InvalidInput.self) { try InviteCode(String(typed)) }
    }
  }
}

extension SyncServer.EnrolRequest {
  fileprivate var withoutProof: Self {
    var copy = self
    copy.proof = nil
    return copy
  }
}
