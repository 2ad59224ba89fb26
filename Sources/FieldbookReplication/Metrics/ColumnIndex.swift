/// Finds an earlier column with the same content.
struct ColumnIndex {
  private var positions: [UInt64: [Int]] = [:]

  /// The first series whose column equals the one at `position`, which is remembered if none does.
  ///
  /// - Parameter ranges: where in the numbers the column of each series lies.
  mutating func firstEqual(
    to position: Int, in numbers: UnsafeBufferPointer<Int64>, ranges: [Range<Int>]
  ) -> Int? {
    let column = UnsafeBufferPointer(rebasing: numbers[ranges[position]])
    let key = ColumnIndex.fingerprint(column)
    for earlier in positions[key, default: []] {
      let other = UnsafeBufferPointer(rebasing: numbers[ranges[earlier]])
      if other.elementsEqual(column) { return earlier }
    }
    positions[key, default: []].append(position)
    return nil
  }

  /// Decides only which columns are compared in full.
  private static func fingerprint(_ column: UnsafeBufferPointer<Int64>) -> UInt64 {
    var hash = UInt64(column.count)
    for number in column {
      hash = (hash ^ UInt64(bitPattern: number)) &* 0x9e37_79b9_7f4a_7c15
      hash ^= hash >> 29
    }
    return hash
  }
}
