import FieldbookModel

/// Decides which revocations stand.
///
/// A revocation counts if its author had the right in its causal past, and if neither it itself nor another one that
/// stands cuts it off or takes that right away. Those that had not seen each other are judged by seniority: of two
/// admins who revoke each other, the one who is fewer enrolments away from the founder prevails. One that comes later in
/// causal order can cut off an earlier one.
struct MembershipJudge {
  let founder: DeviceKey?
  /// The founder's ops that make the workspace.
  let genesis: Set<Dot>
  let isAncestor: @Sendable (Dot, Dot) -> Bool
  private(set) var events: [Dot: [MembershipEvent]] = [:]
  private(set) var bySubject: [EntityKey: [MembershipEvent]] = [:]
  /// Each after those that it has seen.
  private var order: [Dot] = []
  private var place: [Dot: Int] = [:]
  /// Revocations that count in the judgement so far, and whom they are about.
  private var standing: Set<Dot> = []
  private var revoked: Set<EntityKey> = []
  /// Of the events up to some place in the order.
  private var judged: [Bool] = []

  /// Revocations of one author that are looked at: an admin does not revoke more in a lifetime, and a thief must not
  /// keep everyone busy.
  static let revocationsPerAuthor = 256

  init(
    founder: DeviceKey?, genesis: Set<Dot>, events: [MembershipEvent],
    isAncestor: @escaping @Sendable (Dot, Dot) -> Bool
  ) {
    self.founder = founder
    self.genesis = genesis
    self.isAncestor = isAncestor
    var weights: [Dot: UInt64] = [:]
    for event in events {
      self.events[event.dot, default: []].append(event)
      bySubject[event.subject, default: []].append(event)
      weights[event.dot] = event.past.weight
    }
    order = weights.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    for (index, dot) in order.enumerated() { place[dot] = index }
  }

  /// Ops of the revocations that stand. From then on `isEffective` answers under them.
  mutating func findStanding() -> Set<Dot> {
    let revocations = countedRevocations()
    guard !revocations.isEmpty else { return [] }
    let sequence = judgingOrder(revocations)
    var banned: Set<Dot> = []
    judging: while true {
      use([])
      for next in sequence where !banned.contains(next.dot) {
        let before = standing
        use(before.union([next.dot]))
        guard isEffective(next.dot) else {
          use(before)
          continue
        }
        let fallen = before.filter { !isEffective($0) }
        if !fallen.isEmpty {
          banned.formUnion(fallen)
          continue judging
        }
      }
      return standing
    }
  }

  /// True for an op whose author had the right, and that no standing revocation cuts off.
  mutating func isEffective(_ dot: Dot) -> Bool {
    guard let place = place[dot] else { return false }
    // In order, so that no answer has to wait for another one, however long a chain of enrolments is.
    while judged.count <= place {
      let found = events[order[judged.count]] ?? []
      judged.append(found.allSatisfy { !isCut($0) } && found.allSatisfy { isPermitted($0) })
    }
    return judged[place]
  }

  private mutating func use(_ revocations: Set<Dot>) {
    guard revocations != standing || judged.isEmpty else { return }
    standing = revocations
    revoked = Set(revocations.flatMap { events[$0] ?? [] }.map(\.subject))
    judged = []
  }

  private func countedRevocations() -> [MembershipEvent] {
    let all = events.values.flatMap(\.self).filter { $0.register == .revocation }
    return Dictionary(grouping: all, by: \.author).values.flatMap { own in
      own.count <= MembershipJudge.revocationsPerAuthor
        ? own
        : own.filter { one in
          own.count { one.past.contains($0.dot) } < MembershipJudge.revocationsPerAuthor
        }
    }
  }

  /// Each after those that it has seen; of several that could be next, the most senior author's.
  private mutating func judgingOrder(_ revocations: [MembershipEvent]) -> [MembershipEvent] {
    let ranks = seniority()
    var waits = revocations.map { one in
      revocations.count { one.past.contains($0.dot) }
    }
    var ready = revocations.indices.filter { waits[$0] == 0 }
    var sequence: [MembershipEvent] = []
    while let best = ready.min(by: { precedes(revocations[$0], revocations[$1], ranks) }) {
      ready.removeAll { $0 == best }
      sequence.append(revocations[best])
      for index in revocations.indices
      where revocations[index].past.contains(revocations[best].dot) {
        waits[index] -= 1
        if waits[index] == 0 { ready.append(index) }
      }
    }
    return sequence
  }

  private func precedes(
    _ left: MembershipEvent, _ right: MembershipEvent, _ ranks: [EntityKey: Int]
  ) -> Bool {
    if left.author != right.author {
      switch (ranks[left.author.entity], ranks[right.author.entity]) {
      case (let one?, let other?) where one != other: return one < other
      case (_?, nil): return true
      case (nil, _?): return false
      default: break
      }
    }
    return left.hash.lexicographicallyPrecedes(right.hash)
  }

  // MARK: One event

  private func isCut(_ event: MembershipEvent) -> Bool {
    guard !revoked.isEmpty, revoked.contains(event.author.entity) else { return false }
    // None takes away the cut that it falls under itself.
    let all = (bySubject[event.author.entity] ?? []).filter {
      $0.register == .revocation && standing.contains($0.dot) && $0.dot != event.dot
    }
    return Membership.standing(all, isEffective: { _ in true }, seeing: { _ in true })
      .contains { revocation in
        guard case .revocation(let tips?) = revocation.change else { return false }
        return !tips.contains { isAncestor(event.dot, $0) }
      }
  }

  private mutating func isPermitted(_ event: MembershipEvent) -> Bool {
    switch event.change {
    case .malformed: return false
    case .revocation where event.subject == event.author.entity: return false
    case .revocation(let tips?) where event.subject == founder?.entity:
      // Without the op that made the workspace there is none.
      guard genesis.contains(where: { one in tips.contains { isAncestor(one, $0) } }) else {
        return false
      }
    default: break
    }
    let roles = values(.role, of: event.author, in: event.past)
    if roles.isEmpty { return event.author == founder }
    let authority = Authority(roles: roles, hubs: values(.hub, of: event.author, in: event.past))
    if authority.role == .admin { return true }
    guard authority.role == .writer else { return false }
    switch event.change {
    case .role(let role):
      // A device lets in its own next key, with no more rights than its own.
      return event.isSuccession && role.restriction >= authority.role.restriction
    case .hub(let isHub): return event.isSuccession && !isHub
    case .revocation(let tips):
      // And nobody's but its own revocation is overwritten by that.
      return tips != nil && isSuccessor(event.author, of: event.subject, in: event.past)
        && event.overwrites.allSatisfy { dot in
          events[dot]?.allSatisfy { $0.author == event.author } ?? true
        }
    case .malformed: return false
    }
  }

  /// A device's next key retires the one before it.
  private mutating func isSuccessor(
    _ device: DeviceKey, of former: EntityKey, in past: EventPast
  ) -> Bool {
    let enrolments = (bySubject[device.entity] ?? []).filter {
      $0.isSuccession && $0.author.entity == former && past.contains($0.dot)
    }
    for enrolment in enrolments where isEffective(enrolment.dot) { return true }
    return false
  }

  private mutating func values(
    _ register: MembershipEvent.Register, of device: DeviceKey, in past: EventPast
  ) -> [MembershipEvent] {
    let all = (bySubject[device.entity] ?? []).filter {
      $0.register == register && past.contains($0.dot)
    }
    guard !all.isEmpty else { return [] }
    let effective = Set(all.map(\.dot).filter { isEffective($0) })
    return Membership.standing(
      all, isEffective: { effective.contains($0) }, seeing: { _ in true })
  }

  // MARK: Seniority

  /// Smaller for who is fewer enrolments away from the founder, then for whose enroller is more senior, then for who was
  /// enrolled earlier. A next key stands where the key before it stood. Nobody can improve a device's own but those
  /// before it on the way.
  private mutating func seniority() -> [EntityKey: Int] {
    guard let founder else { return [:] }
    use([])
    var enrolments: [EntityKey: [MembershipEvent]] = [:]
    for event in events.values.flatMap(\.self) where event.isEnrolment && event.register == .role {
      if isEffective(event.dot) { enrolments[event.author.entity, default: []].append(event) }
    }
    for (enroller, own) in enrolments {
      let ranked = own.map { one in (one, own.count { one.past.contains($0.dot) }) }
      enrolments[enroller] = ranked.sorted { left, right in
        left.1 != right.1
          ? left.1 < right.1 : left.0.hash.lexicographicallyPrecedes(right.0.hash)
      }.map(\.0)
    }
    var ranks: [EntityKey: Int] = [:]
    var level: [EntityKey] = []
    func rank(_ device: EntityKey) {
      var open = [device]
      while let next = open.popLast() {
        guard ranks[next] == nil else { continue }
        ranks[next] = ranks.count
        level.append(next)
        open += (enrolments[next] ?? []).filter(\.isSuccession).map(\.subject).reversed()
      }
    }
    rank(founder.entity)
    while !level.isEmpty {
      let above = level
      level = []
      for enroller in above {
        for event in enrolments[enroller] ?? [] where !event.isSuccession { rank(event.subject) }
      }
    }
    return ranks
  }
}
