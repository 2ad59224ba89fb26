import Crypto
import FieldbookModel
import FieldbookReplication

/// A device whose program was changed: it signs whatever it likes, with its own key.
package struct Forger {
  package typealias Op = Operation<WireDot>

  package let key: Curve25519.Signing.PrivateKey
  package let workspace: WorkspaceID
  package private(set) var log: LogID
  package private(set) var next: UInt64 = 1
  package private(set) var previous: SegmentHash?
  private var root: [UInt8]

  /// - Parameter key: 32 bytes.
  package init(key bytes: [UInt8], workspace: WorkspaceID) throws {
    key = try Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
    self.workspace = workspace
    let device = DeviceKey(bytes: Array(key.publicKey.rawRepresentation))!
    log = LogID(device: device, epoch: 1)
    root = OperationHash.start(workspace: workspace, log: log)
  }

  package var device: DeviceKey { log.device }

  /// Signed and in its place. The log does not go on by it: two of these are a fork.
  package func sealed(
    _ ops: [Op], past: [Head] = [], salts: Salts = .seed([UInt8](repeating: 7, count: 32))
  ) throws -> Segment {
    try Segment.seal(
      SegmentBody(salts: salts, ops: ops),
      workspace: workspace, log: log, first: next, previous: previous, start: root,
      past: past.map(\.hash), anchors: past.map(\.hash), anchorLogs: past.map(\.log), key: key)
  }

  package mutating func goOn(after segment: Segment) {
    next = segment.header.last + 1
    previous = segment.header.hash
    root = segment.header.bodyRoot.bytes
  }

  /// Begins another log of the same device.
  package mutating func begin(epoch: UInt64) {
    log = LogID(device: device, epoch: epoch)
    (next, previous) = (1, nil)
    root = OperationHash.start(workspace: workspace, log: log)
  }

  /// With another header than its content asks for, and a good signature.
  package func altered(_ segment: Segment, _ change: (inout SegmentHeader) -> Void) throws
    -> Segment
  {
    var copy = segment
    change(&copy.header)
    copy.signature = Array(try key.signature(for: copy.header.hash.bytes))
    return copy
  }
}
