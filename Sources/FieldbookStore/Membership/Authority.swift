import FieldbookModel
import FieldbookReplication

/// What an op counts for: the rights of its author in its causal past, and revocations wherever they were written.
extension WriteTransaction {
  /// False for an op without the right, and for one that a revocation cuts off: it stays in the log and has no effect.
  func hasEffect(_ op: Operation<Dot>, dot: Dot) throws -> Bool {
    let author = try chain(dot.chain).log.device
    let needed = Permission.needed(for: op, by: author, in: identity.workspace)
    // What only needs the right to write says nothing of who may do what: it is none of the events.
    if needed == .write, try isPlainWriter(dot.chain, author) { return true }
    if needed == .found {
      // The first of a log; one that came later would be a second beginning.
      guard isGenesis(op, by: author), dot.number == 1 else { return false }
      try noteFounder(author, genesis: dot)
      return try !membership().isCut(dot, by: author)
    }
    if isFoldingLocal, needed == .administer { try noteMembership([(dot, op)]) }
    if op.kind == .enrolDevice, !op.namesItself { return false }
    let membership = try membership()
    let isCut = membership.hasRevocations && membership.isCut(dot, by: author)
    if isCut, !Mutant.isOn(.revokedApplied) { return false }
    if membership.knows(dot) { return membership.isEffective(dot) }
    if let authority = try authority(dot.chain, author) { return authority.permits(needed) }
    // Before others know a replica at all, it is its own writer.
    return author == identity.device && needed == .write && !membership.isNamed(author)
  }

  func keepVoid(_ op: Operation<Dot>, _ dot: Dot) throws {
    try sql.run("INSERT OR IGNORE INTO void_op(dot) VALUES (?)", .integer(dot.raw))
    hasVoid = true
  }

  func isVoid(_ dot: Dot) throws -> Bool {
    if hasVoid == nil { hasVoid = try sql.first("SELECT 1 FROM void_op LIMIT 1") != nil }
    guard hasVoid == true else { return false }
    return try sql.first("SELECT 1 FROM void_op WHERE dot = ?", .integer(dot.raw)) != nil
  }

  /// What a cell overwrites. One that overwrites an op without effect inherits what that one overwrote.
  func overwritten(by cell: Cell<Dot>) throws -> [Dot] {
    if Mutant.isOn(.nothingInherited) { return cell.overwrites }
    guard try cell.overwrites.contains(where: isVoid) else { return cell.overwrites }
    var found: Set<Dot> = []
    var open = cell.overwrites
    while let dot = open.popLast() {
      guard found.insert(dot).inserted, try isVoid(dot) else { continue }
      open += try operation(dot).cells.first { $0.field == cell.field }?.overwrites ?? []
    }
    return found.sorted()
  }

  /// The workspace's id commits to its founder's key and the op's nonce.
  private func isGenesis(_ op: Operation<Dot>, by author: DeviceKey) -> Bool {
    guard op.entity == identity.workspace.key,
      let nonce = op.cells.first(where: { $0.field == .nonce })?.value?.bytes
    else { return false }
    return Genesis.workspaceID(founder: author, nonce: nonce) == identity.workspace
  }

  /// True where nobody is revoked and the author may write: asked once a segment.
  private func isPlainWriter(_ chainID: Int64, _ author: DeviceKey) throws -> Bool {
    if let known = plainWriters[chainID] { return known }
    let isPlain =
      try !membership().hasRevocations && authority(chainID, author)?.permits(.write) == true
    plainWriters[chainID] = isPlain
    return isPlain
  }

  /// Call before ops with another past are folded.
  func forgetAuthorities() {
    authorities = [:]
    plainWriters = [:]
  }

  /// Kept while a segment is folded: all its ops have the same foreign past.
  private func authority(_ chainID: Int64, _ author: DeviceKey) throws -> Authority? {
    if let known = authorities[chainID] { return known }
    let found = try membership().authority(of: author) { dot in
      try isFoldingLocal || Mutant.isOn(.rightsOfToday) || covers(chainID, dot)
    }
    authorities[chainID] = .some(found)
    return found
  }
}
