/// A model's name with its versions and aliases.
package struct RegisteredModel: Equatable, Sendable {
  package var id: ModelID
  package var name: String
  package var lifecycle: Lifecycle
  package var description: String?
  package var createdTime: Timestamp
  package var lastUpdateTime: Timestamp
  package var tags: [String: String]
  package var aliases: [String: AliasState]
  /// Final numbers first, ascending; then provisional ones by creation.
  package var versions: [ModelVersion]

  package init(
    id: ModelID, name: String, lifecycle: Lifecycle, description: String?, createdTime: Timestamp,
    lastUpdateTime: Timestamp, tags: [String: String], aliases: [String: AliasState],
    versions: [ModelVersion]
  ) {
    self.id = id
    self.name = name
    self.lifecycle = lifecycle
    self.description = description
    self.createdTime = createdTime
    self.lastUpdateTime = lastUpdateTime
    self.tags = tags
    self.aliases = aliases
    self.versions = versions
  }
}

/// What an alias answers.
package struct AliasState: Equatable, Sendable {
  /// The version answered; nil while held with nothing settled before.
  package var version: VersionID?
  package var isHeld: Bool
  /// The conflict that holds it.
  package var conflict: String?

  package init(version: VersionID?, isHeld: Bool, conflict: String?) {
    self.version = version
    self.isHeld = isHeld
    self.conflict = conflict
  }
}

package struct ModelVersion: Equatable, Sendable {
  package var id: VersionID
  package var model: ModelID
  package var modelName: String
  /// Given by the allocator, never changed; nil until then.
  package var finalNumber: Int64?
  /// In 2^40 ..< 2^53, for clients that need an integer at once; resolves for ever.
  package var provisionalNumber: Int64
  /// The count shown before `~` while there is no final number.
  package var provisionalOrdinal: Int64
  package var run: RunID?
  package var source: String
  package var status: String
  package var stage: String
  package var description: String?
  package var lifecycle: Lifecycle
  package var createdTime: Timestamp
  package var lastUpdateTime: Timestamp
  package var author: String
  package var tags: [String: String]

  package init(
    id: VersionID, model: ModelID, modelName: String, finalNumber: Int64?,
    provisionalNumber: Int64, provisionalOrdinal: Int64, run: RunID?, source: String,
    status: String, stage: String, description: String?, lifecycle: Lifecycle,
    createdTime: Timestamp, lastUpdateTime: Timestamp, author: String, tags: [String: String]
  ) {
    self.id = id
    self.model = model
    self.modelName = modelName
    self.finalNumber = finalNumber
    self.provisionalNumber = provisionalNumber
    self.provisionalOrdinal = provisionalOrdinal
    self.run = run
    self.source = source
    self.status = status
    self.stage = stage
    self.description = description
    self.lifecycle = lifecycle
    self.createdTime = createdTime
    self.lastUpdateTime = lastUpdateTime
    self.author = author
    self.tags = tags
  }

  /// `7`, or `7~a3f91c02` before the allocator has spoken.
  package var label: String {
    finalNumber.map(String.init) ?? "\(provisionalOrdinal)~\(id.key.short)"
  }

  /// What an MLflow client is told: the final number, else the provisional integer.
  package var clientNumber: Int64 { finalNumber ?? provisionalNumber }

  package static let finalNumbers: Range<Int64> = 1..<(1 << 40)
  package static let provisionalRange: Range<Int64> = (1 << 40)..<(1 << 53)
}
