/// A named body of runs.
package struct Experiment: Equatable, Sendable {
  package var id: ExperimentID
  /// As shown: `churn`, or `churn~a3f91c02` where another experiment holds the bare name.
  package var name: String
  package var lifecycle: Lifecycle
  package var description: String?
  package var createdTime: Timestamp
  package var lastUpdateTime: Timestamp
  package var runCount: Int
  package var tags: [String: String]

  package init(
    id: ExperimentID, name: String, lifecycle: Lifecycle, description: String?,
    createdTime: Timestamp, lastUpdateTime: Timestamp, runCount: Int, tags: [String: String]
  ) {
    self.id = id
    self.name = name
    self.lifecycle = lifecycle
    self.description = description
    self.createdTime = createdTime
    self.lastUpdateTime = lastUpdateTime
    self.runCount = runCount
    self.tags = tags
  }

  package static let defaultName = "Default"
  /// The key of `Default` is the same in every workspace, since MLflow's id of it is `0`.
  package static let defaultID = ExperimentID(EntityKey(high: 0, low: 0))
}
