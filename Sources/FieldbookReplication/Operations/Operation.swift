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
        Cell<Other>(
          field: cell.field, overwrites: try cell.overwrites.map(transform), value: cell.value)
      })
  }
}

/// What an op does to one field: removes the values it overwrites, and adds its own if it has one.
package struct Cell<Reference: Hashable & Sendable>: Hashable, Sendable {
  package var field: FieldName
  package var overwrites: [Reference]
  /// Nil adds nothing: a label taken away, a settled alias.
  package var value: FieldValue?

  package init(field: FieldName, overwrites: [Reference], value: FieldValue?) {
    self.field = field
    self.overwrites = overwrites
    self.value = value
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
  package static let set = OperationKind(rawValue: 16)
  package static let addMetrics = OperationKind(rawValue: 17)
  package static let settle = OperationKind(rawValue: 18)
  package static let witness = OperationKind(rawValue: 19)

  /// Raised whenever a kind or a field family is added: replicas of one level fold alike.
  package static let level = 2

  package var createdKind: EntityKind? {
    switch self {
    case .createWorkspace: .workspace
    case .enrolDevice: .device
    case .createExperiment: .experiment
    case .createRun: .run
    case .createModel: .model
    case .createVersion: .version
    case .createLoggedModel: .loggedModel
    default: nil
    }
  }
}
