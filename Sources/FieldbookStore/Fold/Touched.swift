import FieldbookModel
import FieldbookReplication

/// For each entity, the segments that touch it: where `history` and deletions look.
///
/// The segment that created it is found by its op. The others are numbers in a row, at the entity while they are few;
/// when they are many they move to rows of their own, so that noting one more never costs more than a little.
extension WriteTransaction {
  /// Bytes of segment numbers that an entity keeps beside itself.
  private static let nearBytes: Int64 = 60

  /// - Parameter ops: all ops of the segment, in order.
  func noteTouched(_ ops: [(Dot, Operation<Dot>)], segment: Int64) throws {
    guard let last = ops.last?.0 else { return }
    // A branch's first segment brings along ops of the chain that it left.
    let first = ops.first { $0.0.chain == last.chain }?.0 ?? last
    var touched: Set<Int64> = []
    touched.reserveCapacity(ops.count)
    func note(_ entity: EntityRow) {
      // In a row by dots: those of one chain follow each other.
      if let made = entity.createdDot, first <= made, made <= last { return }
      touched.insert(entity.id)
    }
    for (_, op) in ops {
      note(try entityRow(op.entity))
      if let owner = try owner(of: op) { note(owner) }
    }
    var number = ByteWriter()
    number.varint(UInt64(segment))
    for entity in touched.sorted() { try noteTouched(entity, segment, number.bytes) }
  }

  func noteTouched(_ entity: Int64, _ segment: Int64) throws {
    var number = ByteWriter()
    number.varint(UInt64(segment))
    try noteTouched(entity, segment, number.bytes)
  }

  private func noteTouched(_ entity: Int64, _ segment: Int64, _ number: [UInt8]) throws {
    let near = try sql.statement(
      """
      UPDATE entity SET segments = CAST(coalesce(segments, x'') || ?2 AS BLOB)
      WHERE id = ?1 AND coalesce(length(segments), 0) < ?3
      """)
    try near.bind(1, entity)
    try near.bind(2, number)
    try near.bind(3, WriteTransaction.nearBytes)
    if try near.run() > 0 { return }
    try sql.run(
      """
      INSERT INTO touched(entity, upto, segments) SELECT id, ?2, segments FROM entity WHERE id = ?1
      ON CONFLICT(entity, upto) DO UPDATE SET segments = CAST(segments || excluded.segments AS BLOB)
      """, .integer(entity), .integer(segment))
    try sql.run(
      "UPDATE entity SET segments = ?2 WHERE id = ?1", .integer(entity), .blob(number))
  }

  /// Rows of the segments that touch an entity, ascending.
  func segments(touching entity: EntityRow) throws -> [Int64] {
    var found: Set<Int64> = []
    if let made = entity.createdDot, let row = try segment(holding: made) { found.insert(row) }
    for row in try sql.all(
      """
      SELECT segments FROM touched WHERE entity = ?1
      UNION ALL SELECT segments FROM entity WHERE id = ?1 AND segments IS NOT NULL
      """, .integer(entity.id))
    {
      var reader = ByteReader(row[0].blob ?? [])
      while !reader.isAtEnd { found.insert(Int64(clamping: try reader.varint())) }
    }
    return found.sorted()
  }

  /// The segment in which an op came first; nil while it is in the open one.
  func segment(holding dot: Dot) throws -> Int64? {
    try sql.first(
      "SELECT id FROM segment WHERE chain = ? AND last >= ? AND first <= ? ORDER BY last LIMIT 1",
      .integer(dot.chain), .integer(Int64(dot.number)), .integer(Int64(dot.number)))?[0].integer
  }
}
