import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Synchronization
import Testing

@testable import FieldbookSync

/// What a server said of refused attempts.
final class Lines: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

/// A hub and two that it let in; the hub is attacked.
struct Siege: Sendable {
  let team: Team
  let lines = Lines()
  let tls: TLSIdentity?
  let before: String

  init(tls isSecure: Bool = false, seed: UInt64 = 1) throws {
    team = try Team(seed: seed)
    try team.hub.record("h")
    try TestMachine.give(team.hub, to: team.ana)
    before = try team.hub.stateHash()
    tls =
      try isSecure
      ? OwnCertificate.kept(in: team.folder.path + "/tls", names: ["127.0.0.1"]) : nil
  }

  var hub: Workspace { team.hub }
  var ana: Workspace { team.ana }
  var bo: Workspace { team.bo }

  func server() -> SyncServer {
    let clock = team.clock
    return SyncServer(
      workspace: hub, certificate: tls?.fingerprint,
      complaints: Complaints(now: { clock.now }) { [lines] in lines.add($0) })
  }

  /// Plays `attack`; afterwards nothing has changed, one line says each of `complaints`, and the hub still serves its
  /// own.
  func withstands(
    _ complaints: String..., bounds: ListeningBounds = ListeningBounds(),
    sourceLocation: SourceLocation = #_sourceLocation,
    attack: @escaping @Sendable (_ url: String) async throws -> Void
  ) async throws {
    try await serving(server(), tls, bounds: bounds) { url in
      let memory = Memory.residentBytes
      try await attack(url)
      let growth = Memory.residentBytes - memory
      #expect(growth < 512 << 20, "\(growth) bytes more", sourceLocation: sourceLocation)
      #expect(try hub.stateHash() == before, sourceLocation: sourceLocation)
      let said = lines.all
      #expect(said.count == complaints.count, "\(said)", sourceLocation: sourceLocation)
      for (line, complaint) in zip(said, complaints) {
        #expect(line.contains(complaint), "\(said)", sourceLocation: sourceLocation)
      }
      // Whoever was refused for too many tries is listened to again after a minute.
      team.clock.advance(milliseconds: 61_000)
      let report = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(report.roundTrips > 0, sourceLocation: sourceLocation)
      #expect(try ana.stateHash() == hub.stateHash(), sourceLocation: sourceLocation)
    }
  }
}

enum Memory {
  /// Of this process, in bytes (proc(5), statm).
  static var residentBytes: Int {
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?
      .split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (pages ?? 0) * 4096
  }
}

/// Speaks the protocol by its page in docs/, with whatever keys and bytes it is given.
struct Stranger: Sendable {
  let wire: Wire
  let workspace: WorkspaceID
  /// What it says that the channel is.
  var channel: [UInt8] = []

  struct Greeted: Sendable {
    var transcript: Handshake.Transcript
    var session: String
    var serverProof: [UInt8]
  }

  func post(
    _ path: String, _ body: [UInt8], session: String? = nil, proof: [UInt8]? = nil
  ) async throws -> Wire.Answer? {
    var headers: [String: String] = [:]
    headers["Fieldbook-Session"] = session
    headers["Fieldbook-Proof"] = proof.map { Hex.encode($0) }
    return try await wire.request("POST", "/sync/v1/" + path, body, headers)
  }

  static func hello(_ workspace: WorkspaceID, _ key: DeviceKey, nonce: [UInt8]) throws -> [UInt8] {
    Array(
      try JSONEncoder().encode(
        Handshake.Hello(
          nonce: Hex.encode(nonce), device: key.hex,
          workspace: Handshake.blinded(workspace, nonce: nonce))))
  }

  func greet(as key: DeviceKey, nonce: [UInt8] = [UInt8](repeating: 9, count: 32)) async throws
    -> Greeted
  {
    let told = try #require(
      await post("hello", Stranger.hello(workspace, key, nonce: nonce)))
    let answer = try JSONDecoder().decode(Handshake.Answer.self, from: Data(told.body))
    let server = try #require(Hex.decode(answer.device).flatMap(DeviceKey.init))
    return Greeted(
      transcript: .init(
        workspace: workspace, clientNonce: nonce,
        serverNonce: try #require(Hex.decode(answer.nonce)), client: key, server: server,
        channel: channel),
      session: answer.session, serverProof: try #require(Hex.decode(answer.proof)))
  }

  /// A proved session of one who is enrolled and means harm.
  func enter(as member: Workspace) async throws -> String {
    let greeted = try await greet(as: member.deviceKey)
    let answer = try await post(
      "wait?digest=00", [], session: greeted.session,
      proof: member.sign(greeted.transcript.bytes(.client)))
    #expect(answer?.status == 200)
    return greeted.session
  }
}
