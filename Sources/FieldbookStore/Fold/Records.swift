import FieldbookModel
import FieldbookReplication

/// The typed tables that lists and searches read. A cache of registers, refreshed with every op.
enum RecordTable: String {
  case run, experiment, model, version, device, trace, config

  init?(_ kind: EntityKind) {
    switch kind {
    case .run: self = .run
    case .experiment: self = .experiment
    case .model: self = .model
    case .version: self = .version
    case .device: self = .device
    case .trace: self = .trace
    case .config: self = .config
    case .workspace, .loggedModel: return nil
    }
  }

  /// And the time of its creation.
  var hasUpdatedTime: Bool { self == .version || hasOwnNames }

  /// Things that people know by name alone: two of one name are told apart.
  var hasOwnNames: Bool { self == .experiment || self == .model || self == .config }
}

extension WriteTransaction {
  /// - Parameter isFirst: nothing named the entity before.
  /// - Returns: the fields that the record holds in place of registers, as bits of `HeldField`.
  @discardableResult
  func makeRecord(
    _ entity: EntityRow, _ kind: EntityKind, _ op: Operation<Dot>, isFirst: Bool
  ) throws -> Int64 {
    if kind == .run { return try makeRunRecord(entity, op, isFirst: isFirst) }
    let id = SQL.Value.integer(entity.id)
    let key = SQL.Value.text(entity.key.hex)
    let time = SQL.Value.integer(op.clock.milliseconds)
    switch kind {
    case .experiment:
      try sql.run(
        """
        INSERT INTO experiment(id, key, decimal, lifecycle, created_time, updated_time)
        VALUES (?, ?, ?, 'active', ?, ?)
        """, id, key, .text(ExperimentID(entity.key).decimal), time, time)
    case .model:
      try sql.run(
        """
        INSERT INTO model(id, key, lifecycle, created_time, updated_time) VALUES (?, ?, 'active', ?, ?)
        """, id, key, time, time)
    case .version:
      try sql.run(
        """
        INSERT INTO version(id, key, lifecycle, created_time, updated_time) VALUES (?, ?, 'active', ?, ?)
        """, id, key, time, time)
    case .device:
      try sql.run("INSERT INTO device(id, key) VALUES (?, x'')", id)
    case .trace:
      try sql.run(
        """
        INSERT INTO trace(id, lifecycle, called, time, state, spans) VALUES (?, 'active', '', ?, ?, 0)
        """, id, time, .text(TraceState.inProgress.rawValue))
      staleTraces.insert(entity.key)
    case .config:
      try sql.run(
        """
        INSERT INTO config(id, key, lifecycle, created_time, updated_time) VALUES (?, ?, 'active', ?, ?)
        """, id, key, time, time)
    case .run, .workspace, .loggedModel: break
    }
    return 0
  }

  /// Copies what an op changed into the typed table of its entity.
  ///
  /// - Parameter isFirst: the op made the record, and nothing named the entity before.
  func refreshRecord(
    _ entity: EntityRow, _ op: Operation<Dot>, _ dot: Dot, isFirst: Bool = false
  ) throws {
    let isNews = op.cells.contains { $0.field != .modelMetrics }
    // What is to be of it may come later.
    if isNews, op.kind.createdKind == nil, entity.kind == .loggedModel || entity.kind == nil {
      try noteUpdate(entity, op.clock)
    }
    guard let kind = entity.kind, let table = RecordTable(kind) else { return }
    guard table != .trace else {
      staleTraces.insert(entity.key)
      return
    }
    for cell in op.cells.lazy.filter({ cell in
      // Of the fields with a family, only datasets are copied; a new run's row has all others.
      table != .run || cell.field.family == .datasets || !isFirst && cell.field.family == nil
    }) {
      if let column = WriteTransaction.columns[table]?[cell.field] {
        try copy(entity, cell.field, into: "\(table.rawValue).\(column)", table: table, column)
      }
      switch (table, cell.field) {
      case (.run, .status): try copyState(entity)
      case (.run, .experiment): try copyExperiment(entity)
      case (.version, .model):
        try copyModel(entity)
        try copyNumber(entity)
      case (.version, .leasedNumber): try copyNumber(entity)
      case (.experiment, .name), (.model, .name), (.config, .name):
        try refreshNames(table, of: entity)
      case (.version, .number):
        try copyNumber(entity)
      case (.version, .lifecycle): try refreshNumbers(of: entity)
      case (.device, .leases): try refreshClaims()
      case (_, let field) where table == .run && field.family == .datasets:
        try refreshDatasets(entity)
      case (.device, .acknowledgedForks):
        if let key = try sql.first("SELECT key FROM device WHERE id = ?", .integer(entity.id))?[0]
          .blob
          .flatMap(DeviceKey.init)
        {
          try noteFork(key)
        }
      default: break
      }
    }
    if table.hasUpdatedTime, isNews || op.kind.createdKind != nil {
      try sql.run(
        composed: """
          UPDATE \(table.rawValue) SET updated_time = max(updated_time, ?1)
          WHERE id = ?2 AND (SELECT updated FROM entity WHERE id = ?2) <> ?3
          """, .integer(op.clock.milliseconds), .integer(entity.id),
        .integer(WriteTransaction.disputed))
    }
  }

  private static let columns: [RecordTable: [FieldName: String]] = [
    .run: [
      .name: "name", .startTime: "start_time", .user: "user", .parent: "parent",
    ],
    .experiment: [.name: "name", .createdTime: "created_time"],
    .model: [.name: "name", .createdTime: "created_time"],
    .config: [.name: "name", .createdTime: "created_time"],
    .version: [
      .createdTime: "created_time",
      .provisional: "provisional", .ordinal: "ordinal", .source: "source",
      .modelStatus: "status",
    ],
    .device: [.key: "key", .deviceName: "name", .owner: "owner", .role: "role", .hub: "hub"],
  ]

  func shownValue(_ entity: Int64, _ field: FieldName) throws -> SQL.Value {
    let row = try sql.first(
      "SELECT value FROM register WHERE entity = ? AND field = ?", .integer(entity),
      .integer(fieldID(field)))
    if let row { return row[0] }
    return try heldValue(entity, field).map { .init($0) } ?? .null
  }

  /// When a logged model, or what is not known yet, changed last, by its writers' clocks.
  private func noteUpdate(_ entity: EntityRow, _ clock: HybridTime) throws {
    try sql.run(
      "UPDATE entity SET updated = max(updated, ?) WHERE id = ? AND updated <> ?",
      .integer(clock.stored), .integer(entity.id), .integer(WriteTransaction.disputed))
  }

  private func copy(
    _ entity: EntityRow, _ field: FieldName, into: String, table: RecordTable, _ column: String
  ) throws {
    var value = try shownValue(entity.id, field)
    if table == .device, column == "key", value == .null { value = .blob([]) }
    if column == "created_time" || column == "start_time", value == .null { return }
    try sql.run(
      composed: "UPDATE \(table.rawValue) SET \(column) = ? WHERE id = ?", value,
      .integer(entity.id))
  }

  private func copyState(_ entity: EntityRow) throws {
    let state = try shownValue(entity.id, .status).text.flatMap(RunState.init(coded:))
    try sql.run(
      "UPDATE run SET status = ?, end_time = ? WHERE id = ?", .optional(state?.status.rawValue),
      .optional(state?.endTime?.milliseconds), .integer(entity.id))
  }

  private func copyExperiment(_ entity: EntityRow) throws {
    guard let key = try shownValue(entity.id, .experiment).field.key else { return }
    let experiment = try entityRow(key)
    try sql.run(
      "UPDATE run SET experiment = ? WHERE id = ?", .integer(experiment.id), .integer(entity.id))
  }

  private func copyModel(_ entity: EntityRow) throws {
    guard let key = try shownValue(entity.id, .model).field.key else { return }
    let model = try entityRow(key)
    let run = try shownValue(entity.id, .run).field.key
    try sql.run(
      "UPDATE version SET model = ?, run = ? WHERE id = ?", .integer(model.id),
      .optional(run?.hex), .integer(entity.id))
  }

  /// The number that the allocator gave, or took back; else the one that the version's device gave it from a lease.
  private func copyNumber(_ entity: EntityRow) throws {
    let given = try sql.first(
      "SELECT value FROM register WHERE entity = ? AND field = ?", .integer(entity.id),
      .integer(fieldID(.number)))
    let number = try given.map { $0[0].integer } ?? claimedNumber(of: entity)
    try sql.run(
      "UPDATE version SET number = ? WHERE id = ?", .optional(number), .integer(entity.id))
    try refreshNumbers(of: entity)
  }

  /// Versions that claim a number which may have been leased only now: a device that keeps to the rules makes none.
  private func refreshClaims() throws {
    for row in try sql.all(
      """
      SELECT e.key FROM version v JOIN register r ON r.entity = v.id AND r.field = ?
      JOIN entity e ON e.id = v.id WHERE v.number IS NULL
      """, .integer(fieldID(.leasedNumber)))
    {
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }) else { continue }
      try copyNumber(entityRow(key))
    }
  }

  /// Names claimed by several things: the oldest shows the bare name, the others `name~a3f91c02`.
  func refreshNames(_ table: RecordTable, of entity: EntityRow) throws {
    let before = try sql.first(
      composed: "SELECT shown_name FROM \(table.rawValue) WHERE id = ?", .integer(entity.id))?[0]
      .text
    var names: Set<String> = []
    if let before { names.insert(table.bareName(before)) }
    if let name = try shownValue(entity.id, .name).text {
      names.insert(name)
      try sql.run(
        composed: "UPDATE \(table.rawValue) SET name = ?, shown_name = ? WHERE id = ?", .text(name),
        .text(name), .integer(entity.id))
    }
    let field = try fieldID(.name)
    for name in names.sorted() {
      let claims = try sql.all(
        composed: """
          SELECT t.id, e.key FROM \(table.rawValue) t JOIN entity e ON e.id = t.id
          WHERE t.name = ? AND t.lifecycle = 'active' ORDER BY e.created_clock, e.key
          """, .text(name))
      for (index, claim) in claims.enumerated() {
        guard let id = claim[0].integer, let key = claim[1].blob.flatMap({ EntityKey(bytes: $0) })
        else { continue }
        try sql.run(
          composed: "UPDATE \(table.rawValue) SET shown_name = ? WHERE id = ?",
          .text(index == 0 ? name : table.name(name, of: key)), .integer(id))
        try markConflict(id, field, .name, blocking: false, open: index > 0)
      }
    }
    let isActive = try sql.first(
      composed: "SELECT 1 FROM \(table.rawValue) WHERE id = ? AND lifecycle = 'active'",
      .integer(entity.id))
    if isActive == nil { try markConflict(entity.id, field, .name, blocking: false, open: false) }
  }

  /// Two versions of one model with one final number: a restored allocator gave it twice.
  private func refreshNumbers(of entity: EntityRow) throws {
    guard
      let model = try sql.first("SELECT model FROM version WHERE id = ?", .integer(entity.id))?[0]
        .integer
    else { return }
    try refreshNumbers(inModel: model)
  }

  /// - Parameter model: its row.
  func refreshNumbers(inModel model: Int64) throws {
    let field = try fieldID(.number)
    let rows = try sql.all(
      """
      SELECT v.id, (SELECT count(*) FROM version w WHERE w.model = v.model AND w.number = v.number)
      FROM version v WHERE v.model = ?
      """, .integer(model))
    for row in rows {
      guard let id = row[0].integer else { continue }
      let limit: Int64 = Mutant.isOn(.twinNumbersHidden) ? .max : 1
      try markConflict(id, field, .version, blocking: false, open: (row[1].integer ?? 0) > limit)
    }
  }

  private func refreshDatasets(_ entity: EntityRow) throws {
    try sql.run("DELETE FROM dataset_use WHERE run = ?", .integer(entity.id))
    for row in try sql.all(
      """
      SELECT r.value FROM register r JOIN field f ON f.id = r.field
      WHERE r.entity = ? AND f.name GLOB 'datasets.*'
      """, .integer(entity.id))
    {
      guard let text = row[0].text, let dataset = DatasetCoding.decode(text) else { continue }
      try sql.run(
        "INSERT INTO dataset_use(run, name, digest, context) VALUES (?, ?, ?, ?)",
        .integer(entity.id), .text(dataset.name), .text(dataset.digest),
        .optional(dataset.context))
    }
  }
}
