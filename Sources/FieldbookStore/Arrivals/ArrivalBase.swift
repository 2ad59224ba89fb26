import FieldbookModel
import FieldbookReplication

/// What a source said of a thing when it was last taken in: what both sides' later changes are told from.
///
/// Of each field 16 bytes, the beginnings of two SHA-256: of its name and of its value. Ordered by name.
struct ArrivalBase: Equatable {
  private var prints: [UInt64: UInt64] = [:]

  init() {}

  /// Nil for what is none.
  init?(bytes: [UInt8]) {
    guard bytes.count.isMultiple(of: 16) else { return nil }
    prints.reserveCapacity(bytes.count / 16)
    for start in stride(from: 0, to: bytes.count, by: 16) {
      let pair = EntityKey(bytes: bytes[start..<start + 16])!
      prints[pair.high] = pair.low
    }
  }

  var bytes: [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(prints.count * 16)
    for (name, value) in prints.sorted(by: { $0.key < $1.key }) {
      EntityKey(high: name, low: value).appendBytes(to: &out)
    }
    return out
  }

  subscript(name: String) -> UInt64? {
    get { prints[ArrivalBase.print(Array(name.utf8))] }
    set { prints[ArrivalBase.print(Array(name.utf8))] = newValue }
  }

  static func print(_ value: FieldValue) -> UInt64 {
    var out = ByteWriter()
    switch value {
    case .null: out.bytes([0])
    case .text(let text):
      out.bytes([1])
      out.text(text)
    case .integer(let number):
      out.bytes([2])
      out.zigzag(number)
    case .bytes(let bytes):
      out.bytes([3])
      out.bytes(bytes)
    }
    return print(out.bytes)
  }

  static func print(_ bytes: [UInt8]) -> UInt64 {
    OperationHash.sha256(bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension WriteTransaction {
  func arrivalBase(_ entity: EntityKey) throws -> ArrivalBase? {
    try sql.first("SELECT base FROM imported WHERE entity = ?", .blob(entity.bytes))?[0].blob
      .flatMap(ArrivalBase.init(bytes:))
  }

  func keep(_ base: ArrivalBase, of entity: EntityKey) throws {
    try sql.run(
      """
      INSERT INTO imported(entity, base) VALUES (?, ?)
      ON CONFLICT(entity) DO UPDATE SET base = excluded.base
      """, .blob(entity.bytes), .blob(base.bytes))
  }

  /// Something of this key was taken in by this replica.
  package func wasTakenIn(_ entity: EntityKey) throws -> Bool {
    try sql.first("SELECT 1 FROM imported WHERE entity = ?", .blob(entity.bytes)) != nil
  }

  /// What was noted beside a thing, such as the state of a file there; nil if nothing was.
  package func arrivalNote(_ entity: EntityKey, _ name: String) throws -> UInt64? {
    try arrivalBase(entity)?["note." + name]
  }
}
