import FieldbookModel
import FieldbookReplication

/// Fields of a run that its row in `run` holds instead of a register: those that the op wrote that made the run, until
/// one of them is written again. Runs come in thousands, and most of them never are.
///
/// The row's `held` says which; a field is in a register or held, never both.
enum HeldField: Int64, CaseIterable {
  case name = 1
  case startTime = 2
  case status = 4
  case user = 8
  case experiment = 16
  case parent = 32

  init?(_ field: FieldName) {
    switch field.word {
    case .name: self = .name
    case .startTime: self = .startTime
    case .status: self = .status
    case .user: self = .user
    case .experiment: self = .experiment
    case .parent: self = .parent
    default: return nil
    }
  }

  var field: FieldName {
    switch self {
    case .name: .name
    case .startTime: .startTime
    case .status: .status
    case .user: .user
    case .experiment: .experiment
    case .parent: .parent
    }
  }

  /// True for a value that comes out of the row as it went in.
  func keeps(_ value: FieldValue) -> Bool {
    switch (self, value) {
    case (.name, .text), (.user, .text), (.startTime, .integer): true
    case (.status, .text(let text)):
      RunState(coded: text).map { ExactText($0.coded) == ExactText(text) } ?? false
    case (.experiment, .bytes(let bytes)), (.parent, .bytes(let bytes)): bytes.count == 16
    default: false
    }
  }
}

extension WriteTransaction {
  /// The row of a run that an op makes.
  ///
  /// - Parameter isFirst: nothing named the run before.
  /// - Returns: the fields that it holds; none of a run that was named before, since registers can stand there.
  func makeRunRecord(_ entity: EntityRow, _ op: Operation<Dot>, isFirst: Bool) throws -> Int64 {
    var held: Int64 = 0
    var (name, start, user) = (FieldValue.null, op.clock.milliseconds, FieldValue.null)
    var (experiment, parent) = (EntityKey?.none, FieldValue.null)
    var state: RunState?
    for index in op.cells.indices where op.cells[index].field.family == nil {
      guard let field = HeldField(op.cells[index].field), let value = op.cells[index].value else {
        continue
      }
      switch field {
      case .name: name = value
      case .startTime: start = value.integer ?? start
      case .status: state = value.text.flatMap(RunState.init(coded:))
      case .user: user = value
      case .experiment: experiment = value.key
      case .parent: parent = value
      }
      if isFirst, field.keeps(value) { held |= field.rawValue }
    }
    let row = try sql.statement(
      """
      INSERT INTO run(id, experiment, name, status, start_time, end_time, lifecycle, user, parent, chain, held)
      VALUES (?, ?, ?, ?, ?, ?, 'active', ?, ?, ?, ?)
      """)
    try row.bind(1, entity.id)
    try row.bind(2, experiment.map { try entityRow($0).id })
    try row.bind(3, name)
    if let state { try row.bind(4, state.status.rawValue) } else { try row.bindNull(4) }
    try row.bind(5, start)
    try row.bind(6, state?.endTime?.milliseconds)
    try row.bind(7, user)
    try row.bind(8, parent)
    try row.bind(9, entity.createdDot?.chain)
    try row.bind(10, held)
    try row.run()
    return held
  }

  /// The value of a field that a run's row holds; nil for any other.
  func heldValue(_ entity: Int64, _ field: FieldName) throws -> FieldValue? {
    guard let asked = HeldField(field) else { return nil }
    let row = try sql.first(
      """
      SELECT r.name, r.start_time, r.status, r.end_time, r.user, e.key, r.parent
      FROM run r LEFT JOIN entity e ON e.id = r.experiment WHERE r.id = ? AND r.held & ? <> 0
      """, .integer(entity), .integer(asked.rawValue))
    guard let row else { return nil }
    switch asked {
    case .name: return row[0].field
    case .startTime: return row[1].field
    case .status:
      guard let status = row[2].text.flatMap(RunStatus.init) else {
        throw DatabaseFailure.corrupt("a run has no status")
      }
      let end = row[3].integer.map { Timestamp(milliseconds: $0) }
      return .text(RunState(status: status, endTime: end).coded)
    case .user: return row[4].field
    case .experiment: return row[5].field
    case .parent: return row[6].field
    }
  }

  /// The names of the fields that a run's row holds.
  func heldFields(_ entity: Int64) throws -> [FieldName] {
    let held = try sql.first("SELECT held FROM run WHERE id = ?", .integer(entity))?[0].integer ?? 0
    return HeldField.allCases.filter { held & $0.rawValue != 0 }.map(\.field)
  }

  /// Makes registers of fields that a run's row holds, before they are written again.
  ///
  /// - Parameter field: nil for all of them.
  func release(_ field: FieldName? = nil, of entity: EntityRow) throws {
    guard entity.kind == .run else { return }
    for name in try field.map({ HeldField($0) == nil ? [] : [$0] }) ?? heldFields(entity.id) {
      guard let value = try heldValue(entity.id, name), let held = HeldField(name) else { continue }
      try sql.run(
        "INSERT INTO register(entity, field, value) VALUES (?, ?, ?)", .integer(entity.id),
        .integer(fieldID(name)), .init(value))
      try sql.run(
        "UPDATE run SET held = held & ~?2 WHERE id = ?1", .integer(entity.id),
        .integer(held.rawValue))
    }
  }
}
