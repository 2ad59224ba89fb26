import FieldbookModel

/// One value given to a field that decides who may do what: a role, a hub's duty, a revocation.
package struct MembershipEvent: Equatable, Sendable {
  package enum Change: Equatable, Sendable {
    case role(Role)
    case hub(Bool)
    /// The last ops that are accepted, one for each log that is; nil takes a revocation back.
    case revocation([Dot]?)
    /// A revocation that names what its author cannot have seen: it counts for nothing.
    case malformed
  }

  package let dot: Dot
  /// Running hash of the log up to the op: the same everywhere, as `dot` is not.
  package let hash: [UInt8]
  package let author: DeviceKey
  /// The device's entity: it may be named before its key is known here.
  package let subject: EntityKey
  package let change: Change
  /// An enrolment, not a later change.
  package let isEnrolment: Bool
  /// An enrolment of the author's own next key, to which that key has agreed.
  package let isSuccession: Bool
  package let overwrites: [Dot]
  /// Which events are in the op's causal past.
  package let past: EventPast

  package init(
    dot: Dot, hash: [UInt8], author: DeviceKey, subject: EntityKey, change: Change,
    isEnrolment: Bool = false, isSuccession: Bool = false, overwrites: [Dot] = [],
    past: EventPast
  ) {
    self.dot = dot
    self.hash = hash
    self.author = author
    self.subject = subject
    self.change = change
    self.isEnrolment = isEnrolment
    self.isSuccession = isSuccession
    self.overwrites = overwrites
    self.past = past
  }

  /// Which register of the subject it is a value of.
  package enum Register: Int, Sendable, CaseIterable { case role, hub, revocation }

  package var register: Register {
    switch change {
    case .role: .role
    case .hub: .hub
    case .revocation, .malformed: .revocation
    }
  }
}

/// The events that an op has seen: of each chain all up to one.
package struct EventPast: Equatable, Sendable {
  private var numbers: [Int64: UInt64] = [:]

  /// - Parameter dots: the last event seen of each chain; earlier ones may be among them.
  package init(_ dots: some Sequence<Dot>) {
    for dot in dots { numbers[dot.chain] = max(numbers[dot.chain] ?? 0, dot.number) }
  }

  package func contains(_ dot: Dot) -> Bool { dot.number <= numbers[dot.chain] ?? 0 }
  /// Greater for an event than for every one that it has seen.
  var weight: UInt64 { numbers.values.reduce(0, &+) }
  package var tips: [Dot] { numbers.map { Dot(chain: $0.key, number: $0.value) }.sorted() }
}

/// What a device might do when it wrote: its role in the causal past of its op, never the one that it has now.
package struct Authority: Equatable, Sendable {
  package var role: Role
  package var isHub: Bool

  package init(role: Role, isHub: Bool) {
    self.role = role
    self.isHub = isHub
  }

  package func permits(_ permission: Permission) -> Bool {
    switch permission {
    case .write: role != .reader
    case .administer: role == .admin
    case .hub: isHub && role == .admin
    case .found: false
    }
  }
}

extension Role {
  /// Greater for what may do less.
  package var restriction: Int {
    switch self {
    case .admin: 0
    case .writer: 1
    case .reader: 2
    }
  }
}
