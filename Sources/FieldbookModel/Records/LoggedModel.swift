/// A trained model as a training script saved it: files, params and metrics, before anyone gives
/// it a name in the registry.
package struct LoggedModel: Equatable, Sendable {
  package var id: LoggedModelID
  /// As the script called it, `model`; many logged models share a name.
  package var name: String
  package var experiment: ExperimentID
  package var sourceRun: RunID?
  package var modelType: String?
  package var status: LoggedModelStatus
  package var lifecycle: Lifecycle
  package var createdTime: Timestamp
  package var lastUpdateTime: Timestamp
  package var parameters: [String: String]
  package var tags: [String: String]
  package var metrics: [LoggedModelMetric]

  package init(
    id: LoggedModelID, name: String, experiment: ExperimentID, sourceRun: RunID?,
    modelType: String?, status: LoggedModelStatus, lifecycle: Lifecycle, createdTime: Timestamp,
    lastUpdateTime: Timestamp, parameters: [String: String], tags: [String: String],
    metrics: [LoggedModelMetric]
  ) {
    self.id = id
    self.name = name
    self.experiment = experiment
    self.sourceRun = sourceRun
    self.modelType = modelType
    self.status = status
    self.lifecycle = lifecycle
    self.createdTime = createdTime
    self.lastUpdateTime = lastUpdateTime
    self.parameters = parameters
    self.tags = tags
    self.metrics = metrics
  }
}

package typealias LoggedModelID = Identifier<LoggedModel>

extension Identifier where Subject == LoggedModel {
  /// `m-` and 32 hexadecimal digits: what MLflow clients see.
  package var modelText: String { "m-" + hex }

  /// Nil unless `text` is what `modelText` gives.
  package init?(modelText text: some StringProtocol) {
    guard text.hasPrefix("m-") else { return nil }
    self.init(hex: text.dropFirst(2))
  }
}

/// How far the upload of a logged model came. Raw values are part of the log's format.
package enum LoggedModelStatus: String, Sendable, CaseIterable {
  case pending = "PENDING"
  case ready = "READY"
  case failed = "FAILED"
}

/// A measurement of a logged model, taken by a run, perhaps on a dataset.
package struct LoggedModelMetric: Hashable, Sendable {
  package var key: String
  package var point: MetricPoint
  package var run: RunID
  package var datasetName: String?
  package var datasetDigest: String?

  package init(
    key: String, point: MetricPoint, run: RunID, datasetName: String?, datasetDigest: String?
  ) {
    self.key = key
    self.point = point
    self.run = run
    self.datasetName = datasetName
    self.datasetDigest = datasetDigest
  }
}

/// A logged model that a run made, and at which step.
package struct ModelOutput: Hashable, Sendable {
  package var model: LoggedModelID
  package var step: Int64

  package init(model: LoggedModelID, step: Int64) {
    self.model = model
    self.step = step
  }
}
