import Crypto
import FieldbookModel

/// What both sides sign before anything else is said: who meets whom, for which workspace, now.
///
/// The label tells the roles apart, so that neither side's proof serves as the other's; the nonces make every
/// meeting another one; the channel's binding (empty without TLS) ties the proof to the connection.
package struct HandshakeTranscript: Equatable, Sendable {
  package var clientNonce: [UInt8]
  package var serverNonce: [UInt8]
  package var workspace: WorkspaceID
  package var clientKey: DeviceKey
  package var serverKey: DeviceKey
  package var channelBinding: [UInt8]

  package init(
    clientNonce: [UInt8], serverNonce: [UInt8], workspace: WorkspaceID, clientKey: DeviceKey,
    serverKey: DeviceKey, channelBinding: [UInt8] = []
  ) {
    self.clientNonce = clientNonce
    self.serverNonce = serverNonce
    self.workspace = workspace
    self.clientKey = clientKey
    self.serverKey = serverKey
    self.channelBinding = channelBinding
  }

  package enum Speaker: String, Sendable {
    case client = "fieldbook sync client v1"
    case server = "fieldbook sync server v1"
  }

  package static let nonceBytes = 32

  /// What the speaker signs.
  package func bytes(_ speaker: Speaker) -> [UInt8] {
    var out = ByteWriter()
    out.text(speaker.rawValue)
    out.lengthPrefixed(clientNonce)
    out.lengthPrefixed(serverNonce)
    out.bytes(workspace.key.bytes)
    out.bytes(clientKey.bytes)
    out.bytes(serverKey.bytes)
    out.lengthPrefixed(channelBinding)
    return out.bytes
  }

  package func isProved(by speaker: Speaker, signature: [UInt8]) -> Bool {
    let key = speaker == .client ? clientKey : serverKey
    return key.isSignature(signature, of: bytes(speaker))
  }

  /// Names a workspace to those who know it, and to nobody else.
  package static func blinded(_ workspace: WorkspaceID, nonce: [UInt8]) -> [UInt8] {
    OperationHash.sha256(workspace.key.bytes + nonce)
  }
}

extension DeviceKey {
  package func isSignature(_ signature: [UInt8], of bytes: [UInt8]) -> Bool {
    guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.bytes) else {
      return false
    }
    return key.isValidSignature(signature, for: bytes)
  }

  /// 16 bytes that stand for the key in an invite code.
  package var fingerprint: [UInt8] {
    Array(OperationHash.sha256(Array("fieldbook device".utf8) + bytes).prefix(16))
  }
}

// MARK: Messages

package struct Hello: Equatable, Sendable {
  package var clientNonce: [UInt8]
  package var clientKey: DeviceKey
  package var blindedWorkspace: [UInt8]

  package init(clientNonce: [UInt8], clientKey: DeviceKey, workspace: WorkspaceID) {
    self.clientNonce = clientNonce
    self.clientKey = clientKey
    blindedWorkspace = HandshakeTranscript.blinded(workspace, nonce: clientNonce)
  }

  package var frame: Frame { Frame(.hello, clientNonce + clientKey.bytes + blindedWorkspace) }

  package init(payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    clientNonce = Array(try reader.bytes(count: HandshakeTranscript.nonceBytes))
    clientKey = try reader.deviceKey()
    blindedWorkspace = Array(try reader.bytes(count: 32))
    try reader.expectEnd("hello")
  }
}

package struct HelloAnswer: Equatable, Sendable {
  package var serverNonce: [UInt8]
  package var serverKey: DeviceKey
  package var signature: [UInt8]

  package init(serverNonce: [UInt8], serverKey: DeviceKey, signature: [UInt8]) {
    self.serverNonce = serverNonce
    self.serverKey = serverKey
    self.signature = signature
  }

  package var frame: Frame { Frame(.helloAnswer, serverNonce + serverKey.bytes + signature) }

  package init(payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    serverNonce = Array(try reader.bytes(count: HandshakeTranscript.nonceBytes))
    serverKey = try reader.deviceKey()
    signature = Array(try reader.bytes(count: 64))
    try reader.expectEnd("answer to hello")
  }
}

/// The client's half, together with its first offer.
package struct ClientProof: Equatable, Sendable {
  /// Names the handshake.
  package var serverNonce: [UInt8]
  package var signature: [UInt8]

  package init(serverNonce: [UInt8], signature: [UInt8]) {
    self.serverNonce = serverNonce
    self.signature = signature
  }

  package var frame: Frame { Frame(.proof, serverNonce + signature) }

  package init(payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    serverNonce = Array(try reader.bytes(count: HandshakeTranscript.nonceBytes))
    signature = Array(try reader.bytes(count: 64))
    try reader.expectEnd("proof")
  }
}

/// Why the other side refuses: one line and a hint, as a person reads them.
package struct PeerRefusal: Equatable, Sendable {
  package var code: String
  package var message: String
  package var hint: String

  package init(code: String, message: String, hint: String) {
    self.code = code
    self.message = message
    self.hint = hint
  }

  package var frame: Frame {
    Frame(.failure) { out in
      for text in [code, message, hint] {
        out.text(String(text.prefix(SyncLimits.textBytes / 4)))
      }
    }
  }

  package init(payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    code = try reader.text(limit: SyncLimits.textBytes)
    message = try reader.text(limit: SyncLimits.textBytes)
    hint = try reader.text(limit: SyncLimits.textBytes)
    try reader.expectEnd("refusal")
  }
}
