import FieldbookModel
import FieldbookReplication

/// What a device might do when it wrote: its role in the causal past of its op, never the one that it has now.
///
/// Causal delivery makes that the same on every replica: whatever an op had seen is folded before it.
struct Authority: Equatable {
  var role: Role
  var isHub: Bool

  func permits(_ permission: Permission) -> Bool {
    switch permission {
    case .write: role != .reader
    case .administer: role == .admin
    case .hub: isHub && role == .admin
    case .found: false
    }
  }
}

extension WriteTransaction {
  /// False for an op without the right: it stays in the log and has no effect.
  func isPermitted(_ op: Operation<Dot>, dot: Dot) throws -> Bool {
    let author = try chain(dot.chain).log.device
    let needed = Permission.needed(for: op, by: author, in: identity.workspace)
    if needed == .found { return isGenesis(op, by: author) }
    if op.kind == .enrolDevice, !namesItself(op) { return false }
    return try authority(dot.chain, author).permits(needed)
  }

  func keepVoid(_ op: Operation<Dot>, _ dot: Dot) throws {
    try sql.run("INSERT OR IGNORE INTO void_op(dot) VALUES (?)", .integer(dot.raw))
  }

  func isVoid(_ dot: Dot) throws -> Bool {
    try sql.first("SELECT 1 FROM void_op WHERE dot = ?", .integer(dot.raw)) != nil
  }

  /// The workspace's id commits to its founder's key and the op's nonce.
  private func isGenesis(_ op: Operation<Dot>, by author: DeviceKey) -> Bool {
    guard op.entity == identity.workspace.key,
      let nonce = op.cells.first(where: { $0.field == .nonce })?.value?.bytes
    else { return false }
    return Genesis.workspaceID(founder: author, nonce: nonce) == identity.workspace
  }

  /// A device's entity is a function of its key: nobody is enrolled under another's name.
  private func namesItself(_ op: Operation<Dot>) -> Bool {
    op.cells.first { $0.field == .key }?.value?.bytes.flatMap(DeviceKey.init)?.entity == op.entity
  }

  /// Kept while a segment is folded: all its ops have the same foreign past.
  private func authority(_ chainID: Int64, _ author: DeviceKey) throws -> Authority {
    if let known = authorities[chainID] { return known }
    let found = try findAuthority(chainID, author)
    authorities[chainID] = found
    return found
  }

  private func findAuthority(_ chainID: Int64, _ author: DeviceKey) throws -> Authority {
    let roles = try seen(.role, of: author, by: chainID)
    let hubs = try seen(.hub, of: author, by: chainID)
    guard !roles.isEmpty else {
      if try isFounder(author) { return Authority(role: .admin, isHub: true) }
      // Written before its author knew of the enrolment that lets it in: admitted as a writer's work, at most.
      return Authority(role: try enrolledAsReader(author) ? .reader : .writer, isHub: false)
    }
    // Decided differently by two admins: the more restrictive holds.
    let role = roles.compactMap { $0.text.flatMap(Role.init) }.max {
      $0.restriction < $1.restriction
    }
    return Authority(
      role: role ?? .reader, isHub: !hubs.isEmpty && hubs.allSatisfy { $0.integer == 1 })
  }

  /// The values of a device's field that stand in the past of what a chain has applied so far.
  private func seen(_ field: FieldName, of device: DeviceKey, by chainID: Int64) throws
    -> [FieldValue]
  {
    guard let entity = try existingEntity(device.entity) else { return [] }
    var values: [Dot: FieldValue] = [:]
    var overwritten: Set<Dot> = []
    for row in try sql.all(
      "SELECT dot, overwrites, value FROM blocking_op WHERE entity = ? AND field = ?",
      .integer(entity.id), .integer(fieldID(field)))
    {
      guard let dot = row[0].integer.map(Dot.init(raw:)), let before = row[1].blob,
        try isFoldingLocal || covers(chainID, dot)
      else { continue }
      values[dot] = row[2].field
      overwritten.formUnion(try BlockingOverwrites.decode(before))
    }
    return values.filter { !overwritten.contains($0.key) }.map(\.value)
  }

  private func isFounder(_ device: DeviceKey) throws -> Bool {
    guard let entity = try existingEntity(identity.workspace.key),
      let nonce = try shownValue(entity.id, .nonce).blob
    else { return false }
    return Genesis.workspaceID(founder: device, nonce: nonce) == identity.workspace
  }

  /// One enrolment as a reader is enough, in whatever order several come.
  private func enrolledAsReader(_ device: DeviceKey) throws -> Bool {
    try sql.first(
      "SELECT 1 FROM reader_enrolment WHERE device = ?", .blob(device.bytes)) != nil
  }

  /// Notes an enrolment as a reader. What the device wrote before it knew of it counts no more, even if it was folded
  /// already: then all is folded again.
  func noteEnrolment(_ op: Operation<Dot>) throws {
    guard op.kind == .enrolDevice,
      op.cells.contains(where: { $0.field == .role && $0.value?.text == Role.reader.rawValue }),
      let key = op.cells.first(where: { $0.field == .key })?.value?.bytes
    else { return }
    let isNew =
      try sql.run("INSERT OR IGNORE INTO reader_enrolment(device) VALUES (?)", .blob(key)) > 0
    let hasWritten =
      try sql.first("SELECT 1 FROM chain WHERE device = ? LIMIT 1", .blob(key)) != nil
    if isNew, hasWritten { needsRefold = true }
  }
}

extension Role {
  /// Greater for what may do less.
  fileprivate var restriction: Int {
    switch self {
    case .admin: 0
    case .writer: 1
    case .reader: 2
    }
  }
}
