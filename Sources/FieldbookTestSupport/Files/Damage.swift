/// What can happen to bytes on their way, or where they lie.
extension RangeReplaceableCollection where Self: MutableCollection, Element == UInt8 {
  /// Every beginning that is not the whole, from nothing on.
  package var cuts: some Sequence<SubSequence> {
    indices.lazy.map { self[..<$0] }
  }

  /// The whole with these bits of one byte flipped, for every byte or for each `step`th.
  package func alterations(_ bits: UInt8, every step: Int = 1) -> some Sequence<Self> {
    stride(from: 0, to: count, by: step).lazy.map { offset in
      var altered = self
      altered[index(startIndex, offsetBy: offset)] ^= bits
      return altered
    }
  }
}
