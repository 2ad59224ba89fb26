import FieldbookModel

/// Which files and snapshots a replica takes in by itself. What it leaves to others is known, and fetched when it is asked for.
package struct ContentPolicy: Equatable, Sendable {
  /// The values of a setting.
  package enum Reach: String, CaseIterable, Sendable {
    case all
    /// What devices of this device's person recorded.
    case mine
    case onDemand = "on-demand"
  }

  package var reach = Reach.all
  /// Files of more bytes come on demand; nil: however large.
  package var largest: Int64?

  package init(reach: Reach = .all, largest: Int64? = nil) {
    self.reach = reach
    self.largest = largest
  }

  /// As the settings say; what does not read there counts as not said.
  package init(_ variables: [String: String]) {
    reach = variables["FIELDBOOK_CONTENTS"].flatMap(Reach.init) ?? .all
    largest = variables["FIELDBOOK_CONTENTS_MAX"].flatMap(ByteSize.parse)
  }

  package var isEverything: Bool { self == ContentPolicy() }

  package static let hint =
    "it is one of: " + Reach.allCases.map(\.rawValue).joined(separator: ", ")
}
