import FieldbookModel

/// A segment, and what was found out of it beforehand: signature, body, running hashes. What was not is found out when it
/// is asked for, with the same answer.
package struct ReadSegment: Sendable {
  package let segment: Segment
  private var signature: Result<Void, any Error>?
  private var opened: Result<SegmentBody, any Error>?
  private var running: Running?

  private struct Running {
    let start: [UInt8]
    let anchorLogs: [LogID]
    let hashes: Result<RunningHashes, any Error>
  }

  /// With nothing found out yet.
  package init(_ segment: Segment) { self.segment = segment }

  /// Finds out what can be without a replica.
  ///
  /// - Parameter earlier: headers of segments that came before: if they have what the running hashes begin with, and the
  ///   anchors, these are found too.
  package init(ahead segment: Segment, earlier: [SegmentHash: SegmentHeader]) {
    self.segment = segment
    signature = Result { try segment.verifySignature() }
    opened = Result { try segment.body() }
    let logs = segment.header.anchors.compactMap { earlier[$0]?.log }
    guard case .success(let body)? = opened, logs.count == segment.header.anchors.count,
      let before = segment.header.previous.flatMap({ earlier[$0] })
    else { return }
    let start = before.bodyRoot.bytes
    running = Running(
      start: start, anchorLogs: logs,
      hashes: Result { try segment.runningHashes(of: body, from: start, anchorLogs: logs) })
  }

  package func verifySignature() throws {
    try signature.map { try $0.get() } ?? segment.verifySignature()
  }

  package func body() throws -> SegmentBody { try opened?.get() ?? segment.body() }

  /// As `Segment.runningHashes`.
  package func runningHashes(of body: SegmentBody, from start: [UInt8], anchorLogs: [LogID]) throws
    -> RunningHashes
  {
    if let running, running.start == start, running.anchorLogs == anchorLogs {
      return try running.hashes.get()
    }
    return try segment.runningHashes(of: body, from: start, anchorLogs: anchorLogs)
  }
}
