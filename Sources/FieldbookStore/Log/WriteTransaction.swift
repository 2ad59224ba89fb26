import FieldbookModel
import FieldbookReplication

/// Everything that changes a replica happens in one of these, inside one database transaction.
///
/// Local changes append ops to the journal of the open segment and fold them at once; peers' segments are
/// stored and folded the same way. Not for use after the transaction ends.
package final class WriteTransaction {
  let sql: SQL
  let identity: LogIdentity
  var chainCache: [Int64: Chain] = [:]
  var entityCache: [EntityKey: EntityRow] = [:]
  var fieldIDs: [FieldName: Int64] = [:]
  var fieldNames: [Int64: FieldName] = [:]
  var recentFields = WriteTransaction.noFields
  var openedSegments: [Int64: OpenedSegment] = [:]
  var openedBytes = 0
  var known = KnownOps()
  /// Devices with logs that were forked just now.
  var forkedDevices: Set<DeviceKey> = []
  /// Fields with several values, of which the one to show is to be found.
  var unranked: [Register: Unranked] = [:]
  /// Traces whose rows are to be made anew.
  var staleTraces: Set<EntityKey> = []
  /// Creations that make deleted things, of those folded here.
  var madeDeleted: [EntityKey: [Dot]] = [:]
  /// And of all others with several: a clock was found to be ahead.
  var isRankingDoubted = false
  /// An op came that changes what earlier ones count for.
  var needsRefold = false
  /// And who has which rights is to be collected again, since values that were missing came.
  var needsCollection = false
  /// Of the chains that are folded now.
  var authorities: [Int64: Authority?] = [:]
  var plainWriters: [Int64: Bool] = [:]
  var presentMembership: Membership?
  var presentRole: Role??
  /// Its version, until it is committed.
  var unsavedMembership: Int64?
  /// Some op has no effect; nil when that was not looked up.
  var hasVoid: Bool?
  /// Cells that a purge names, to be taken out of the log.
  var unwithheld: [Dot: Set<Int>] = [:]
  /// Of manifests that were purged.
  var droppedPayloads: Set<ContentDigest> = []
  /// Values were taken out of the log.
  var hasWithheld = false
  private var metaCache: [String: SQL.Value] = [:]
  private var unsavedMeta: Set<String> = []
  /// Set when a segment was sealed: its number has to reach the high-water mark.
  package internal(set) var sealedNumber: UInt64?
  package internal(set) var newConflicts = 0
  /// While a tail becomes a chunk: its points are counted already.
  var flushing = false
  /// While an op of the open segment is folded: the past of its log is noted only when it is sealed.
  private(set) var isFoldingLocal = false

  /// True on a reader's connection: nothing may be interned there.
  let isReadOnly: Bool

  let cache: MembershipCache

  package init(
    sql: SQL, identity: LogIdentity, cache: MembershipCache, isReadOnly: Bool = false
  ) {
    self.sql = sql
    self.identity = identity
    self.cache = cache
    self.isReadOnly = isReadOnly
  }

  static let noFields = [(name: FieldName, id: Int64)?](repeating: nil, count: FieldName.slots)

  // MARK: Small facts of this replica

  func meta(_ key: String) throws -> SQL.Value {
    if let known = metaCache[key] { return known }
    let value = try sql.first("SELECT value FROM meta WHERE key = ?", .text(key))?.first ?? .null
    metaCache[key] = value
    return value
  }

  func setMeta(_ key: String, _ value: SQL.Value) throws {
    metaCache[key] = value
    unsavedMeta.insert(key)
  }

  /// Writes what was kept back until the end of the transaction. Call before it commits.
  func finish() throws {
    try rankUnranked()
    try refreshTraces()
    for key in unsavedMeta.sorted() {
      try sql.run(
        """
        INSERT INTO meta(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value
        """, .text(key), metaCache[key] ?? .null)
    }
    unsavedMeta = []
  }

  // MARK: The own log

  /// The log that this replica writes now. Its chain comes into being with the first op.
  package func ownLog() throws -> LogID {
    if let writer = try meta("own_device").blob, writer != identity.device.bytes {
      throw StoreFailure.otherKey
    }
    if let epoch = try meta("own_epoch").integer {
      return LogID(device: identity.device, epoch: UInt64(bitPattern: epoch))
    }
    return try startEpoch()
  }

  /// Leaves the present log for a new one with the same device key.
  @discardableResult
  package func startEpoch() throws -> LogID {
    let epoch = identity.random(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    try setMeta("own_epoch", .integer(Int64(bitPattern: epoch)))
    try setMeta("own_chain", .null)
    return LogID(device: identity.device, epoch: epoch)
  }

  func ownChain() throws -> Chain {
    let log = try ownLog()
    if let id = try meta("own_chain").integer { return try chain(id) }
    let made = try makeChain(log, parent: nil, fork: 0)
    try setMeta("own_chain", .integer(made.id))
    return made
  }

  func tick() throws -> HybridTime {
    var clock = HybridClock(last: HybridTime(stored: try meta("clock").integer ?? 0))
    let time = clock.tick(now: identity.now())
    try setMeta("clock", .integer(time.stored))
    return time
  }

  func observe(_ remotes: some Sequence<HybridTime>) throws {
    var clock = HybridClock(last: HybridTime(stored: try meta("clock").integer ?? 0))
    let now = identity.now()
    for remote in remotes { clock.observe(remote, now: now) }
    try setMeta("clock", .integer(clock.last.stored))
  }

  // MARK: Local changes

  /// Appends one op to the open segment and gives it its effect.
  @discardableResult
  package func append(kind: OperationKind, entity: EntityKey, cells: [Cell<Dot>]) throws -> Dot {
    try checkMayWrite()
    return try appendUnchecked(kind: kind, entity: entity, cells: cells)
  }

  /// Others would give what a reader or a revoked device writes no effect: better said at once.
  package func checkMayWrite() throws {
    if presentRole == nil { presentRole = .some(try role(of: identity.device)) }
    switch presentRole {
    case .some(.some(.reader)): throw StoreFailure.readerWrites
    case .some(nil) where try membership().isRevoked(identity.device): throw StoreFailure.revoked
    default: break
    }
  }

  /// As `append`, whatever this device may do: others decide for themselves what it counts for.
  @discardableResult
  package func appendUnchecked(
    kind: OperationKind, entity: EntityKey, cells: [Cell<Dot>], at clock: HybridTime? = nil
  ) throws -> Dot {
    for cell in cells { try WriteTransaction.checkSize(cell) }
    let chain = try ownChain()
    let number = chain.tip + 1
    try checkRoom(number, cells)
    let op = Operation(kind: kind, entity: entity, clock: try clock ?? tick(), cells: cells)
    let dot = Dot(chain: chain.id, number: number)
    _ = try journalSeed()
    let encoded = JournalCoding.encode(op)
    try sql.run(
      """
      INSERT INTO journal(number, op, total) VALUES (?, ?, ? + coalesce(
        (SELECT total FROM journal ORDER BY number DESC LIMIT 1), 0))
      """, .integer(Int64(number)), .blob(encoded), .integer(Int64(encoded.count)))
    try advance(chain.id, tip: number, segment: nil, clock: op.clock)
    try foldLocal(op, dot: dot)
    try rankUnranked()
    return dot
  }

  /// Everything held here is in the past of an op of the open segment.
  func foldLocal(_ op: Operation<Dot>, dot: Dot) throws {
    isFoldingLocal = true
    defer { isFoldingLocal = false }
    try fold(op, dot: dot)
  }

  /// Whatever is written here must be readable there: a transaction is never split, so it must fit a segment.
  private func checkRoom(_ number: UInt64, _ cells: [Cell<Dot>]) throws {
    let open = try sql.first(
      """
      SELECT (SELECT min(number) FROM journal), total FROM journal ORDER BY number DESC LIMIT 1
      """)
    let first = UInt64(open?[0].integer ?? Int64(number))
    let bytes = open?[1].integer ?? 0
    guard number - first < UInt64(SegmentLimits.ops), bytes < SegmentLimits.bodyBytes / 2,
      cells.count <= SegmentLimits.cellsPerOp,
      cells.allSatisfy({ $0.overwrites.count <= SegmentLimits.overwritesPerCell })
    else {
      throw InvalidInput(
        "this is more than fits one change", hint: "record it in several smaller steps")
    }
  }

  /// A create op: values that nothing was there to overwrite. Fields beyond what one op holds follow in others, and so do
  /// those that have values though the thing was not made here: whoever made it counts for nothing now.
  @discardableResult
  package func create(
    _ kind: OperationKind, _ entity: EntityKey, _ fields: [(FieldName, FieldValue)]
  ) throws -> Dot {
    let known = try existingEntity(entity)
    let held = try known.map { try self.held(of: $0, fields.map(\.0)) } ?? []
    let cells = fields.filter { !held.contains($0.0) }
      .map { Cell<Dot>(field: $0.0, overwrites: [], value: $0.1) }
    let dot = try append(
      kind: kind, entity: entity, cells: Array(cells.prefix(WriteTransaction.cellsPerOp)))
    for part in WriteTransaction.parts(cells.dropFirst(WriteTransaction.cellsPerOp)) {
      try append(kind: .set, entity: entity, cells: part)
    }
    if !held.isEmpty { try set(entity, fields.filter { held.contains($0.0) }.map { ($0.0, $0.1) }) }
    // Somebody deleted it whose maker counts for nothing.
    if let known, known.kind == nil, known.isDeleted,
      !fields.contains(where: { $0.0 == .lifecycle })
    {
      try set(entity, [(.lifecycle, .text(Lifecycle.active.rawValue))])
    }
    return dot
  }

  /// Fields that have values which a set would overwrite; not what a creation has to say itself.
  private func held(of entity: EntityRow, _ fields: [FieldName]) throws -> Set<FieldName> {
    Set(
      try fields.filter { field in
        switch field.word {
        case .experiment, .model, .leasedNumber: false
        default:
          try !FieldRule.of(field).keepsEvery && !live(entity, fieldID(field)).isEmpty
        }
      })
  }

  /// Fields of one op as this program writes it; readers take more.
  static let cellsPerOp = 1000

  static func parts(_ cells: ArraySlice<Cell<Dot>>) -> [[Cell<Dot>]] {
    stride(from: cells.startIndex, to: cells.endIndex, by: cellsPerOp).map {
      Array(cells[$0..<min($0 + cellsPerOp, cells.endIndex)])
    }
  }

  /// Sets fields of one entity; each overwrites every value of it that is known here, and whoever writes knew.
  @discardableResult
  package func set(
    _ entity: EntityKey, _ fields: [(FieldName, FieldValue?)],
    knowing isKnown: (FieldValue) -> Bool = { _ in true }
  ) throws -> Dot {
    let row = try entityRow(entity)
    let cells = try WriteTransaction.once(fields).map { field, value in
      let known = FieldRule.of(field).keepsEvery ? [] : try self.known(of: row, field, isKnown)
      return Cell(field: field, overwrites: known, value: value)
    }
    var last: Dot?
    for part in WriteTransaction.parts(cells[...]) {
      last = try append(kind: .set, entity: entity, cells: part)
    }
    guard let last else {
      throw InvalidInput("there is nothing to change", hint: "name a field and its value")
    }
    return last
  }

  /// An op that names one field twice has no effect anywhere: of several values the last counts.
  private static func once(
    _ fields: [(FieldName, FieldValue?)]
  ) -> [(FieldName, FieldValue?)] {
    var places: [FieldName: Int] = [:]
    var once: [(FieldName, FieldValue?)] = []
    for (field, value) in fields {
      if let place = places[field], !FieldRule.of(field).keepsEvery {
        once[place].1 = value
      } else {
        places[field] = once.count
        once.append((field, value))
      }
    }
    return once
  }

  private static func checkSize(_ cell: Cell<Dot>) throws {
    let bytes =
      switch cell.value {
      case .text(let text): text.utf8.count
      case .bytes(let bytes): bytes.count
      default: 0
      }
    guard bytes <= Limits.valueBytes, cell.field.text.utf8.count <= Limits.fieldNameBytes else {
      throw InvalidInput(
        "the value of \(cell.field.text.prefix(60)) is \(bytes) bytes long, the limit is \(Limits.valueBytes)",
        hint: "log it as an artifact instead: fieldbook log artifact FILE")
    }
  }
}

extension FieldRule? {
  /// True for sets in which a new value never replaces another.
  var keepsEvery: Bool {
    switch self {
    case .growOnly, .manifests: true
    default: false
    }
  }
}
