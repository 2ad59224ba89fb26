/// A config that the team shares: a YAML or JSON file by name.
package struct Config: Equatable, Sendable {
  package var id: ConfigID
  /// As shown: `train/base.yaml`, or `train/base~a3f91c02.yaml` where another config holds the bare name.
  package var name: String
  package var lifecycle: Lifecycle
  /// What is shown while people disagree. Nil for one whose text was purged.
  package var text: String?
  /// Hexadecimal hash of the op that wrote the text; nil for a config without one.
  package var op: String?
  package var createdTime: Timestamp
  package var lastUpdateTime: Timestamp
  /// Ids of its open conflicts.
  package var conflicts: [String]

  package init(
    id: ConfigID, name: String, lifecycle: Lifecycle, text: String?, op: String?,
    createdTime: Timestamp, lastUpdateTime: Timestamp, conflicts: [String]
  ) {
    self.id = id
    self.name = name
    self.lifecycle = lifecycle
    self.text = text
    self.op = op
    self.createdTime = createdTime
    self.lastUpdateTime = lastUpdateTime
    self.conflicts = conflicts
  }
}
