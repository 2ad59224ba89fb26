import FieldbookModel
import FieldbookReplication

/// What is still whole in a database that may be damaged anywhere.
///
/// Everything in it proves itself: segments by hash and signature, metric payloads by digest, the rest by its form.
/// Holds where things lie, not the things: the log may be larger than the memory.
package final class Salvage {
  struct FoundSegment {
    let id: Int64
    let chain: Int64
    let header: SegmentHeader
    let row: FoundRow
  }

  private let pages: DatabasePages
  /// In the order in which they came to the replica: a causal one.
  private(set) var segments: [FoundSegment] = []
  /// Rows of the log that are not whole any more.
  package private(set) var brokenSegments = 0
  /// Ops of the open segment, by number.
  private(set) var journal: [UInt64: Operation<Dot>] = [:]
  private(set) var tails: [(run: EntityKey, series: [MetricSeries])] = []
  private(set) var payloads: [ContentDigest: FoundRow] = [:]
  private(set) var waiting: [EncodedSegment] = []
  private(set) var remotes: [String: (url: String, pin: DeviceKey?)] = [:]
  private(set) var invites: [[UInt8]: WriteTransaction.InviteRow] = [:]
  private var ownChainID: Int64?
  private var ownChains: [Int64: UInt64] = [:]

  package var isEmpty: Bool { segments.isEmpty && journal.isEmpty && payloads.isEmpty }
  package var segmentCount: Int { segments.count }
  package var segmentHashes: [SegmentHash] { segments.map(\.header.hash) }

  /// Looks through the file at `database` and the write-ahead log beside it. Neither is changed.
  ///
  /// - Parameter device: whose replica it is.
  package init(database: String, device: DeviceKey) {
    pages = DatabasePages(database: database)
    var known: Set<SegmentHash> = []
    var broken: Set<Int64> = []
    func look(_ row: FoundRow) {
      guard row.fits(Shape.segment) else { return take(row, device) }
      if let found = segment(row) {
        if known.insert(found.header.hash).inserted { segments.append(found) }
      } else {
        broken.insert(row.rowID)
      }
    }
    for view in pages.views { pages.eachRow(view, look) }
    pages.eachOldRow(look)
    dropAltered(&broken)
    segments.sort { ($0.id, $0.header.first) < ($1.id, $1.header.first) }
    brokenSegments = broken.subtracting(segments.map(\.id)).count
    dropSealed()
  }

  /// True if nobody else ever wrote here, as far as can be seen, and no peer is known.
  package func isAlone(_ device: DeviceKey) -> Bool {
    remotes.isEmpty && !segments.isEmpty
      && segments.allSatisfy { $0.header.log.device == device }
  }

  package func bytes(_ index: Int) -> EncodedSegment? { encoded(segments[index].row) }

  func payload(_ row: FoundRow) -> [UInt8]? { pages.values(row)?[2].blob }

  /// The chain that the open segment continues; nil if that is not known any more.
  var ownChain: Int64? { ownChainID ?? ownChains.max { $0.value < $1.value }?.key }

  // MARK: Rows

  private enum Shape {
    typealias Column = FoundRow.Column
    static let segment: [Column] = [
      .null, .integer, .integer, .integer, .blob(32), .maybe(.blob(32)), .blob(32), .text,
      .blob(nil),
    ]
    static let chain: [Column] = [
      .null, .blob(32), .blob(8), .maybe(.integer), .integer, .integer, .maybe(.integer), .integer,
    ]
    static let journal: [Column] = [.null, .blob(nil), .integer]
    static let payload: [Column] = [.null, .blob(32), .blob(nil)]
    static let tail: [Column] = [.null, .blob(16), .integer, .integer, .blob(nil)]
    static let waiting: [Column] = [
      .null, .blob(32), .blob(32), .blob(nil), .maybe(.blob(32)),
    ]
    static let remote: [Column] = [
      .text, .text, .maybe(.blob(32)), .maybe(.integer), .maybe(.integer), .maybe(.blob(32)),
      .maybe(.text), .maybe(.integer),
    ]
    static let invite: [Column] = [
      .blob(16), .blob(nil), .text, .integer, .maybe(.blob(32)),
    ]
    static let meta: [Column] = [.text, .integer]
  }

  private func encoded(_ row: FoundRow) -> EncodedSegment? {
    guard let values = pages.values(row), let hash = values[4].blob.flatMap(SegmentHash.init),
      let bytes = values[8].blob
    else { return nil }
    return EncodedSegment(hash: hash, bytes: bytes)
  }

  /// Nil unless it is what its author signed.
  private func segment(_ row: FoundRow) -> FoundSegment? {
    guard let values = pages.values(row), let chain = values[1].integer, let bytes = values[8].blob,
      let segment = try? Segment(encoded: bytes), values[4].blob == segment.header.hash.bytes,
      (try? segment.verifySignature()) != nil, (try? segment.body()) != nil
    else { return nil }
    return FoundSegment(id: row.rowID, chain: chain, header: segment.header, row: row)
  }

  /// A signature covers the header alone; whether the ops are those that were signed shows with what was before them.
  private func dropAltered(_ broken: inout Set<Int64>) {
    let headers = Dictionary(
      segments.map { ($0.header.hash, $0.header) }, uniquingKeysWith: { first, _ in first })
    segments.removeAll { found in
      let logs = found.header.anchors.compactMap { headers[$0]?.log }
      // Where what was before them is lost, it shows when a peer brings that back.
      guard logs.count == found.header.anchors.count, let start = start(of: found, headers),
        let segment = encoded(found.row).flatMap({ try? Segment(encoded: $0.bytes) }),
        let body = try? segment.body()
      else { return false }
      let isAltered = (try? segment.runningHashes(of: body, from: start, anchorLogs: logs)) == nil
      if isAltered { broken.insert(found.id) }
      return isAltered
    }
  }

  private func start(of found: FoundSegment, _ headers: [SegmentHash: SegmentHeader]) -> [UInt8]? {
    guard let previous = found.header.previous else {
      return OperationHash.start(workspace: found.header.workspace, log: found.header.log)
    }
    return headers[previous]?.bodyRoot.bytes
  }

  private func take(_ row: FoundRow, _ device: DeviceKey) {
    if row.fits(Shape.payload) {
      guard let digest = pages.values(row)?[1].blob.flatMap(ContentDigest.init) else { return }
      if payloads[digest] == nil { payloads[digest] = row }
    } else if row.fits(Shape.journal) {
      guard row.rowID > 0, journal[UInt64(row.rowID)] == nil,
        let op = pages.values(row)?[1].blob.flatMap({ try? JournalCoding.decode($0) })
      else { return }
      journal[UInt64(row.rowID)] = op
    } else if row.fits(Shape.tail) {
      guard let values = pages.values(row),
        let run = values[1].blob.flatMap({ EntityKey(bytes: $0) }),
        let series = try? MetricChunk.decode(values[4].blob ?? [], expecting: nil)
      else { return }
      tails.append((run, series))
    } else if row.fits(Shape.waiting, later: 1) {
      guard let values = pages.values(row), let hash = values[1].blob.flatMap(SegmentHash.init),
        let bytes = values[3].blob, (try? Segment(encoded: bytes).header.hash) == hash
      else { return }
      waiting.append(EncodedSegment(hash: hash, bytes: bytes))
    } else if row.fits(Shape.chain) {
      guard
        let chain = pages.values(row).flatMap({ Chain([.integer(row.rowID)] + $0.dropFirst()) }),
        chain.log.device == device
      else { return }
      ownChains[chain.id] = chain.tip
    } else {
      takeLocal(row)
    }
  }

  private func takeLocal(_ row: FoundRow) {
    if row.fits(Shape.remote, later: 3) {
      guard let values = pages.values(row), let name = values[0].text, let url = values[1].text,
        url.contains("/"), remotes[name] == nil
      else { return }
      remotes[name] = (url, values[2].blob.flatMap(DeviceKey.init))
    } else if row.fits(Shape.invite) {
      guard let values = pages.values(row), let id = values[0].blob, let secret = values[1].blob,
        let role = values[2].text.flatMap(Role.init), let expires = values[3].integer
      else { return }
      invites[id] = .init(
        secret: secret, role: role, expires: Timestamp(milliseconds: expires),
        redeemedBy: values[4].blob.flatMap(DeviceKey.init))
    } else if row.fits(Shape.meta), let values = pages.values(row),
      values[0].text == "own_chain", ownChainID == nil
    {
      ownChainID = values[1].integer
    }
  }

  /// An older version of a page still has the ops of segments that were sealed since.
  private func dropSealed() {
    guard let ownChain else { return }
    for found in segments where found.chain == ownChain {
      for number in found.header.first...found.header.last { journal[number] = nil }
    }
  }
}
