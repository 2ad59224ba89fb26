/// An entity's key together with what it is the key of.
package struct Identifier<Subject>: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let key: EntityKey

  package init(_ key: EntityKey) { self.key = key }

  /// Reads 32 hexadecimal digits; nil for anything else.
  package init?(hex: some StringProtocol) {
    guard let key = EntityKey(hex: hex) else { return nil }
    self.init(key)
  }

  package static func random() -> Self { Self(.random()) }
  package static func < (left: Self, right: Self) -> Bool { left.key < right.key }
  package var hex: String { key.hex }
  package var description: String { key.hex }
}

package typealias WorkspaceID = Identifier<WorkspaceSubject>
package typealias ExperimentID = Identifier<Experiment>
package typealias RunID = Identifier<Run>
package typealias ModelID = Identifier<RegisteredModel>
package typealias VersionID = Identifier<ModelVersion>
package typealias ConfigID = Identifier<Config>

package enum WorkspaceSubject: Sendable {}

extension Identifier where Subject == Experiment {
  /// The decimal id that MLflow clients see: 63 bits of the key; `0` is the experiment `Default`.
  package var decimal: String {
    self == Experiment.defaultID ? "0" : String(key.high >> 1)
  }
}
