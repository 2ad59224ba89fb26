import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

/// Replicas that earlier builds left, in the hands of this one.
@Suite("Golden replicas", .serialized) struct GoldenReplicaTests {
  @Test(
    "one is opened, read, written to, and synced with a new laptop, and both hold the same",
    arguments: try GoldenFolder.all())
  func atWork(folder: GoldenFolder) async throws {
    let files = try TemporaryFolder()
    let expected = try folder.facts()
    let clock = ManualClock()
    let hub = try folder.replica(in: files, clock: clock)
    #expect(try hub.stateHash() == expected.stateHash)
    let runs = try hub.runs(RunQuery(limit: 1000)).items
    #expect(!runs.isEmpty)
    for run in runs {
      for key in run.metrics.keys { #expect(try !hub.metricHistory(run.id, key: key).isEmpty) }
    }
    for config in try hub.configs() { #expect(config.text?.isEmpty == false) }

    let run = try #require(runs.first)
    try hub.setTag(run.id.key, EntryKey("read by"), "a later program", durability: .script)
    try hub.record("new", points: 100)
    try hub.addConfig("later.yaml", "a: 1\n")
    let laptop = try Workspace.createClone(
      in: files.path + "/laptop", workspaceID: hub.id, name: "team", device: "dora", owner: "dora",
      environment: TestMachine.environment(
        root: files.path, clock: clock, seed: 8, name: "laptop"))
    try hub.admit(laptop)
    try await serving(SyncServer(workspace: hub)) { url in
      // Whom to believe stands in the log that is yet to come: a clone has it from its code.
      try TestMachine.give(hub, to: laptop)
      try laptop.setTag(run.id.key, EntryKey("read by"), "dora", durability: .script)
      try laptop.record("dora's", points: 10)
      _ = try await SyncClient.sync(laptop, remote: laptop.origin(url))
    }
    #expect(try laptop.stateHash() == hub.stateHash())
    #expect(try hub.runNames().contains("dora's"))
    #expect(try hub.run(run.id).tags["read by"] == "dora")
    for one in [hub, laptop] {
      let (before, after) = try one.rebuild()
      #expect(before == after)
      #expect(try one.store.inspect { try $0.checkInvariants() } == nil)
      #expect(try one.missingChunkPayloads(limit: 10).isEmpty)
    }
  }

  @Test(
    "one answers a laptop of its time: the same proofs hold, and both end with what they ended with then",
    arguments: try GoldenFolder.all().filter { $0.has("session.json") })
  func sessions(folder: GoldenFolder) throws {
    let files = try TemporaryFolder()
    let session = try folder.session()
    let clock = ManualClock(milliseconds: session.greeting.time)
    let hub = try folder.replica(in: files, clock: clock, draws: session.draws())
    let (hello, then) = (try session.hello(), try session.answer())
    let server = SyncServer(workspace: hub)
    let answer = try server.hello(hello)
    #expect(answer.nonce == then.nonce && answer.device == then.device)
    #expect(answer.session == then.session)
    // What the laptop knows stays; a later server may know more.
    #expect(Set(answer.features ?? []).isSuperset(of: then.features ?? []))

    let laptop = try #require(Hex.decode(hello.device).flatMap(DeviceKey.init))
    let transcript = Handshake.Transcript(
      workspace: hub.id, clientNonce: try #require(Hex.decode(hello.nonce)),
      serverNonce: try #require(Hex.decode(then.nonce)), client: laptop, server: hub.deviceKey)
    for proof in [then.proof, answer.proof] {
      #expect(transcript.verifies(try #require(Hex.decode(proof)), of: .server))
    }
    let proof = try #require(Hex.decode(session.greeting.proof))
    #expect(try server.peer(session: answer.session, proof: proof) == laptop)

    let reader = try folder.reader(in: files)
    for (index, message) in session.messages.enumerated() where index % 2 == 0 {
      let offer = try SyncOffer(encoded: message)
      let told = try server.exchange(session: answer.session, peer: laptop, offer)
      #expect(told.problems.isEmpty)
      for one in [offer, told] {
        _ = try reader.apply(
          one.segments.map { try Segment(encoded: $0).encoded }, from: "golden")
        for payload in one.payloads { try reader.putChunkPayload(payload.digest, payload.bytes) }
      }
    }
    #expect(try hub.stateHash() == session.greeting.stateHash)
    #expect(try reader.stateHash() == session.greeting.stateHash)
    #expect(try reader.missingChunkPayloads(limit: 10).isEmpty)
  }
}
