import FieldbookModel

/// Decides which revocations stand.
///
/// A revocation counts if its author had the right in its causal past, and if no other one that stands cuts it off.
/// Those that had not seen each other are judged by seniority: of two admins who revoke each other, the one who is
/// fewer enrolments away from the founder prevails. One that comes later in causal order can cut off an earlier one.
struct MembershipJudge {
  let founder: DeviceKey?
  let isAncestor: @Sendable (Dot, Dot) -> Bool
  private(set) var events: [Dot: [MembershipEvent]] = [:]
  private(set) var bySubject: [EntityKey: [MembershipEvent]] = [:]
  /// Each after those that it has seen.
  private var order: [Dot] = []
  private var place: [Dot: Int] = [:]
  /// Revocations that count in the judgement so far.
  private var standing: Set<Dot> = []
  /// Of the events up to some place in the order.
  private var judged: [Bool] = []

  init(
    founder: DeviceKey?, events: [MembershipEvent],
    isAncestor: @escaping @Sendable (Dot, Dot) -> Bool
  ) {
    self.founder = founder
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
    let revocations = events.values.flatMap(\.self).filter { $0.register == .revocation }
    guard !revocations.isEmpty else { return [] }
    let sequence = judgingOrder(revocations)
    var banned: Set<Dot> = []
    judging: while true {
      use([])
      for next in sequence where !banned.contains(next.dot) {
        guard isValid(next, under: standing) else { continue }
        use(standing.union([next.dot]))
        let fallen = standing.subtracting([next.dot]).filter { dot in
          events[dot]?.contains { $0.register == .revocation && !isValid($0, under: standing) }
            == true
        }
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
    standing = revocations
    judged = []
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

  private mutating func isValid(_ event: MembershipEvent, under revocations: Set<Dot>) -> Bool {
    let before = standing
    use(revocations.subtracting([event.dot]))
    defer { use(before) }
    return !isCut(event) && isPermitted(event)
  }

  private mutating func isCut(_ event: MembershipEvent) -> Bool {
    guard !standing.isEmpty else { return false }
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
    if event.change == .malformed { return false }
    if event.author == founder, values(.role, of: event.author, in: event.past).isEmpty {
      return true
    }
    let roles = values(.role, of: event.author, in: event.past)
    guard !roles.isEmpty else { return false }
    let authority = Authority(
      roles: roles, hubs: values(.hub, of: event.author, in: event.past))
    if authority.role == .admin { return true }
    switch event.change {
    case .role(let role):
      // A device lets in its own next key, with no more rights than its own.
      return event.isEnrolment && event.predecessor == event.author
        && role.restriction >= authority.role.restriction
    case .hub(let isHub):
      return event.isEnrolment && event.predecessor == event.author && !isHub
    case .revocation(let tips):
      return tips != nil && isSuccessor(event.author, of: event.subject, in: event.past)
    case .malformed: return false
    }
  }

  /// A device's next key retires the one before it.
  private mutating func isSuccessor(
    _ device: DeviceKey, of former: EntityKey, in past: EventPast
  ) -> Bool {
    let enrolments = (bySubject[device.entity] ?? []).filter {
      $0.isEnrolment && $0.author.entity == former && $0.predecessor == $0.author
        && past.contains($0.dot)
    }
    for enrolment in enrolments where isEffective(enrolment.dot) { return true }
    return false
  }

  private mutating func values(
    _ register: MembershipEvent.Register, of device: DeviceKey, in past: EventPast
  ) -> [MembershipEvent] {
    let all = (bySubject[device.entity] ?? []).filter { $0.register == register }
    let effective = Set(all.filter { past.contains($0.dot) }.map(\.dot).filter { isEffective($0) })
    return Membership.standing(
      all, isEffective: { effective.contains($0) }, seeing: { past.contains($0) })
  }

  // MARK: Seniority

  /// Smaller for who is fewer enrolments away from the founder, then for whose enroller is more senior, then for who was
  /// enrolled earlier. Nobody can improve a device's own but those before it on the way.
  private mutating func seniority() -> [EntityKey: Int] {
    guard let founder else { return [:] }
    use([])
    var enrolments: [EntityKey: [MembershipEvent]] = [:]
    for event in events.values.flatMap(\.self) where event.isEnrolment && event.register == .role {
      if isEffective(event.dot) { enrolments[event.author.entity, default: []].append(event) }
    }
    var ranks = [founder.entity: 0]
    var level = [founder.entity]
    while !level.isEmpty {
      var next: [EntityKey] = []
      for enroller in level {
        let own = (enrolments[enroller] ?? []).sorted { left, right in
          left.dot.number != right.dot.number
            ? left.dot.number < right.dot.number
            : left.hash.lexicographicallyPrecedes(right.hash)
        }
        for event in own where ranks[event.subject] == nil {
          ranks[event.subject] = ranks.count
          next.append(event.subject)
        }
      }
      level = next
    }
    return ranks
  }
}
