import FieldbookStore

/// What `fieldbook doctor --fix` did.
package struct MendReport: Sendable {
  package struct Action: Sendable, Equatable {
    package var name: String
    package var detail: String
  }

  package var actions: [Action] = []
  /// Where what was damaged lies now; nil if nothing was moved.
  package var setAside: String?
  /// What was found in a damaged database; nil if it was well.
  package var salvage: SalvageReport?
  /// As `doctor` finds things now.
  package var checks: [DoctorCheck] = []

  mutating func add(_ name: String, _ detail: String) {
    actions.append(Action(name: name, detail: detail))
  }
}
