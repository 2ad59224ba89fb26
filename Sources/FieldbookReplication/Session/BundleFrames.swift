import FieldbookModel

/// What a bundle says of itself: enough to decide whether to apply it.
///
/// A bundle is `FBB1`, then frames as in a message, then an end frame with the SHA-256 of everything before
/// it: head, needs, segments in causal order, metric payloads, artifacts in parts, totals.
package struct BundleSummary: Equatable, Sendable {
  package var workspace: WorkspaceID
  package var workspaceName: String
  /// Everything that a reader holds once it has what is needed and has applied this.
  package var heads: [Head]
  /// What a reader must hold before.
  package var needs: [Head]
  package var totals = BundleTotals()

  package static let magic = Array("FBB1".utf8)

  package init(workspace: WorkspaceID, workspaceName: String, heads: [Head], needs: [Head]) {
    self.workspace = workspace
    self.workspaceName = workspaceName
    self.heads = heads
    self.needs = needs
  }

  package var frames: [Frame] {
    [
      Frame(.bundleHead) { out in
        out.bytes(workspace.key.bytes)
        out.text(workspaceName)
        out.heads(heads)
      },
      Frame(.bundleNeeds) { $0.heads(needs) },
    ]
  }

  package init(head: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(head)
    workspace = try reader.workspaceID()
    workspaceName = try reader.text(limit: 4 * SyncLimits.textBytes)
    heads = try reader.heads(limit: SyncLimits.headsPerOffer)
    needs = []
    try reader.expectEnd("bundle")
  }

  package mutating func take(needs payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    needs = try reader.heads(limit: SyncLimits.headsPerOffer)
    try reader.expectEnd("bundle")
  }
}

package struct BundleTotals: Equatable, Sendable {
  package var segments = 0
  package var ops = 0
  package var points = 0
  package var objects = 0

  package init() {}

  package var frame: Frame {
    Frame(.bundleTotals) { out in
      for number in [segments, ops, points, objects] { out.varint(UInt64(number)) }
    }
  }

  package init(payload: [UInt8]) throws(DecodingFailure) {
    var reader = ByteReader(payload)
    func number() throws(DecodingFailure) -> Int { Int(clamping: try reader.varint()) }
    segments = try number()
    ops = try number()
    points = try number()
    objects = try number()
    try reader.expectEnd("bundle")
  }
}
