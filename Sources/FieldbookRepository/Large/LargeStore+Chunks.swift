import FieldbookModel
import Foundation

/// One chunk, from wherever it lies.
extension LargeStore {
  enum Look: Equatable {
    /// So many bytes.
    case good(Int)
    /// The pack is no longer there.
    case gone
    case bad
  }

  /// Unpacks what lies at a place into `out`, and checks it. The packed frame is in the packer's `frameRoom` afterwards.
  ///
  /// - Parameter ahead: what was fetched from the bucket before.
  /// - Throws: `BucketFailure` if the pack is in a bucket that is out of reach: then nothing is known of the chunk.
  func look(
    at place: ChunkPlace, for chunk: ContentDigest, _ packer: ChunkPacker,
    into out: UnsafeMutableRawBufferPointer, ahead: FetchedFrames? = nil
  ) throws -> Look {
    let count = Int(place.frameBytes)
    guard count <= ChunkFrame.bytesMax else { return .bad }
    let room = UnsafeMutableRawBufferPointer(rebasing: packer.frameRoom[..<count])
    func unpacked() -> Look? {
      ChunkFrame.unpack(UnsafeRawBufferPointer(room), expecting: chunk, packer, into: out)
        .map { .good($0.byteCount) }
    }
    if let file = try packFile(place.pack) {
      return file.read(at: Int(place.offset), into: room) ? unpacked() ?? .bad : .bad
    }
    guard awayStore(of: place.pack) != nil else { return .gone }
    if ahead?.copy(place, into: room) == true, let good = unpacked() { return good }
    // What was altered on its way comes whole the second time; what was altered there, does not.
    let range = Int(place.offset)..<Int(place.offset) + count
    for _ in 0..<2 {
      guard let bytes = try bucketBytes(place.pack, range), bytes.count == count else {
        return .bad
      }
      room.copyBytes(from: bytes)
      if let good = unpacked() { return good }
    }
    return .bad
  }

  /// Unpacks a chunk into `out`, which has room for `ChunkLimits.maxBytes`; returns how many bytes it has.
  ///
  /// An index may be wrong, since it is derived: before a chunk is called damaged or gone, the index is made again from
  /// the packs. What stays wrong then is marked, so that its contents count as not here.
  ///
  /// - Throws: `LargeFailure.altered` or `.chunkMissing`; `BucketFailure` if that is not known for now.
  func read(
    _ chunk: ContentDigest, of content: ContentDigest, _ packer: ChunkPacker,
    into out: UnsafeMutableRawBufferPointer, ahead: FetchedFrames? = nil
  ) throws -> (count: Int, place: ChunkPlace) {
    if let found = try find(chunk, in: try index(), packer, out, ahead).found { return found }
    if let found = try find(chunk, in: try freshIndex(), packer, out, ahead).found { return found }
    var index = try freshIndex()
    let isKnown = index.damage.chunks.contains(chunk) && index.places(of: chunk).isEmpty
    if index.isMerged, !isKnown {
      try rebuildIndex()
      index = try self.index()
    }
    let (found, bad) = try find(chunk, in: index, packer, out, nil)
    if let found { return found }
    if !isKnown {
      for place in bad { ChunkDamage.mark(chunk, at: place, folder) }
      if bad.isEmpty { ChunkDamage.mark(chunk, at: nil, folder) }
    }
    let wasHere = !bad.isEmpty || isKnown
    throw wasHere
      ? LargeFailure.altered(content: content, chunk: chunk)
      : LargeFailure.chunkMissing(content: content, chunk: chunk)
  }

  private func find(
    _ chunk: ContentDigest, in index: ChunkIndex, _ packer: ChunkPacker,
    _ out: UnsafeMutableRawBufferPointer, _ ahead: FetchedFrames?
  ) throws -> (found: (count: Int, place: ChunkPlace)?, bad: [ChunkPlace]) {
    var bad: [ChunkPlace] = []
    var unreached: BucketFailure?
    for place in index.places(of: chunk) {
      do {
        switch try look(at: place, for: chunk, packer, into: out, ahead: ahead) {
        case .good(let count): return ((count, place), bad)
        case .gone: continue
        case .bad: bad.append(place)
        }
      } catch let failure as BucketFailure {
        unreached = failure
      }
    }
    if let unreached { throw unreached }
    return (nil, bad)
  }

  /// True if a chunk with exactly these bytes is in a pack. They are compared: what was damaged on the disk is not
  /// taken for a copy of what somebody has in his hands. Of packs that lie in a bucket alone the table is believed: to ask what is
  /// here costs no request.
  func holds(_ chunk: UnsafeRawBufferPointer, _ digest: ContentDigest, _ packer: ChunkPacker) throws
    -> Bool
  {
    var index = try index()
    if index.places(of: digest).isEmpty { index = try freshIndex() }
    for place in index.places(of: digest) {
      if access(folder.pack(place.pack), F_OK) != 0, awayStore(of: place.pack) != nil {
        return true
      }
      switch try look(at: place, for: digest, packer, into: packer.chunkRoom) {
      case .good(let count):
        if count == chunk.count,
          memcmp(packer.chunkRoom.baseAddress!, chunk.baseAddress!, count) == 0
        {
          return true
        }
      case .gone: continue
      case .bad: if !index.isMerged { ChunkDamage.mark(digest, at: place, folder) }
      }
    }
    return false
  }
}
