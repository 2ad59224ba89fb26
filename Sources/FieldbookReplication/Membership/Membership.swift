import FieldbookModel

/// Who is of the workspace, with which rights, and what of a revoked device still counts: a pure function of the
/// events, in whatever order they came (docs/decisions/0013).
package struct Membership: Sendable {
  private let founder: DeviceKey?
  private let events: [Dot: [MembershipEvent]]
  private let bySubject: [EntityKey: [MembershipEvent]]
  private let isAncestor: @Sendable (Dot, Dot) -> Bool
  /// Ops of revocations that have an effect.
  private let standing: Set<Dot>
  /// Events without the right, or past a cut.
  private let ineffective: Set<Dot>
  private let enrolledRoles: [EntityKey: [Role]]

  /// - Parameter isAncestor: true for two ops of one branch of a log in this order; an op is its own ancestor.
  package init(
    founder: DeviceKey?, genesis: Set<Dot>, events: [MembershipEvent],
    isAncestor: @escaping @Sendable (Dot, Dot) -> Bool
  ) {
    var judge = MembershipJudge(
      founder: founder, genesis: genesis, events: events, isAncestor: isAncestor)
    standing = judge.findStanding()
    self.founder = founder
    self.events = judge.events
    bySubject = judge.bySubject
    self.isAncestor = isAncestor
    var ineffective: Set<Dot> = []
    for (dot, found) in judge.events {
      let isRevocation = found.contains { $0.register == .revocation }
      let counts = isRevocation ? standing.contains(dot) : judge.isEffective(dot)
      if !counts { ineffective.insert(dot) }
    }
    self.ineffective = ineffective
    var roles: [EntityKey: [Role]] = [:]
    for event in events where event.isEnrolment && !ineffective.contains(event.dot) {
      if case .role(let role) = event.change { roles[event.subject, default: []].append(role) }
    }
    enrolledRoles = roles
  }

  /// The rights of a device for an op that has seen these events; nil for none at all.
  package func authority(of device: DeviceKey, seeing: (Dot) throws -> Bool) rethrows -> Authority?
  {
    let roles = try values(.role, of: device, seeing: seeing)
    guard !roles.isEmpty else {
      if device == founder { return Authority(role: .admin, isHub: true) }
      return unseenAuthority(of: device)
    }
    let hubs = try values(.hub, of: device, seeing: seeing)
    return Authority(roles: roles, hubs: hubs)
  }

  /// What was written before its author knew of the enrolment that lets it in is admitted as a writer's work at
  /// most. One enrolment as a reader is enough, in whatever order several come.
  package func unseenAuthority(of device: DeviceKey) -> Authority? {
    guard let roles = enrolledRoles[device.entity] else { return nil }
    return Authority(role: roles.contains(.reader) ? .reader : .writer, isHub: false)
  }

  /// The rights that a device has now; nil for one that is not of the workspace or was revoked.
  package func presentAuthority(of device: DeviceKey) -> Authority? {
    guard !isRevoked(device) else { return nil }
    let roles = values(.role, of: device) { _ in true }
    guard !roles.isEmpty else {
      return device == founder ? authority(of: device) { _ in false } : nil
    }
    return Authority(roles: roles, hubs: values(.hub, of: device) { _ in true })
  }

  package func isRevoked(_ device: DeviceKey) -> Bool { !cuts(of: device).isEmpty }

  /// The revocations that hold for a device, each with the last ops that it accepts. All of them hold.
  package func cuts(of device: DeviceKey) -> [[Dot]] {
    values(.revocation, of: device) { _ in true }.compactMap { event in
      if case .revocation(let tips?) = event.change { tips } else { nil }
    }
  }

  /// True for an op past what a revocation of its author accepts.
  package func isCut(_ dot: Dot, by author: DeviceKey) -> Bool {
    let cuts = cuts(of: author)
    if Mutant.isOn(.cutsUnited), cuts.count > 1 {
      return cuts.allSatisfy { tips in !tips.contains { isAncestor(dot, $0) } }
    }
    if Mutant.isOn(.otherLogsUncut) {
      return cuts.contains { $0.contains { $0.chain == dot.chain && $0.number < dot.number } }
    }
    return cuts.contains { tips in !tips.contains { isAncestor(dot, $0) } }
  }

  /// True for an event that has the effect it says.
  package func isEffective(_ dot: Dot) -> Bool { events[dot] != nil && !ineffective.contains(dot) }

  package func knows(_ dot: Dot) -> Bool { events[dot] != nil }

  /// How far the ops of one chain count, whose numbers are one more than those of the range: what is accepted of a
  /// chain is its beginning.
  package func accepted(_ range: Range<UInt64>, on chain: Int64, of device: DeviceKey) -> UInt64 {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high + 1) / 2
      if isCut(Dot(chain: chain, number: middle), by: device) {
        high = middle - 1
      } else {
        low = middle
      }
    }
    return low
  }

  package var hasRevocations: Bool { !standing.isEmpty }

  /// True for the entity of a device that some event is about.
  package func isSubject(_ entity: EntityKey) -> Bool { bySubject[entity] != nil }

  /// True for a device that some op let in, with the right or without: what it wrote is kept, since honest work may have
  /// been built on it.
  package func isNamed(_ device: DeviceKey) -> Bool {
    device == founder || bySubject[device.entity]?.contains(where: \.isEnrolment) == true
  }

  /// Entities of the devices that one let in.
  package func enrolled(by device: DeviceKey) -> Set<EntityKey> {
    Set(enrolments { $0.author == device && !$0.isSuccession }.map(\.subject))
  }

  /// Entities of the keys that one named as its next.
  package func successors(of device: DeviceKey) -> Set<EntityKey> {
    Set(enrolments { $0.author == device && $0.isSuccession }.map(\.subject))
  }

  /// The key that a device had before; nil for its first.
  package func predecessor(of device: DeviceKey) -> DeviceKey? {
    (bySubject[device.entity] ?? []).first { $0.isSuccession && isEffective($0.dot) }?.author
  }

  private func enrolments(_ fits: (MembershipEvent) -> Bool) -> [MembershipEvent] {
    events.values.flatMap(\.self).filter {
      $0.isEnrolment && $0.register == .role && fits($0) && isEffective($0.dot)
    }
  }

  private func values(
    _ register: MembershipEvent.Register, of device: DeviceKey, seeing: (Dot) throws -> Bool
  ) rethrows -> [MembershipEvent] {
    guard let all = bySubject[device.entity] else { return [] }
    return try Membership.standing(
      all.filter { $0.register == register }, isEffective: { !ineffective.contains($0) },
      seeing: seeing)
  }

  /// The values of one register that no other one overwrote. What overwrote one without effect overwrote what that
  /// one had overwritten.
  static func standing(
    _ events: [MembershipEvent], isEffective: (Dot) -> Bool, seeing: (Dot) throws -> Bool
  ) rethrows -> [MembershipEvent] {
    let known = Dictionary(events.map { ($0.dot, $0) }, uniquingKeysWith: { first, _ in first })
    let effective = try events.filter { try isEffective($0.dot) && seeing($0.dot) }
    var gone: Set<Dot> = []
    for event in effective {
      var open = event.overwrites
      while let next = open.popLast() {
        guard gone.insert(next).inserted, !isEffective(next) else { continue }
        open += known[next]?.overwrites ?? []
      }
    }
    return effective.filter { !gone.contains($0.dot) }
  }
}

extension Authority {
  /// Decided differently by two admins: the more restrictive holds.
  init(roles: [MembershipEvent], hubs: [MembershipEvent]) {
    let told = roles.map { event in
      if case .role(let role) = event.change { role } else { Role.reader }
    }
    role = told.max { $0.restriction < $1.restriction } ?? .reader
    isHub = !hubs.isEmpty && hubs.allSatisfy { $0.change == .hub(true) }
  }
}
