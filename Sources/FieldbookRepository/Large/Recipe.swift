import FieldbookModel

/// What a content is made of: its digest, its size, and its chunks in order.
///
/// As a file: `FBrecip1`; SHA-256 of the content (32); its size in bytes (8); how many chunks (4) and four zeros; for each chunk
/// its digest (32) and its bytes unpacked (4); SHA-256 of all before (32). Numbers little-endian. A recipe has one form.
package struct Recipe: Equatable, Sendable {
  private static let magic = Array("FBrecip1".utf8)
  private static let headBytes = 56
  private static let chunkBytes = 36

  package let content: ContentDigest
  package let size: Int64
  /// 36 bytes for each chunk, as in the file: a content of 5 GB has 80,000.
  private let chunks: [UInt8]

  package var count: Int { chunks.count / Recipe.chunkBytes }

  /// A chunk, and its bytes unpacked.
  package subscript(index: Int) -> (digest: ContentDigest, byteCount: Int) {
    chunks.withUnsafeBytes { all in
      let start = index * Recipe.chunkBytes
      return (all.digest(at: start), Int(all.number32(at: start + 32)))
    }
  }

  func byteCount(_ index: Int) -> Int {
    chunks.withUnsafeBytes { Int($0.number32(at: index * Recipe.chunkBytes + 32)) }
  }

  /// The first eight bytes of each chunk's digest, as they come.
  var prefixes: [UInt64] {
    chunks.withUnsafeBytes { all in
      (0..<count).map {
        UInt64(
          bigEndian: all.loadUnaligned(fromByteOffset: $0 * Recipe.chunkBytes, as: UInt64.self))
      }
    }
  }

  /// Collects the chunks of a content while it is cut.
  package struct Draft {
    private(set) var size: Int64 = 0
    private var chunks: [UInt8] = []

    package init() {}

    package mutating func add(_ digest: ContentDigest, byteCount: Int) {
      chunks += digest.bytes
      chunks.append32(UInt32(byteCount))
      size += Int64(byteCount)
    }

    package func finish(_ content: ContentDigest) -> Recipe {
      Recipe(content: content, size: size, chunks: chunks)
    }
  }

  private init(content: ContentDigest, size: Int64, chunks: [UInt8]) {
    self.content = content
    self.size = size
    self.chunks = chunks
  }

  package var encoded: [UInt8] {
    var out = Recipe.magic
    out.reserveCapacity(Recipe.headBytes + chunks.count + 32)
    out += content.bytes
    out.append64(UInt64(size))
    out.append32(UInt32(count))
    out.append32(0)
    out += chunks
    out += ContentDigest(sha256: out).bytes
    return out
  }

  /// How many bytes a recipe of a content may have at most.
  ///
  /// Whoever made it may cut otherwise; but no chunk that is not the last has less than `minBytes` here.
  package static func bytesMax(ofContent size: Int64) -> Int {
    let chunks = min(
      Int(max(0, size) / Int64(ChunkLimits.minBytes)) + 1, ChunkLimits.recipeChunksMax)
    return headBytes + chunks * chunkBytes + 32
  }

  /// - Throws: `LargeFailure.badRecipe` for anything that no encoder wrote.
  package init(encoded bytes: [UInt8]) throws {
    func refuse(_ reason: String) -> LargeFailure { .badRecipe(reason: reason) }
    guard bytes.count >= Recipe.headBytes + 32, bytes.starts(with: Recipe.magic) else {
      throw refuse("it does not begin as one")
    }
    let (content, size, count, rest) = bytes.withUnsafeBytes {
      ($0.digest(at: 8), $0.number64(at: 40), Int($0.number32(at: 48)), $0.number32(at: 52))
    }
    guard count <= ChunkLimits.recipeChunksMax, rest == 0,
      bytes.count == Recipe.headBytes + count * Recipe.chunkBytes + 32
    else { throw refuse("its length is not what it says") }
    guard size <= UInt64(ChunkLimits.contentBytesMax) else {
      throw refuse("its content is too large")
    }
    guard ContentDigest(sha256: Array(bytes.dropLast(32))).bytes == Array(bytes.suffix(32)) else {
      throw refuse("its hash does not hold")
    }
    self.init(
      content: content, size: Int64(size),
      chunks: Array(bytes[Recipe.headBytes..<bytes.count - 32]))
    var sum: Int64 = 0
    for index in 0..<count {
      let length = byteCount(index)
      guard (1...ChunkLimits.maxBytes).contains(length),
        index == count - 1 || length >= ChunkLimits.minBytes
      else { throw refuse("a chunk has an impossible length") }
      sum += Int64(length)
    }
    guard sum == self.size else { throw refuse("its chunks do not add up") }
  }
}
