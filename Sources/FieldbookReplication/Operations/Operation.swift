import FieldbookModel

/// One change: some fields of one entity, at one time. `Reference` names the ops that it overwrites.
package struct Operation<Reference: Hashable & Sendable>: Hashable, Sendable {
  package var kind: OperationKind
  package var entity: EntityKey
  package var clock: HybridTime
  package var cells: [Cell<Reference>]

  package init(
    kind: OperationKind, entity: EntityKey, clock: HybridTime, cells: [Cell<Reference>]
  ) {
    self.kind = kind
    self.entity = entity
    self.clock = clock
    self.cells = cells
  }

  package func mapReferences<Other>(_ transform: (Reference) throws -> Other) rethrows
    -> Operation<Other>
  {
    Operation<Other>(
      kind: kind, entity: entity, clock: clock,
      cells: try cells.map { cell in
        let overwrites = cell.overwrites.isEmpty ? [] : try cell.overwrites.map(transform)
        return cell.withheld.map { Cell<Other>(overwrites: overwrites, withheld: $0) }
          ?? Cell<Other>(field: cell.field, overwrites: overwrites, value: cell.value)
      })
  }
}

extension Operation where Reference == WireDot {
  /// The op with a replica's own dots in place of those of its segment. Concrete, since every op that is merged
  /// passes here.
  package func numbered(_ transform: (WireDot) throws -> Dot) rethrows -> Operation<Dot> {
    try mapReferences(transform)
  }
}

/// What an op does to one field: removes the values it overwrites, and adds its own if it has one.
package struct Cell<Reference: Hashable & Sendable>: Hashable, Sendable {
  package var field: FieldName
  package var overwrites: [Reference]
  /// Nil adds nothing: a label taken away, a settled alias.
  package var value: FieldValue?
  /// Of a cell that was purged: the commitment to its name and value, which are gone. Such a cell has no effect.
  package private(set) var withheld: [UInt8]?

  package init(field: FieldName, overwrites: [Reference], value: FieldValue?) {
    self.field = field
    self.overwrites = overwrites
    self.value = value
  }

  /// - Parameter commitment: 32 bytes, as `OperationHash.commitment` gives them.
  package init(overwrites: [Reference], withheld commitment: [UInt8]) {
    self.init(field: FieldName(""), overwrites: overwrites, value: nil)
    withheld = commitment
  }

  package var isWithheld: Bool { withheld != nil }
}

extension Operation {
  /// Everything that it said was purged: it does not even make what it made. Experiments and models are never purged as a
  /// whole: of one whose former name was purged, and that said no more, it is still said that it was made.
  package var isWithheld: Bool {
    !cells.isEmpty && cells.allSatisfy { $0.isWithheld }
      && kind != .createExperiment && kind != .createModel
  }
}

/// The kind of an op. Open: a later version's kinds are kept and forwarded.
package struct OperationKind: RawRepresentable, Hashable, Sendable {
  package let rawValue: UInt16
  package init(rawValue: UInt16) { self.rawValue = rawValue }

  package static let createWorkspace = OperationKind(rawValue: 1)
  package static let enrolDevice = OperationKind(rawValue: 2)
  package static let createExperiment = OperationKind(rawValue: 3)
  package static let createRun = OperationKind(rawValue: 4)
  package static let createModel = OperationKind(rawValue: 5)
  package static let createVersion = OperationKind(rawValue: 6)
  package static let createLoggedModel = OperationKind(rawValue: 7)
  package static let createTrace = OperationKind(rawValue: 8)
  package static let createConfig = OperationKind(rawValue: 9)
  package static let set = OperationKind(rawValue: 16)
  package static let addMetrics = OperationKind(rawValue: 17)
  package static let settle = OperationKind(rawValue: 18)
  package static let witness = OperationKind(rawValue: 19)
  package static let purge = OperationKind(rawValue: 20)

  /// Raised whenever a kind or a field family is added: replicas of one level fold alike.
  package static let level = 6

  /// Says something of other ops, and changes no field.
  package var isNote: Bool { self == .settle || self == .witness || self == .purge }

  package var createdKind: EntityKind? {
    switch self {
    case .createWorkspace: .workspace
    case .enrolDevice: .device
    case .createExperiment: .experiment
    case .createRun: .run
    case .createModel: .model
    case .createVersion: .version
    case .createLoggedModel: .loggedModel
    case .createTrace: .trace
    case .createConfig: .config
    default: nil
    }
  }
}
