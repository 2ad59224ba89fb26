/// Decides how each column of a chunk is told, and packs it.
///
/// Any choice can be read back, and none has an effect on the chunk's name.
struct ChunkPacking {
  private var sections = ChunkSections()

  /// The packed form of the columns, and where compression should begin new blocks.
  static func pack(_ columns: PointColumns) -> (packed: [UInt8], cuts: [Int]) {
    var packing = ChunkPacking()
    packing.add(columns)
    return packing.sections.joined()
  }

  private mutating func add(_ columns: PointColumns) {
    let ranges = columns.series.map(\.range)
    var scratch = ScratchColumns(count: ranges.map(\.count).max() ?? 0)
    var equalSteps = ColumnIndex()
    var equalTimes = ColumnIndex()
    var keyBefore: [UInt8] = []
    sections.head.varint(UInt64(ranges.count))
    for (position, series) in columns.series.enumerated() {
      let key = Array(series.key.utf8)
      addKey(key, after: keyBefore)
      keyBefore = key
      sections.head.varint(UInt64(series.range.count))
      let sameSteps = columns.steps.withUnsafeBufferPointer { steps in
        let same = equalSteps.firstEqual(to: position, in: steps, ranges: ranges)
        add(UnsafeBufferPointer(rebasing: steps[series.range]), sameAs: same)
        return same
      }
      columns.timestamps.withUnsafeBufferPointer { times in
        let same = equalTimes.firstEqual(to: position, in: times, ranges: ranges)
        let near = sameSteps.map { ($0, UnsafeBufferPointer(rebasing: times[ranges[$0]])) }
        add(
          UnsafeBufferPointer(rebasing: times[series.range]), sameAs: same, near: near, &scratch)
      }
      columns.values.withUnsafeBufferPointer { values in
        addValues(UnsafeBufferPointer(rebasing: values[series.range]), &scratch)
      }
    }
  }

  private mutating func addKey(_ key: [UInt8], after keyBefore: [UInt8]) {
    let shared = zip(key, keyBefore).prefix { $0 == $1 }.count
    sections.head.varint(UInt64(shared))
    sections.head.lengthPrefixed(key[shared...])
  }

  private mutating func add(_ numbers: UnsafeBufferPointer<Int64>, sameAs same: Int?) {
    if let same {
      write(.same, same)
    } else {
      write(.own)
      sections.add(numbers, as: PackedColumn.fitted(to: numbers).column)
    }
  }

  private mutating func add(
    _ times: UnsafeBufferPointer<Int64>, sameAs same: Int?,
    near: (position: Int, times: UnsafeBufferPointer<Int64>)?, _ scratch: inout ScratchColumns
  ) {
    guard same == nil, let near else { return add(times, sameAs: same) }
    let own = PackedColumn.fitted(to: times)
    scratch.withFirst(times.count) { distances in
      for index in times.indices { distances[index] = times[index] &- near.times[index] }
      let distances = UnsafeBufferPointer(distances)
      let fitted = PackedColumn.fitted(to: distances)
      if fitted.cost < own.cost {
        write(.near, near.position)
        sections.add(distances, as: fitted.column)
      } else {
        write(.own)
        sections.add(times, as: own.column)
      }
    }
  }

  private mutating func addValues(
    _ values: UnsafeBufferPointer<Int64>, _ scratch: inout ScratchColumns
  ) {
    scratch.withBoth(values.count) { quotients, floats in
      let mapping = ValueMapping.floating(values, into: floats)
      let fitted = PackedColumn.fitted(to: UnsafeBufferPointer(floats))
      if let divisor = Divisor.find(for: values, into: quotients) {
        let fittedQuotient = PackedColumn.fitted(to: UnsafeBufferPointer(quotients))
        if fittedQuotient.cost <= fitted.cost {
          ValueMapping.quotient(divisor: divisor).write(to: &sections.head)
          return sections.add(UnsafeBufferPointer(quotients), as: fittedQuotient.column)
        }
      }
      mapping.write(to: &sections.head)
      sections.add(UnsafeBufferPointer(floats), as: fitted.column)
    }
  }

  private mutating func write(_ tag: ColumnSource.Tag, _ position: Int? = nil) {
    sections.head.varint(tag.rawValue)
    if let position { sections.head.varint(UInt64(position)) }
  }
}

/// Room for two columns, made once for all series of a chunk.
private struct ScratchColumns {
  private var first: [Int64]
  private var second: [Int64]

  init(count: Int) {
    first = [Int64](repeating: 0, count: count)
    second = first
  }

  mutating func withFirst(_ count: Int, _ body: (UnsafeMutableBufferPointer<Int64>) -> Void) {
    first.withUnsafeMutableBufferPointer {
      body(UnsafeMutableBufferPointer(rebasing: $0[..<count]))
    }
  }

  mutating func withBoth(
    _ count: Int,
    _ body: (UnsafeMutableBufferPointer<Int64>, UnsafeMutableBufferPointer<Int64>) -> Void
  ) {
    first.withUnsafeMutableBufferPointer { first in
      second.withUnsafeMutableBufferPointer { second in
        body(
          UnsafeMutableBufferPointer(rebasing: first[..<count]),
          UnsafeMutableBufferPointer(rebasing: second[..<count]))
      }
    }
  }
}
