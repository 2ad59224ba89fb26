/// Says where a content is cut: at places that its bytes choose, so that an insertion moves no cut but those near it.
///
/// FastCDC with normalised chunking of level 2: a hash rolls over the bytes from `minBytes` on, and a chunk ends where the
/// mask finds only zeros in it: 18 bits before `meanBytes`, 14 bits behind; at `maxBytes` in any case. The masks are the hash's
/// uppermost bits, into which the last 64 bytes reach. Source: Xia et al., "FastCDC", USENIX ATC 2016; the gear hash from
/// Xia et al., "Ddelta", 2014.
package enum ChunkCutter {
  private static let strict: UInt64 = ~0 << (64 - 18)
  private static let loose: UInt64 = ~0 << (64 - 14)

  /// How many of the bytes, which begin where a chunk begins, are its own. If there are fewer than `maxBytes` of them and
  /// the content goes on, ask again with more.
  package static func length(of bytes: UnsafeRawBufferPointer) -> Int {
    let end = min(bytes.count, ChunkLimits.maxBytes)
    guard end > ChunkLimits.minBytes, let start = bytes.baseAddress else { return end }
    return Gear.table.withUnsafeBufferPointer { table in
      let gear = table.baseAddress!
      var hash: UInt64 = 0
      var position = ChunkLimits.minBytes
      let normal = min(end, ChunkLimits.meanBytes)
      while position < normal {
        let byte = start.load(fromByteOffset: position, as: UInt8.self)
        hash = (hash &<< 1) &+ gear[Int(byte)]
        position &+= 1
        if hash & strict == 0 { return position }
      }
      while position < end {
        let byte = start.load(fromByteOffset: position, as: UInt8.self)
        hash = (hash &<< 1) &+ gear[Int(byte)]
        position &+= 1
        if hash & loose == 0 { return position }
      }
      return end
    }
  }

  /// The ends of all chunks of a content that is whole in memory.
  package static func ends(in bytes: [UInt8]) -> [Int] {
    bytes.withUnsafeBytes { all in
      var ends: [Int] = []
      var start = 0
      while start < all.count {
        start += length(of: UnsafeRawBufferPointer(rebasing: all[start...]))
        ends.append(start)
      }
      return ends
    }
  }
}
