import Crypto
import FieldbookModel

/// What both sides of an enrolment prove knowledge of the secret over. The secret itself is never sent.
package struct EnrolmentTranscript: Equatable, Sendable {
  package var inviteID: [UInt8]
  package var clientNonce: [UInt8]
  package var serverNonce: [UInt8]
  package var workspace: WorkspaceID
  package var newKey: DeviceKey
  package var serverKey: DeviceKey
  package var channelBinding: [UInt8] = []

  package init(
    inviteID: [UInt8], clientNonce: [UInt8], serverNonce: [UInt8], workspace: WorkspaceID,
    newKey: DeviceKey, serverKey: DeviceKey, channelBinding: [UInt8] = []
  ) {
    self.inviteID = inviteID
    self.clientNonce = clientNonce
    self.serverNonce = serverNonce
    self.workspace = workspace
    self.newKey = newKey
    self.serverKey = serverKey
    self.channelBinding = channelBinding
  }

  package enum Step: String, Sendable {
    case server = "fieldbook enrol server v1"
    case client = "fieldbook enrol client v1"
    case done = "fieldbook enrol done v1"
  }

  /// - Parameter details: what the speaker says besides, so that it cannot be changed on the way.
  package func bytes(_ step: Step, details: [String] = []) -> [UInt8] {
    var out = ByteWriter()
    out.text(step.rawValue)
    out.lengthPrefixed(inviteID)
    out.lengthPrefixed(clientNonce)
    out.lengthPrefixed(serverNonce)
    out.bytes(workspace.key.bytes)
    out.bytes(newKey.bytes)
    out.bytes(serverKey.bytes)
    out.lengthPrefixed(channelBinding)
    out.varint(UInt64(details.count))
    for text in details { out.text(text) }
    return out.bytes
  }

  package func proof(_ step: Step, secret: [UInt8], details: [String] = []) -> [UInt8] {
    Array(
      HMAC<SHA256>.authenticationCode(
        for: bytes(step, details: details), using: SymmetricKey(data: secret)))
  }

  package func isProved(
    _ step: Step, proof: [UInt8], secret: [UInt8], details: [String] = []
  ) -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(
      proof, authenticating: bytes(step, details: details), using: SymmetricKey(data: secret))
  }
}

package struct EnrolBegin: Equatable, Sendable {
  package var inviteID: [UInt8]
  package var clientNonce: [UInt8]
  package var newKey: DeviceKey

  package init(inviteID: [UInt8], clientNonce: [UInt8], newKey: DeviceKey) {
    self.inviteID = inviteID
    self.clientNonce = clientNonce
    self.newKey = newKey
  }

  package var frame: Frame { Frame(.enrolBegin, inviteID + clientNonce + newKey.bytes) }

  package init(payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    inviteID = Array(try reader.bytes(count: 16))
    clientNonce = Array(try reader.bytes(count: HandshakeTranscript.nonceBytes))
    newKey = try reader.deviceKey()
    try reader.expectEnd("enrolment")
  }
}

package struct EnrolAnswer: Equatable, Sendable {
  package var serverNonce: [UInt8]
  package var serverKey: DeviceKey
  /// HMAC of the secret over the transcript.
  package var proof: [UInt8]
  /// The server's device signs it too: it holds the key, not only the code.
  package var signature: [UInt8]

  package init(serverNonce: [UInt8], serverKey: DeviceKey, proof: [UInt8], signature: [UInt8]) {
    self.serverNonce = serverNonce
    self.serverKey = serverKey
    self.proof = proof
    self.signature = signature
  }

  package var frame: Frame { Frame(.enrolAnswer, serverNonce + serverKey.bytes + proof + signature) }

  package init(payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    serverNonce = Array(try reader.bytes(count: HandshakeTranscript.nonceBytes))
    serverKey = try reader.deviceKey()
    proof = Array(try reader.bytes(count: 32))
    signature = Array(try reader.bytes(count: 64))
    try reader.expectEnd("enrolment")
  }
}

package struct EnrolFinish: Equatable, Sendable {
  package var serverNonce: [UInt8]
  package var name: String
  package var owner: String
  package var proof: [UInt8]
  package var signature: [UInt8]

  package init(
    serverNonce: [UInt8], name: String, owner: String, proof: [UInt8], signature: [UInt8]
  ) {
    self.serverNonce = serverNonce
    self.name = name
    self.owner = owner
    self.proof = proof
    self.signature = signature
  }

  package var frame: Frame {
    Frame(.enrolFinish) { out in
      out.bytes(serverNonce)
      out.text(name)
      out.text(owner)
      out.bytes(proof)
      out.bytes(signature)
    }
  }

  package init(payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    serverNonce = Array(try reader.bytes(count: HandshakeTranscript.nonceBytes))
    name = try reader.text(limit: SyncLimits.textBytes)
    owner = try reader.text(limit: SyncLimits.textBytes)
    proof = Array(try reader.bytes(count: 32))
    signature = Array(try reader.bytes(count: 64))
    try reader.expectEnd("enrolment")
  }
}

package struct EnrolDone: Equatable, Sendable {
  package var workspaceName: String
  package var proof: [UInt8]

  package init(workspaceName: String, proof: [UInt8]) {
    self.workspaceName = workspaceName
    self.proof = proof
  }

  package var frame: Frame {
    Frame(.enrolDone) { out in
      out.text(workspaceName)
      out.bytes(proof)
    }
  }

  package init(payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    workspaceName = try reader.text(limit: 4 * SyncLimits.textBytes)
    proof = Array(try reader.bytes(count: 32))
    try reader.expectEnd("enrolment")
  }
}
