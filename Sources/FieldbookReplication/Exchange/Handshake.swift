import Crypto
import FieldbookModel

/// First prove, then speak: both sides sign what both have said.
package enum Handshake {
  package struct Hello: Codable, Sendable {
    package var nonce: String
    package var device: String
    /// Hash of the workspace's id and the nonce: told to nobody who does not know the id.
    package var workspace: String

    package init(nonce: String, device: String, workspace: String) {
      self.nonce = nonce
      self.device = device
      self.workspace = workspace
    }
  }

  package struct Answer: Codable, Sendable {
    package var nonce: String
    package var device: String
    package var proof: String
    package var session: String
    /// What the server can beyond the first version; nil from one of before. Unknown words are for later clients.
    package var features: [String]?

    package init(
      nonce: String, device: String, proof: String, session: String, features: [String]? = nil
    ) {
      self.nonce = nonce
      self.device = device
      self.proof = proof
      self.session = session
      self.features = features
    }
  }

  /// Large contents travel by chunks. Left out of what is signed: without it they travel whole, and are as true.
  package static let chunks = "chunks"

  /// Snapshots travel. Without it each stays where it was taken.
  package static let snapshots = "snapshots"

  /// The server leaves some contents to others, and may want them later: who gave it all that it wanted has not given it all.
  package static let selective = "selective"

  /// Who signs: a proof of one side is none of the other, so that none can be reflected.
  package enum Side: String, Sendable {
    case client = "fieldbook sync client 1"
    case server = "fieldbook sync server 1"
  }

  package struct Transcript: Sendable {
    package var workspace: WorkspaceID
    package var clientNonce: [UInt8]
    package var serverNonce: [UInt8]
    package var client: DeviceKey
    package var server: DeviceKey
    /// The certificate that the client saw; empty without TLS.
    package var channel: [UInt8]

    package init(
      workspace: WorkspaceID, clientNonce: [UInt8], serverNonce: [UInt8], client: DeviceKey,
      server: DeviceKey, channel: [UInt8] = []
    ) {
      self.workspace = workspace
      self.clientNonce = clientNonce
      self.serverNonce = serverNonce
      self.client = client
      self.server = server
      self.channel = channel
    }

    /// What `side` signs.
    package func bytes(_ side: Side) -> [UInt8] {
      var out = ByteWriter()
      out.text(side.rawValue)
      out.bytes(workspace.key.bytes)
      out.lengthPrefixed(clientNonce)
      out.lengthPrefixed(serverNonce)
      out.bytes(client.bytes)
      out.bytes(server.bytes)
      out.lengthPrefixed(channel)
      return out.bytes
    }

    package func verifies(_ proof: [UInt8], of side: Side) -> Bool {
      let key = side == .client ? client : server
      guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key.bytes) else {
        return false
      }
      return key.isValidSignature(proof, for: bytes(side))
    }
  }

  package static func blinded(_ workspace: WorkspaceID, nonce: [UInt8]) -> String {
    Hex.encode(
      OperationHash.sha256(Array("fieldbook workspace".utf8) + workspace.key.bytes + nonce))
  }
}
