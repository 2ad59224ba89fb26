import FieldbookModel
import FieldbookReplication

/// What the ops of the log say of who may do what, kept aside: it is judged over all of them.
extension WriteTransaction {
  /// Keeps what ops of one segment say of who may do what, whether they have the right or not: that is judged over all
  /// that is known, once. Call before they are folded.
  func noteMembership(_ ops: [(Dot, Operation<Dot>)]) throws {
    var seen: [Dot]?
    var subjects: Set<EntityKey> = []
    let before = try membership()
    for (dot, op) in ops where op.isAboutMembership && understands(op) {
      guard op.kind == .enrolDevice ? op.namesItself : op.kind == .set else { continue }
      let changes = try op.cells.compactMap { cell in
        try change(cell, of: op, dot: dot).map { (cell, $0) }
      }
      guard !changes.isEmpty else { continue }
      let past = try seen ?? seenEvents(by: dot)
      if try keepEvents(changes, of: op, at: dot, past: past) { subjects.insert(op.entity) }
      // The next op of the log has seen this one, and nothing else that is new.
      seen = past.filter { $0.chain != dot.chain } + [dot]
    }
    guard !subjects.isEmpty else { return }
    try forgetMembership()
    if Mutant.isOn(.revocationUnfolded) { return }
    if try changesWhatWasFolded(before, try membership(), subjects) { needsRefold = true }
  }

  /// False if they were known.
  private func keepEvents(
    _ changes: [(Cell<Dot>, MembershipEvent.Change)], of op: Operation<Dot>, at dot: Dot,
    past: [Dot]
  ) throws -> Bool {
    let author = try chain(dot.chain).log.device
    var isNew = false
    for (cell, change) in changes {
      let added = try sql.run(
        """
        INSERT OR IGNORE INTO membership_event(dot, register, hash, author, subject, value, enrolment,
          succession, overwrites, past) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """, .integer(dot.raw), .integer(Int64(change.register.rawValue)),
        .blob(try hash(of: dot)), .blob(author.bytes), .blob(op.entity.bytes), change.value,
        .integer(op.kind == .enrolDevice ? 1 : 0),
        .integer(op.isSuccession(by: author, in: identity.workspace) ? 1 : 0),
        .blob(DotList.encode(cell.overwrites)), .blob(DotList.encode(past)))
      isNew = isNew || added > 0
    }
    return isNew
  }

  /// The last event of each chain that an op has seen.
  private func seenEvents(by dot: Dot) throws -> [Dot] {
    try sql.all(
      "SELECT dot >> 40, max(dot) FROM membership_event WHERE dot <> ? GROUP BY dot >> 40",
      .integer(dot.raw)
    ).compactMap { row in
      guard let id = row[0].integer, let last = row[1].integer.map(Dot.init(raw:)) else {
        return nil
      }
      let limit =
        id == dot.chain
        ? dot.number - 1 : isFoldingLocal ? .max : try coveredNumber(of: id, by: dot.chain)
      let number = min(last.number, limit)
      return number == 0 ? nil : Dot(chain: id, number: number)
    }
  }

  private func eventDots() throws -> Set<Dot> {
    Set(
      try sql.all("SELECT DISTINCT dot FROM membership_event").compactMap {
        $0[0].integer.map(Dot.init)
      })
  }

  private func change(_ cell: Cell<Dot>, of op: Operation<Dot>, dot: Dot) throws
    -> MembershipEvent.Change?
  {
    switch cell.field {
    case .role: return .role(cell.value?.text.flatMap(Role.init) ?? .reader)
    case .hub: return .hub(cell.value?.integer == 1)
    case .revocation:
      guard let text = cell.value?.text else { return .revocation(nil) }
      guard let cuts = Cuts(text: text) else { return .malformed }
      return try tips(cuts, of: op.entity, seenBy: dot).map { .revocation($0) } ?? .malformed
    default: return nil
    }
  }

  /// The ops that cuts name; nil if one is not of that device, or not in the past of the op at `dot`.
  private func tips(_ cuts: Cuts, of subject: EntityKey, seenBy dot: Dot) throws -> [Dot]? {
    var tips: [Dot] = []
    for cut in cuts.cuts {
      guard
        let row = try sql.first(
          "SELECT chain, last FROM segment WHERE hash = ?", .blob(cut.segment.bytes)),
        let id = row[0].integer, row[1].integer == Int64(cut.number)
      else { return nil }
      let log = try chain(id).log
      let tip = try self.dot(id, cut.number)
      guard log.device.entity == subject, log.epoch == cut.epoch,
        try isFoldingLocal || covers(dot.chain, tip)
      else { return nil }
      tips.append(tip)
    }
    return tips
  }

  /// True when ops that were folded already count for more or less than they did.
  private func changesWhatWasFolded(
    _ before: Membership, _ after: Membership, _ subjects: Set<EntityKey>
  ) throws -> Bool {
    if before.hasRevocations || after.hasRevocations {
      for dot in try eventDots() {
        if before.knows(dot), before.isEffective(dot) != after.isEffective(dot) { return true }
      }
    }
    var devices: Set<DeviceKey> = []
    for row in try sql.all("SELECT DISTINCT device FROM chain") {
      if let key = row[0].blob.flatMap(DeviceKey.init) { devices.insert(key) }
    }
    for device in devices {
      if subjects.contains(device.entity),
        try unseenRole(device, before) != unseenRole(device, after)
      {
        return true
      }
      guard before.isRevoked(device) || after.isRevoked(device) else { continue }
      for row in try sql.all(
        "SELECT id, fork, tip FROM chain WHERE device = ?", .blob(device.bytes))
      {
        guard let id = row[0].integer, let fork = row[1].integer, let tip = row[2].integer,
          tip > fork
        else { continue }
        let range = UInt64(fork)..<UInt64(tip)
        if before.accepted(range, on: id, of: device) != after.accepted(range, on: id, of: device) {
          return true
        }
      }
    }
    return false
  }

  /// What the work of a device counts for that had not seen its enrolment; nil where none can have been folded.
  private func unseenRole(_ device: DeviceKey, _ membership: Membership) throws -> Role? {
    // As `hasEffect` sees it: a replica that nobody knows yet is its own writer.
    let isOwn = device == identity.device && !membership.isNamed(device)
    if try isOwn || meta("founder").blob == device.bytes { return .writer }
    return membership.unseenAuthority(of: device)?.role
  }
}

extension Operation {
  /// True for one that can say something of who may do what: few do, and nothing else of them is looked at.
  fileprivate var isAboutMembership: Bool {
    cells.contains {
      $0.field.word == .role || $0.field.word == .hub || $0.field.word == .revocation
    }
  }

  /// A device's entity is a function of its key: nobody is enrolled under another's name.
  var namesItself: Bool {
    cells.first { $0.field == .key }?.value?.bytes.flatMap(DeviceKey.init)?.entity == entity
  }

  /// An enrolment of the author's own next key. That key has signed for it: nobody makes another's key its own.
  func isSuccession(by author: DeviceKey, in workspace: WorkspaceID) -> Bool {
    func bytes(_ field: FieldName) -> [UInt8]? { cells.first { $0.field == field }?.value?.bytes }
    guard kind == .enrolDevice, bytes(.predecessor) == author.bytes, let consent = bytes(.consent),
      let next = bytes(.key).flatMap(DeviceKey.init)
    else { return false }
    return Succession.verifies(consent, next: next, former: author, in: workspace)
  }
}
