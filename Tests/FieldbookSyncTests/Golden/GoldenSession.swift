import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

@testable import FieldbookSync

/// What a new replica and a hub said to each other, from the greeting to the end.
struct GoldenSession {
  /// As it lies in `session.json`.
  struct Greeting: Codable, Equatable {
    var hello: [String: String]
    var answer: [String: String]
    var features: [String]
    /// The new replica's, as hexadecimal digits.
    var proof: String
    /// The hub's clock, milliseconds since 1970.
    var time: Int64
    /// Of both, when all was said.
    var stateHash: String
  }

  var greeting: Greeting
  /// In turns, the new replica first.
  var messages: [[UInt8]]

  /// A new replica's session with a hub that has let it in.
  init(_ laptop: Workspace, with hub: Workspace) throws {
    let server = SyncServer(workspace: hub)
    let nonce = laptop.environment.random(32)
    let hello = Handshake.Hello(
      nonce: Hex.encode(nonce), device: laptop.deviceKey.hex,
      workspace: Handshake.blinded(hub.id, nonce: nonce))
    let time = hub.environment.now()
    let answer = try server.hello(hello)
    let transcript = Handshake.Transcript(
      workspace: hub.id, clientNonce: nonce, serverNonce: Hex.decode(answer.nonce) ?? [],
      client: laptop.deviceKey, server: hub.deviceKey)
    let proof = try laptop.sign(transcript.bytes(.client))
    _ = try server.peer(session: answer.session, proof: proof)
    var rounds = ExchangeRounds(
      workspace: laptop, peer: hub.deviceKey, goal: try laptop.goal(),
      session: SyncSession(agreed: []))
    var said: [[UInt8]] = []
    var isOver = false
    while !isOver {
      let offer = try rounds.offer()
      let told = try server.exchange(session: answer.session, peer: laptop.deviceKey, offer)
      said += [offer.encoded, told.encoded]
      isOver = try rounds.take(told)
    }
    guard try laptop.stateHash() == hub.stateHash() else { throw TestFailure("they differ") }
    messages = said
    greeting = Greeting(
      hello: try GoldenSession.fields(hello), answer: try GoldenSession.fields(answer),
      features: answer.features ?? [], proof: Hex.encode(proof), time: time,
      stateHash: try hub.stateHash())
  }

  init(greeting: Greeting, messages: [[UInt8]]) {
    self.greeting = greeting
    self.messages = messages
  }

  /// As a program of before wrote it.
  func hello() throws -> Handshake.Hello {
    try JSONDecoder().decode(Handshake.Hello.self, from: JSONEncoder().encode(greeting.hello))
  }

  func answer() throws -> Handshake.Answer {
    var answer = try JSONDecoder().decode(
      Handshake.Answer.self, from: JSONEncoder().encode(greeting.answer))
    answer.features = greeting.features
    return answer
  }

  /// The fields of a greeting as they go over the wire, those that are texts.
  private static func fields(_ value: some Encodable) throws -> [String: String] {
    let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    return (object as? [String: Any] ?? [:]).compactMapValues { $0 as? String }
  }

  /// What the hub drew when it answered: its nonce, then the session's name.
  func draws() throws -> [[UInt8]] {
    let answer = try answer()
    return [Hex.decode(answer.nonce) ?? [], Hex.decode(answer.session) ?? []]
  }
}
