import Crypto
import FieldbookModel
import Foundation
import Synchronization

/// Takes one content into the store while it is read: cuts, hashes, packs and writes it in rounds.
///
/// A round has a slab of the content. While its chunks are hashed and packed, and the hash over the whole goes on, the next slab is
/// read and cut and the chunks of the one before are written: all at the same time on as many cores as there are. Memory is two
/// slabs and their frames, whatever the content's size.
final class ContentCutting {
  typealias Read = (UnsafeMutableRawBufferPointer) throws -> Int

  private static let slabBytes = 4 << 20
  private static let chunksOfGroup = 4

  /// Bytes of the content, and where they are cut. What lies behind the last cut goes over into the next slab.
  ///
  /// Unchecked: while several threads have it, none writes to its room.
  private struct Slab: @unchecked Sendable {
    let room = UnsafeMutableRawBufferPointer.allocate(
      byteCount: slabBytes + ChunkLimits.maxBytes, alignment: 4096)
    var count = 0
    var ends: [Int] = []
    var isLast = false

    var cut: Int { ends.last ?? 0 }
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: room[cut..<count]) }

    func chunk(_ index: Int) -> UnsafeRawBufferPointer {
      let start = index == 0 ? 0 : ends[index - 1]
      return UnsafeRawBufferPointer(rebasing: room[start..<ends[index]])
    }
  }

  /// Frames of a slab's chunks, each at its chunk's place plus the heads before it.
  private struct Frames {
    static let bytes =
      slabBytes + ChunkLimits.maxBytes
      + (slabBytes / ChunkLimits.minBytes + 32) * ChunkFrame.headBytes
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes, alignment: 4096)
    /// What is to be written, in order.
    var list: [(frame: ChunkFrame, start: Int)] = []
  }

  private enum Outcome {
    case held(ContentDigest)
    case packed(ChunkFrame, start: Int)
  }

  private let store: LargeStore
  private let read: Read
  private let writer: PackWriter
  private var slabs = [Slab(), Slab()]
  private var frames = [Frames(), Frames()]
  private var whole = SHA256()
  private var recipe = Recipe.Draft()
  /// Chunks that are on their way into a pack.
  private var added: Set<ContentDigest> = []
  private var sealedPacks = 0

  init(_ store: LargeStore, _ read: @escaping Read) {
    self.store = store
    self.read = read
    writer = PackWriter(store.folder, store.disk)
  }

  deinit {
    for slab in slabs { slab.room.deallocate() }
    for one in frames { one.room.deallocate() }
  }

  /// Reads to the end. All chunks are safe on return; the recipe is not written yet.
  func run() throws -> Recipe {
    try fill(0, after: nil)
    var round = 0
    while true {
      let (now, other) = (round & 1, round & 1 ^ 1)
      let outcomes = try turn(now, other)
      frames[other].list = []
      if writer.sealedPacks != sealedPacks {
        // What is sealed is found in its pack; memory does not grow with the content.
        sealedPacks = writer.sealedPacks
        added = Set(writer.unsealed)
      }
      note(outcomes, now)
      if slabs[now].isLast { break }
      round += 1
    }
    try write(round & 1)
    try writer.seal()
    return recipe.finish(ContentDigest(finishing: whole))
  }

  // MARK: A round

  private func turn(_ now: Int, _ other: Int) throws -> [Outcome?] {
    let slab = slabs[now]
    let groups = (slab.ends.count + ContentCutting.chunksOfGroup - 1) / ContentCutting.chunksOfGroup
    let failure = Mutex<(any Error)?>(nil)
    var outcomes = [Outcome?](repeating: nil, count: slab.ends.count)
    let room = frames[now].room
    outcomes.withUnsafeMutableBufferPointer { outcomes in
      // Each item writes what no other one reads: its own slab, frames, hash or outcomes.
      nonisolated(unsafe) let outcomes = outcomes
      nonisolated(unsafe) let room = room
      nonisolated(unsafe) let this = self
      DispatchQueue.concurrentPerform(iterations: 3 + groups) { item in
        do {
          switch item {
          case 0:
            this.whole.update(
              bufferPointer: UnsafeRawBufferPointer(rebasing: slab.room[..<slab.cut]))
          case 1: try this.write(other)
          case 2: if !slab.isLast { try this.fill(other, after: slab.rest) }
          default:
            let start = (item - 3) * ContentCutting.chunksOfGroup
            let end = min(start + ContentCutting.chunksOfGroup, slab.ends.count)
            try ChunkPacker.withOne { packer in
              for index in start..<end {
                outcomes[index] = try this.pack(slab.chunk(index), index, slab, room, packer)
              }
            }
          }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return outcomes
  }

  private func pack(
    _ chunk: UnsafeRawBufferPointer, _ index: Int, _ slab: Slab,
    _ room: UnsafeMutableRawBufferPointer, _ packer: ChunkPacker
  ) throws -> Outcome {
    let digest = ContentDigest(sha256: chunk)
    if try added.contains(digest) || store.holds(chunk, digest, packer) { return .held(digest) }
    let start = (index == 0 ? 0 : slab.ends[index - 1]) + index * ChunkFrame.headBytes
    let place = UnsafeMutableRawBufferPointer(
      rebasing: room[start..<start + chunk.count + ChunkFrame.headBytes])
    return .packed(ChunkFrame.pack(chunk, digest, packer, into: place), start: start)
  }

  private func note(_ outcomes: [Outcome?], _ now: Int) {
    for (index, outcome) in outcomes.enumerated() {
      let count = slabs[now].chunk(index).count
      switch outcome {
      case .held(let digest): recipe.add(digest, byteCount: count)
      case .packed(let frame, let start):
        recipe.add(frame.digest, byteCount: count)
        if added.insert(frame.digest).inserted { frames[now].list.append((frame, start)) }
      case nil: preconditionFailure("a chunk was left out")
      }
    }
  }

  private func write(_ which: Int) throws {
    for (frame, start) in frames[which].list {
      try writer.add(
        UnsafeRawBufferPointer(rebasing: frames[which].room[start..<start + frame.frameBytes]),
        frame)
      if writer.size >= store.packBytes { try writer.sealLater() }
    }
  }

  // MARK: Reading

  private func fill(_ which: Int, after rest: UnsafeRawBufferPointer?) throws {
    var slab = slabs[which]
    slab.count = 0
    if let rest {
      slab.room.copyMemory(from: rest)
      slab.count = rest.count
    }
    slab.isLast = false
    while slab.count < slab.room.count {
      let free = UnsafeMutableRawBufferPointer(rebasing: slab.room[slab.count...])
      let count = try read(free)
      precondition((0...free.count).contains(count))
      if count == 0 {
        slab.isLast = true
        break
      }
      slab.count += count
    }
    slab.ends = []
    var position = 0
    while position < slab.count, slab.isLast || slab.count - position >= ChunkLimits.maxBytes {
      position += ChunkCutter.length(
        of: UnsafeRawBufferPointer(rebasing: slab.room[position..<slab.count]))
      slab.ends.append(position)
    }
    slabs[which] = slab
  }
}
