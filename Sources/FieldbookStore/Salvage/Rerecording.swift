import FieldbookModel
import FieldbookReplication

/// Writes ops of this device down again, as ops of the log that it writes now, where those before them are lost.
///
/// A log is a chain: what follows a lost segment can have no effect as it is. Nobody else's log can be helped so,
/// since only its device signs for it. Times stay as they were. If the lost segments turn up after all, equal values
/// are one value, and what was created twice is one thing.
package final class Rerecording {
  private let store: Store
  /// Ops that were written again, by the log and number that they had.
  private var again: [LogID: [UInt64: Dot]] = [:]
  /// The logs of segments that were.
  private var logs: [SegmentHash: LogID] = [:]
  package private(set) var ops = 0

  package init(_ store: Store) { self.store = store }

  /// A segment that waits for what is lost.
  package func record(_ encoded: EncodedSegment) throws {
    let segment = try Segment(encoded: encoded.bytes)
    let log = segment.header.log
    let body = try segment.body()
    for start in stride(from: 0, to: body.ops.count, by: Rerecording.opsAtOnce) {
      _ = try store.write(.script) { transaction in
        let anchors = try segment.header.anchors.map {
          try logs[$0] ?? transaction.logHolding($0)
        }
        let end = min(start + Rerecording.opsAtOnce, body.ops.count)
        for index in start..<end {
          let number = segment.header.first + UInt64(index)
          let op = try body.ops[index].mapReferences { wire in
            try dot(
              wire.anchor == 0 ? log : anchors[wire.anchor - 1], wire.number, transaction)
          }
          again[log, default: [:]][number] = try append(op, transaction)
        }
      }
    }
    logs[encoded.hash] = log
    _ = try store.write(.script) { try $0.dropWaiting(encoded.hash) }
  }

  /// Ops of the open segment, by number.
  ///
  /// - Parameter find: where an op that they name is now; nil for one that is lost, which is then not overwritten.
  func record(
    _ journal: [(UInt64, Operation<Dot>)], chain: Int64?,
    find: (Dot, WriteTransaction) throws -> Dot?
  ) throws {
    var here: [UInt64: Dot] = [:]
    for start in stride(from: 0, to: journal.count, by: Rerecording.opsAtOnce) {
      _ = try store.write(.script) { transaction in
        for (number, op) in journal[start..<min(start + Rerecording.opsAtOnce, journal.count)] {
          let mapped = try op.mapReferences { dot in
            if dot.chain == chain, let known = here[dot.number] { return known as Dot? }
            return try find(dot, transaction)
          }
          here[number] = try append(mapped, transaction)
        }
      }
    }
  }

  /// Where an op is now that had this number in a log.
  func dot(_ log: LogID?, _ number: UInt64, _ transaction: WriteTransaction) throws -> Dot? {
    guard let log else { return nil }
    if let known = again[log]?[number] { return known }
    return try transaction.sealedDot(log, number)
  }

  private func append(_ op: Operation<Dot?>, _ transaction: WriteTransaction) throws -> Dot {
    ops += 1
    return try transaction.appendUnchecked(
      kind: op.kind, entity: op.entity,
      cells: op.cells.map {
        Cell(field: $0.field, overwrites: $0.overwrites.compactMap { $0 }, value: $0.value)
      }, at: op.clock)
  }

  private static let opsAtOnce = 500
}

extension WriteTransaction {
  fileprivate func logHolding(_ hash: SegmentHash) throws -> LogID? {
    guard
      let id = try sql.first("SELECT chain FROM segment WHERE hash = ?", .blob(hash.bytes))?[0]
        .integer
    else { return nil }
    return try chain(id).log
  }

  /// Nil for an op that is not here.
  fileprivate func sealedDot(_ log: LogID, _ number: UInt64) throws -> Dot? {
    for chain in try chains(of: log) where chain.tip >= number && number > 0 {
      return try dot(chain.id, number)
    }
    return nil
  }

  fileprivate func dropWaiting(_ hash: SegmentHash) throws {
    try sql.run("DELETE FROM waiting WHERE hash = ?", .blob(hash.bytes))
  }

  /// This device's segments that wait for others, in the order of their numbers.
  package func ownWaiting() throws -> [EncodedSegment] {
    try waitingSegments().filter { $0.header.log.device == identity.device }
      .sorted { ($0.header.log, $0.header.first) < ($1.header.log, $1.header.first) }.map(\.encoded)
  }

  private func waitingSegments() throws -> [Segment] {
    try sql.all("SELECT bytes FROM waiting").compactMap { row in
      row[0].blob.flatMap { try? Segment(encoded: $0) }
    }
  }
}
