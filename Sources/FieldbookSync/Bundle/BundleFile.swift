import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// An exchange as a file: segments, metric data, contents and snapshots, for where no network goes.
///
/// `FBB1`, then records of one type byte, a length (8 bytes, little-endian) and content, then the SHA-256 of all before
/// it. Nothing is applied before the checksum was verified.
package enum BundleFile {
  package struct Contents: Sendable {
    package var workspace: WorkspaceID
    package var name: String
    package var heads: [Head]
    /// Heads that the receiver has to hold already.
    package var needs: [Head]
    package var ops: Int
    package var points: Int
    package var objects: Int
    /// Of runs: their commits, as far as they are in it.
    package var snapshots = 0
    package var bytes: Int64
  }

  private enum Kind: UInt8 {
    case header = 1
    case segment, payload, object
    /// Frames of git objects.
    case snapshots
  }

  private static let magic = Array("FBB1".utf8)
  /// Some three million heads.
  private static let headerLimit = 256 * 1024 * 1024

  // MARK: Making

  /// - Parameter needs: heads that the receiver has; empty for everything.
  package static func create(_ path: String, from workspace: Workspace, needs: [Head]) throws
    -> Contents
  {
    func refusal(_ reason: String) -> any Error {
      SyncFailure.cannotWrite(path: path, reason: reason)
    }
    return try PartFile.write(path, refusal: refusal) { file in
      let contents = try fill(Writer(file, refusal), from: workspace, needs: needs)
      guard fsync(file) == 0 else { throw refusal(String(cString: strerror(errno))) }
      return contents
    }
  }

  private static func fill(_ writer: Writer, from workspace: Workspace, needs: [Head]) throws
    -> Contents
  {
    let heads = try workspace.heads()
    try writer.write(magic)
    var contents = Contents(
      workspace: workspace.id, name: workspace.name, heads: heads, needs: needs, ops: 0, points: 0,
      objects: 0,
      bytes: 0)
    try writer.record(.header, header(contents))
    var commits: [GitObjectID] = []
    var outbox = try workspace.outbox(notIn: needs)
    while !outbox.isEmpty {
      let segments = try workspace.window(&outbox, maxBytes: SyncLimits.windowBytes)
      for segment in segments {
        commits += BundleSnapshots.named(by: segment)
        try writer.record(.segment, segment.bytes)
        contents.ops += try Segment(encoded: segment.bytes).header.count
      }
      for segment in segments {
        for digest in SegmentContents(of: segment).payloads {
          guard let bytes = try workspace.chunkPayload(digest) else { continue }
          try writer.record(.payload, digest.bytes + bytes)
        }
      }
    }
    for digest in try workspace.wantedContents().sorted() {
      // One that has rotted here is left out: it would make the whole bundle useless.
      guard try workspace.contentStore.verify(digest) else { continue }
      try writer.object(digest, workspace.contentStore.reader(of: digest))
      contents.objects += 1
    }
    try BundleSnapshots.write(commits, of: workspace) { message in
      try writer.record(.snapshots, message)
      contents.snapshots += try snapshots(in: message)
    }
    try writer.finish()
    contents.bytes = writer.count
    return contents
  }

  private static func snapshots(in message: [UInt8]) throws -> Int {
    try ObjectFrame.split(message).count { $0.kind == .commit }
  }

  private static func header(_ contents: Contents) -> [UInt8] {
    var out = ByteWriter()
    out.bytes(contents.workspace.key.bytes)
    out.text(contents.name)
    out.lengthPrefixed(HeadsCoding.encode(contents.heads))
    out.lengthPrefixed(HeadsCoding.encode(contents.needs))
    return out.bytes
  }

  private final class Writer {
    private let file: FileHandle
    private let refusal: (String) -> any Error
    private var hasher = SHA256()
    private(set) var count: Int64 = 0

    init(_ file: Int32, _ refusal: @escaping (String) -> any Error) {
      self.file = FileHandle(fileDescriptor: file, closeOnDealloc: false)
      self.refusal = refusal
    }

    func write(_ bytes: [UInt8]) throws {
      hasher.update(data: bytes)
      do { try file.write(contentsOf: bytes) } catch { throw refusal(SystemReason.words(error)) }
      count += Int64(bytes.count)
    }

    func record(_ kind: Kind, _ content: [UInt8]) throws {
      try head(kind, Int64(content.count))
      try write(content)
    }

    private func head(_ kind: Kind, _ length: Int64) throws {
      var out = ByteWriter()
      out.bytes([kind.rawValue])
      out.fixed64(UInt64(length))
      try write(out.bytes)
    }

    func object(_ digest: ContentDigest, _ content: ContentReader) throws {
      try head(.object, content.size + 32)
      try write(digest.bytes)
      while let piece = try content.next() { try write(piece) }
    }

    func finish() throws { try write(Array(hasher.finalize())) }
  }

  // MARK: Reading

  /// Checks the whole file; throws for one that was cut or altered.
  package static func verify(_ path: String) throws -> Contents {
    var contents: Contents?
    var hasher = SHA256()
    let reader = try Reader(path)
    let size = reader.size
    try reader.expectMagic()
    guard size > 36 else { throw SyncFailure.damagedBundle("it is too short") }
    // The checksum first: whatever follows can rely on the records.
    var left = size - 32
    while left > 0 {
      let part = try reader.read(Int(min(left, Int64(SyncLimits.objectBytes))))
      hasher.update(data: part)
      left -= Int64(part.count)
    }
    guard try reader.read(32) == Array(hasher.finalize()) else {
      throw SyncFailure.damagedBundle("its checksum does not match: it was cut or altered")
    }
    try records(path) { kind, length, reader in
      switch kind {
      case .header:
        guard length <= headerLimit else {
          throw SyncFailure.damagedBundle("its header is too large")
        }
        contents = try parse(reader.read(Int(length)), bytes: size)
      case .segment:
        guard length <= SegmentLimits.encodedBytes else {
          throw SyncFailure.damagedBundle("a segment is too large")
        }
        contents?.ops += try Segment(encoded: reader.read(Int(length))).header.count
      case .payload:
        guard length <= SyncLimits.messageBytes else {
          throw SyncFailure.damagedBundle("a metric chunk is too large")
        }
        let bytes = try reader.read(Int(length))
        contents?.points +=
          (try? MetricChunk.decode(Array(bytes.dropFirst(32)), expecting: nil))?
          .reduce(0) { $0 + $1.points.count } ?? 0
      case .object:
        contents?.objects += 1
        try reader.skip(length)
      case .snapshots: contents?.snapshots += try snapshots(in: frames(length, reader))
      }
    }
    guard let contents else { throw SyncFailure.damagedBundle("it has no header") }
    return contents
  }

  private static func frames(_ length: Int64, _ reader: Reader) throws -> [UInt8] {
    guard length <= SyncLimits.snapshotBytes + ObjectFrame.bytesMax else {
      throw SyncFailure.damagedBundle("its snapshots are too large")
    }
    return try reader.read(Int(length))
  }

  private static func parse(_ bytes: [UInt8], bytes size: Int64) throws -> Contents {
    var reader = ByteReader(bytes)
    guard let key = EntityKey(bytes: try reader.bytes(count: 16)) else {
      throw SyncFailure.damagedBundle("it does not say its workspace")
    }
    let name = try reader.text(limit: 4096)
    let heads = try HeadsCoding.decode(Array(try reader.lengthPrefixed(limit: headerLimit)))
    let needs = try HeadsCoding.decode(Array(try reader.lengthPrefixed(limit: headerLimit)))
    return Contents(
      workspace: WorkspaceID(key), name: name, heads: heads, needs: needs, ops: 0, points: 0,
      objects: 0,
      bytes: size)
  }

  /// Takes everything in, after the whole file was verified.
  package static func apply(_ path: String, to workspace: Workspace) throws -> (
    report: ApplyReport, snapshots: Int
  ) {
    let contents = try verify(path)
    guard contents.workspace == workspace.id else {
      throw SyncFailure.bundleOfOther(name: contents.name)
    }
    let held = Set(try workspace.store.inspect { try $0.segmentHashes() })
    let lacking = contents.needs.filter { !held.contains($0.hash) }
    guard lacking.isEmpty else { throw SyncFailure.bundleNeeds(lacking.count) }
    var total = ApplyReport()
    var batch: [EncodedSegment] = []
    var size = 0
    func flush() throws {
      guard !batch.isEmpty else { return }
      let report = try workspace.apply(batch, from: path)
      total.applied += report.applied
      total.ops += report.ops
      total.points += report.points
      total.duplicates += report.duplicates
      total.waiting += report.waiting
      total.newConflicts += report.newConflicts
      batch = []
      size = 0
      if let refusal = report.refused.first { throw SyncFailure.refusedSegment(refusal.reason) }
    }
    // Segments come before contents: by then it is known what is named, and what was purged since the file was made.
    var wanted: Set<ContentDigest>?
    var places: [GitObjectID: BundleSnapshots.Place] = [:]
    try records(path) { kind, length, reader in
      switch kind {
      case .header: try reader.skip(length)
      case .segment:
        wanted = nil
        let bytes = try reader.read(Int(length))
        batch.append(EncodedSegment(hash: try Segment(encoded: bytes).header.hash, bytes: bytes))
        size += bytes.count
        if size >= SyncLimits.windowBytes { try flush() }
      case .payload:
        try flush()
        let bytes = try reader.read(Int(length))
        guard let digest = ContentDigest(bytes: Array(bytes.prefix(32))) else {
          throw SyncFailure.damagedBundle("a metric chunk has no name")
        }
        try workspace.putChunkPayload(digest, Array(bytes.dropFirst(32)))
      case .object:
        guard let digest = ContentDigest(bytes: try reader.read(32)) else {
          throw SyncFailure.damagedBundle("a content has no name")
        }
        try flush()
        let named = try wanted ?? workspace.wantedContents()
        wanted = named
        guard named.contains(digest) else { return try reader.skip(length - 32) }
        try take(digest, length - 32, reader, workspace)
      case .snapshots:
        let place = BundleSnapshots.Place(offset: reader.position, count: length)
        for frame in try ObjectFrame.split(frames(length, reader)) { places[frame.object] = place }
      }
    }
    try flush()
    let reader = try Reader(path)
    let snapshots = try BundleSnapshots.take(places, into: workspace) { place in
      try reader.go(to: place.offset)
      return try frames(place.count, reader)
    }
    try workspace.mergeConfigs()
    try workspace.performHubDuties()
    return (total, snapshots)
  }

  private static func take(
    _ digest: ContentDigest, _ length: Int64, _ reader: Reader, _ workspace: Workspace
  ) throws {
    let store = workspace.contentStore
    guard !store.contains(digest) else { return try reader.skip(length) }
    store.discardPartial(digest)
    var offset: Int64 = 0
    while offset < length {
      let part = try reader.read(Int(min(length - offset, Int64(SyncLimits.objectBytes))))
      try store.appendPartial(digest, bytes: part[...], at: offset)
      offset += Int64(part.count)
    }
    if length == 0 { try store.appendPartial(digest, bytes: [][...], at: 0) }
    try store.finishPartial(digest)
  }

  /// Calls `body` for each record; it has to read or skip exactly the record's length.
  private static func records(
    _ path: String, _ body: (Kind, Int64, Reader) throws -> Void
  ) throws {
    let reader = try Reader(path)
    try reader.expectMagic()
    _ = try reader.read(magic.count)
    while reader.position < reader.size - 32 {
      var head = ByteReader(try reader.read(9))
      guard let kind = Kind(rawValue: try head.bytes(count: 1).first ?? 0) else {
        throw SyncFailure.damagedBundle("it has a kind of record that this program does not know")
      }
      let length = Int64(bitPattern: try head.fixed64())
      guard length >= (kind == .object || kind == .payload ? 32 : 0),
        length <= reader.size - 32 - reader.position
      else { throw SyncFailure.damagedBundle("a record is longer than the file") }
      try body(kind, length, reader)
    }
  }

  private final class Reader {
    private let file: FileHandle
    private let path: String
    let size: Int64
    private(set) var position: Int64 = 0

    init(_ path: String) throws {
      guard let file = FileHandle(forReadingAtPath: path) else {
        throw ContentReadFailure.missing(path)
      }
      var info = stat()
      guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
        throw SyncFailure.notABundle(path: path)
      }
      self.path = path
      self.file = file
      size = Int64(try file.seekToEnd())
      try file.seek(toOffset: 0)
    }

    /// Looks at the beginning, and goes back to it.
    func expectMagic() throws {
      guard try file.read(upToCount: magic.count).map(Array.init) == magic else {
        throw SyncFailure.notABundle(path: path)
      }
      try file.seek(toOffset: 0)
    }

    func read(_ count: Int) throws -> [UInt8] {
      let bytes = count == 0 ? [] : Array(try file.read(upToCount: count) ?? Data())
      guard bytes.count == count else { throw SyncFailure.damagedBundle("it ends too early") }
      position += Int64(count)
      return bytes
    }

    func go(to offset: Int64) throws {
      position = offset
      try file.seek(toOffset: UInt64(offset))
    }

    func skip(_ count: Int64) throws {
      position += count
      try file.seek(toOffset: UInt64(position))
    }
  }
}

package enum ContentReadFailure: Failure, Equatable {
  case missing(String)

  package var message: String {
    switch self {
    case .missing(let path): "there is no readable file \(path)"
    }
  }

  package var hint: String { "check the path" }
}
