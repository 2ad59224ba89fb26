import FieldbookModel

/// Frames of several chunks, one behind the other, as one message carries them.
package enum ChunkBatch {
  /// Cuts them apart. What is in them is not verified: `ChunkIntake.add` does that.
  ///
  /// - Returns: at most as many as there are heads' lengths in the bytes.
  /// - Throws: `LargeFailure.badFrame` unless the bytes are whole frames and nothing else.
  package static func split(_ bytes: [UInt8]) throws -> [(chunk: ContentDigest, frame: [UInt8])] {
    var out: [(chunk: ContentDigest, frame: [UInt8])] = []
    var position = 0
    while position < bytes.count {
      let head = bytes[position...].prefix(ChunkFrame.headBytes)
      guard let frame = head.withUnsafeBytes({ ChunkFrame(head: $0) }),
        frame.frameBytes <= bytes.count - position
      else { throw LargeFailure.badFrame }
      let end = position + frame.frameBytes
      out.append((frame.digest, Array(bytes[position..<end])))
      position = end
    }
    return out
  }
}

extension Recipe {
  /// One bit for each chunk of the recipe, the lowest of a byte first: set for those of `chunks`, where they come first.
  package func marks(of chunks: [ContentDigest]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: (count + 7) / 8)
    var rest = Set(chunks)
    for index in 0..<count where !rest.isEmpty {
      if rest.remove(self[index].digest) != nil { out[index / 8] |= 1 << UInt8(index % 8) }
    }
    return out
  }

  /// The chunks that bits are set for, each once, in the order of the content.
  ///
  /// - Throws: `LargeFailure.badRecipe` unless there is a bit for each chunk, and none for more.
  package func chunks(marked marks: [UInt8]) throws -> [ContentDigest] {
    guard marks.count == (count + 7) / 8,
      count % 8 == 0 || marks.last.map({ $0 >> UInt8(count % 8) == 0 }) == true
    else { throw LargeFailure.badRecipe(reason: "it was answered with other chunks than it has") }
    var seen: Set<ContentDigest> = []
    return (0..<count).filter { marks[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }.map { self[$0].digest }
      .filter { seen.insert($0).inserted }
  }

  /// Which chunks a recipe names, by the first eight bytes of their digests.
  package struct Names: Sendable {
    private let prefixes: [UInt64]

    package init(_ recipe: Recipe) { prefixes = recipe.prefixes.sorted() }

    package func contains(_ chunk: ContentDigest) -> Bool {
      let wanted = chunk.prefix
      var (low, high) = (0, prefixes.count)
      while low < high {
        let middle = (low + high) / 2
        if prefixes[middle] < wanted { low = middle + 1 } else { high = middle }
      }
      return low < prefixes.count && prefixes[low] == wanted
    }
  }
}

extension ContentStore {
  /// Makes a content of chunks that were sent.
  ///
  /// - Throws: as `LargeStore.finish`.
  package func finishChunks(_ recipe: Recipe) throws {
    try large.finish(recipe)
    try removeWhole(recipe.content)
    discardPartial(recipe.content)
  }

  /// What has come of a content that was sent whole so far serves as chunks of it.
  package func keepPartialAsChunks(_ content: ContentDigest) throws {
    guard partialSize(content) > 0 else { return }
    try large.keepChunks(file: partial(content))
    discardPartial(content)
  }
}
