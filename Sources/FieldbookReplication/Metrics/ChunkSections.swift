/// The parts of a packed chunk while they grow.
struct ChunkSections {
  var head = ByteWriter()
  private var escapes = ByteWriter()
  private var planes: [UInt8] = []
  private var lows: [UInt8] = []
  /// Where in the planes a column of its own kind begins or ends.
  private var planeCuts: [Int] = []

  /// Below this a table of frequencies costs more than sharing one does.
  private static let blockBytesMin = 512

  mutating func add(_ numbers: UnsafeBufferPointer<Int64>, as column: PackedColumn) {
    column.write(to: &head)
    let start = planes.count
    column.pack(numbers, planes: &planes, lows: &lows, escapes: &escapes)
    if planes.count - start >= ChunkSections.blockBytesMin {
      if planeCuts.last != start { planeCuts.append(start) }
      planeCuts.append(planes.count)
    }
  }

  /// The packed form, and where compression should begin new blocks.
  func joined() -> (packed: [UInt8], cuts: [Int]) {
    var out = ByteWriter()
    out.bytes.reserveCapacity(
      head.bytes.count + escapes.bytes.count + planes.count + lows.count + 11)
    out.bytes(CollectionOfOne(ChunkFormat.version))
    out.lengthPrefixed(head.bytes)
    out.lengthPrefixed(escapes.bytes)
    let planesStart = out.bytes.count
    out.bytes(planes)
    let lowsStart = out.bytes.count
    out.bytes(lows)
    var cuts = planeCuts.map { planesStart + $0 }
    if lows.count >= ChunkSections.blockBytesMin, cuts.last != lowsStart { cuts.append(lowsStart) }
    return (out.bytes, cuts)
  }
}
