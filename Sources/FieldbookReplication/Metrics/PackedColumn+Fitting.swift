extension PackedColumn {
  /// The column that is foreseen to be smallest for these numbers, of which there is at least one,
  /// and its foreseen size in bits.
  static func fitted(to numbers: UnsafeBufferPointer<Int64>) -> (column: PackedColumn, cost: Int) {
    if let predictor = Predictor.exact(for: numbers) {
      let column = PackedColumn(predictor: predictor, width: 0, hasPlane: false)
      return (column, column.headCost)
    }
    let sample = sampleRanges(numbers.count)
    var best: (predictor: Predictor, split: BitHistogram.Split)?
    for predictor in Predictor.candidates(for: numbers) {
      let split = BitHistogram(predictor, numbers, in: sample).bestSplit()
      if split.cost < best?.split.cost ?? Int.max { best = (predictor, split) }
    }
    guard var best else { preconditionFailure("a level suits any column") }
    if sample.count > 1 {
      best.split = BitHistogram(best.predictor, numbers, in: [0..<numbers.count]).bestSplit()
    }
    let column = PackedColumn(
      predictor: best.predictor, width: best.split.width, hasPlane: best.split.hasPlane)
    return (column, best.split.cost + column.headCost)
  }

  private var headCost: Int {
    var head = ByteWriter()
    write(to: &head)
    return 8 * head.bytes.count
  }

  /// All of a short column, some of a long one: comparing predictors needs no more.
  private static func sampleRanges(_ count: Int) -> [Range<Int>] {
    let (blocks, size) = (8, 256)
    guard count > 2 * blocks * size else { return [0..<count] }
    return (0..<blocks).map { block in
      let start = (count - size) * block / (blocks - 1)
      return start..<start + size
    }
  }
}
