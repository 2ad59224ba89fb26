/// What a chunk says of one packed column of numbers, before the numbers.
///
/// Each residual is split: the low `width` bits are packed without gaps; the rest is a byte of the
/// column's plane, where 255 stands for 255 and more, and the excess is a varint among the escapes.
struct PackedColumn: Equatable {
  var predictor: Predictor
  var width: Int
  var hasPlane: Bool

  static let widthMax = 56
  static let escape: UInt64 = 255

  func residualCount(_ count: Int) -> Int { max(count - predictor.kind.order, 0) }
  func planeByteCount(_ count: Int) -> Int { hasPlane ? residualCount(count) : 0 }
  func lowByteCount(_ count: Int) -> Int { (residualCount(count) * width + 7) / 8 }

  func write(to head: inout ByteWriter) {
    let shape = predictor.kind.rawValue << 2 | (hasPlane ? 2 : 0) | (width > 0 ? 1 : 0)
    head.bytes(CollectionOfOne(shape))
    if width > 0 { head.bytes(CollectionOfOne(UInt8(width))) }
    if predictor.kind.order > 0 { head.zigzag(predictor.first) }
    if predictor.kind.order > 1 { head.zigzag(predictor.firstSlope) }
    head.zigzag(predictor.base)
  }

  init(predictor: Predictor, width: Int, hasPlane: Bool) {
    self.predictor = predictor
    self.width = width
    self.hasPlane = hasPlane
  }

  init(from head: inout ByteReader) throws(DecodingFailure) {
    let shape = try head.varint()
    guard shape < 0x80, let kind = Predictor.Kind(rawValue: UInt8(shape) >> 2) else {
      throw .malformed("kind of a metric column")
    }
    hasPlane = shape & 2 != 0
    width = 0
    if shape & 1 != 0 {
      let bits = try head.varint()
      guard (1...UInt64(PackedColumn.widthMax)).contains(bits) else {
        throw .malformed("width of a metric column")
      }
      width = Int(bits)
    }
    predictor = Predictor(kind: kind, base: 0)
    if kind.order > 0 { predictor.first = try head.zigzag() }
    if kind.order > 1 { predictor.firstSlope = try head.zigzag() }
    predictor.base = try head.zigzag()
  }
}
