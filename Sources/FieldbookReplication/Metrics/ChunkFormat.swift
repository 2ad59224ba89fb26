/// How a chunk lies in its payload, before compression:
///
///     format       one byte
///     head         length-prefixed: what follows, series by series
///     escapes      length-prefixed: varints that did not fit into the planes
///     planes       bytes of all columns, one column after the other
///     lows         low bits of all columns, each column from a byte's start
///
/// In the head each series has its key, which shares a prefix with the key before; where its steps
/// and its timestamps are found; and its values. The columns lie in this order.
///
/// Series that are logged together have equal steps and often equal timestamps. Those are not
/// repeated: a reference names an earlier series by its position. Timestamps of keys that are
/// logged one by one, milliseconds apart, are told by their distance from those of an earlier one.
enum ChunkFormat {
  static let version: UInt8 = 1
}

/// Where a column of a series is found. Whatever it refers to has as many points.
enum ColumnSource: Equatable {
  case own(PackedColumn)
  /// The column of the series at that earlier position.
  case same(as: Int)
  /// Distances from the column of the series at that earlier position.
  case near(Int, PackedColumn)

  enum Tag: UInt64 { case own, same, near }

  /// Reads what `ChunkPacking` wrote for the series at a position.
  init(from head: inout ByteReader, at position: Int) throws(DecodingFailure) {
    guard let tag = Tag(rawValue: try head.varint()) else { throw .malformed("a column's source") }
    switch tag {
    case .own: self = .own(try PackedColumn(from: &head))
    case .same: self = .same(as: try ColumnSource.position(from: &head, before: position))
    case .near:
      let earlier = try ColumnSource.position(from: &head, before: position)
      self = .near(earlier, try PackedColumn(from: &head))
    }
  }

  private static func position(
    from head: inout ByteReader, before position: Int
  ) throws(DecodingFailure) -> Int {
    let earlier = try head.varint()
    guard earlier < UInt64(position) else { throw .malformed("reference to a metric column") }
    return Int(earlier)
  }

  var reference: Int? {
    switch self {
    case .own: nil
    case .same(let position), .near(let position, _): position
    }
  }

  var column: PackedColumn? {
    switch self {
    case .own(let column), .near(_, let column): column
    case .same: nil
    }
  }
}
