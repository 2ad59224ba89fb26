/// One training or evaluation, whole: what `show` prints.
package struct Run: Equatable, Sendable {
  package var id: RunID
  package var name: String
  package var experiment: ExperimentID
  package var experimentName: String
  package var state: RunState
  package var lifecycle: Lifecycle
  package var startTime: Timestamp
  package var user: String?
  package var parent: RunID?
  /// Name of the device that opened the run.
  package var device: String
  package var description: String?
  package var parameters: [String: String]
  package var metrics: [String: MetricSummary]
  package var tags: [String: String]
  package var labels: [String]
  package var comments: [Comment]
  package var datasets: [Dataset]
  package var artifacts: [Artifact]
  /// Logged models that the run evaluated or went on training.
  package var modelInputs: [LoggedModelID]
  /// Logged models that the run made.
  package var modelOutputs: [ModelOutput]
  /// What capture recorded: `command`, `git_commit`, `python`, …
  package var environment: [String: String]
  /// Ids of open conflicts on this run.
  package var conflicts: [String]

  package init(
    id: RunID, name: String, experiment: ExperimentID, experimentName: String, state: RunState,
    lifecycle: Lifecycle, startTime: Timestamp, user: String?, parent: RunID?, device: String,
    description: String?, parameters: [String: String], metrics: [String: MetricSummary],
    tags: [String: String], labels: [String], comments: [Comment], datasets: [Dataset],
    artifacts: [Artifact], modelInputs: [LoggedModelID] = [], modelOutputs: [ModelOutput] = [],
    environment: [String: String], conflicts: [String]
  ) {
    self.id = id
    self.name = name
    self.experiment = experiment
    self.experimentName = experimentName
    self.state = state
    self.lifecycle = lifecycle
    self.startTime = startTime
    self.user = user
    self.parent = parent
    self.device = device
    self.description = description
    self.parameters = parameters
    self.metrics = metrics
    self.tags = tags
    self.labels = labels
    self.comments = comments
    self.datasets = datasets
    self.artifacts = artifacts
    self.modelInputs = modelInputs
    self.modelOutputs = modelOutputs
    self.environment = environment
    self.conflicts = conflicts
  }
}

package struct Comment: Equatable, Sendable {
  package var text: String
  package var author: String
  package var time: Timestamp

  package init(text: String, author: String, time: Timestamp) {
    self.text = text
    self.author = author
    self.time = time
  }
}

/// Data that a run used. The strings are MLflow's `Dataset` fields; `context` is the input's tag of that name, and `tags`
/// are its others.
package struct Dataset: Equatable, Hashable, Sendable {
  package var name: String
  package var digest: String
  package var sourceType: String
  package var source: String
  package var schema: String?
  package var profile: String?
  package var context: String?
  package var tags: [String: String]

  package init(
    name: String, digest: String, sourceType: String, source: String, schema: String?,
    profile: String?, context: String?, tags: [String: String] = [:]
  ) {
    self.name = name
    self.digest = digest
    self.sourceType = sourceType
    self.source = source
    self.schema = schema
    self.profile = profile
    self.context = context
    self.tags = tags
  }
}

/// A file of a run, by content.
package struct Artifact: Equatable, Sendable {
  /// Relative, `/` between its parts.
  package var path: String
  package var digest: ContentDigest
  package var byteCount: Int64
  /// False while the bytes are known of but not on this replica.
  package var isHere: Bool

  package init(path: String, digest: ContentDigest, byteCount: Int64, isHere: Bool) {
    self.path = path
    self.digest = digest
    self.byteCount = byteCount
    self.isHere = isHere
  }
}

/// SHA-256 of a content, 32 bytes.
package struct ContentDigest: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let bytes: [UInt8]

  /// Nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  package init?(hex: some StringProtocol) {
    guard let bytes = Hex.decode(hex) else { return nil }
    self.init(bytes: bytes)
  }

  package var hex: String { Hex.encode(bytes) }
  package var description: String { hex }
  package static func < (left: ContentDigest, right: ContentDigest) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}
