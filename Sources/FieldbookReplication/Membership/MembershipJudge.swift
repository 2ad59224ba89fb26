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
  /// Revocations that count in the judgement so far.
  private var standing: Set<Dot> = []
  private var judged: [Dot: Bool] = [:]

  init(
    founder: DeviceKey?, events: [MembershipEvent],
    isAncestor: @escaping @Sendable (Dot, Dot) -> Bool
  ) {
    self.founder = founder
    self.isAncestor = isAncestor
    for event in events {
      self.events[event.dot, default: []].append(event)
      bySubject[event.subject, default: []].append(event)
    }
  }

  /// Ops of the revocations that stand. From then on `isEffective` answers under them.
  mutating func findStanding() -> Set<Dot> {
    let revocations = events.values.flatMap(\.self).filter { $0.register == .revocation }
    guard !revocations.isEmpty else { return [] }
    let ranks = seniority()
    var banned: Set<Dot> = []
    judging: while true {
      use([])
      var open = revocations.filter { !banned.contains($0.dot) }
      while let next = nextToJudge(&open, ranks) {
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
    if let known = judged[dot] { return known }
    guard let found = events[dot] else { return false }
    // Events name only what is before them: this ends.
    let answer = found.allSatisfy { !isCut($0) } && found.allSatisfy { isPermitted($0) }
    judged[dot] = answer
    return answer
  }

  private mutating func use(_ revocations: Set<Dot>) {
    standing = revocations
    judged = [:]
  }

  /// Most senior first among those that have no other one in their past.
  private func nextToJudge(_ open: inout [MembershipEvent], _ ranks: [EntityKey: Rank])
    -> MembershipEvent?
  {
    let ready = open.indices.filter { index in
      !open.contains { open[index].past.contains($0.dot) }
    }
    let best = ready.min { left, right in
      let (left, right) = (open[left], open[right])
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
    return best.map { open.remove(at: $0) }
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

  /// The way of enrolments from the founder: a shorter one is more senior, then one that began earlier. Nobody can
  /// improve a device's own but those before it on the way.
  private struct Rank: Comparable {
    struct Step: Comparable {
      let number: UInt64
      let hash: [UInt8]

      static func < (left: Step, right: Step) -> Bool {
        left.number != right.number
          ? left.number < right.number : left.hash.lexicographicallyPrecedes(right.hash)
      }
    }

    var steps: [Step]

    static func < (left: Rank, right: Rank) -> Bool {
      left.steps.count != right.steps.count
        ? left.steps.count < right.steps.count
        : left.steps.lexicographicallyPrecedes(right.steps)
    }
  }

  private mutating func seniority() -> [EntityKey: Rank] {
    guard let founder else { return [:] }
    use([])
    let enrolments = events.values.flatMap(\.self).filter { event in
      if case .role = event.change { return event.isEnrolment }
      return false
    }.filter { isEffective($0.dot) }
    var ranks = [founder.entity: Rank(steps: [])]
    while true {
      var found: [EntityKey: Rank] = [:]
      for event in enrolments where ranks[event.subject] == nil {
        guard let above = ranks[event.author.entity] else { continue }
        let rank = Rank(steps: above.steps + [.init(number: event.dot.number, hash: event.hash)])
        found[event.subject] = min(found[event.subject] ?? rank, rank)
      }
      if found.isEmpty { return ranks }
      ranks.merge(found) { first, _ in first }
    }
  }
}
