/// One request to an application that calls language models, as its instrumentation told it: when, how long, what it
/// was asked and answered, what it cost, and what people or judges hold of it. What happened within are its spans.
package struct Trace: Equatable, Sendable {
  package var id: TraceID
  /// As clients name it: `tr-` and the 32 digits of the OpenTelemetry trace id, or what a client chose instead.
  package var name: String
  package var experiment: ExperimentID
  package var experimentName: String
  package var requestTime: Timestamp
  /// Milliseconds; nil while it goes on.
  package var duration: Int64?
  package var state: TraceState
  package var lifecycle: Lifecycle
  package var requestPreview: String?
  package var responsePreview: String?
  package var clientRequestID: String?
  package var metadata: [String: String]
  package var tags: [String: String]
  /// By time and id.
  package var assessments: [Assessment]
  package var usage: TraceUsage
  package var spanCount: Int
  /// Ids of the conflicts that are open.
  package var conflicts: [String]

  package init(
    id: TraceID, name: String, experiment: ExperimentID, experimentName: String,
    requestTime: Timestamp, duration: Int64?, state: TraceState, lifecycle: Lifecycle,
    requestPreview: String?, responsePreview: String?, clientRequestID: String?,
    metadata: [String: String], tags: [String: String], assessments: [Assessment],
    usage: TraceUsage, spanCount: Int, conflicts: [String]
  ) {
    self.id = id
    self.name = name
    self.experiment = experiment
    self.experimentName = experimentName
    self.requestTime = requestTime
    self.duration = duration
    self.state = state
    self.lifecycle = lifecycle
    self.requestPreview = requestPreview
    self.responsePreview = responsePreview
    self.clientRequestID = clientRequestID
    self.metadata = metadata
    self.tags = tags
    self.assessments = assessments
    self.usage = usage
    self.spanCount = spanCount
    self.conflicts = conflicts
  }
}

package typealias TraceID = Identifier<Trace>

extension Identifier where Subject == Trace {
  /// `tr-` and 32 hexadecimal digits: how MLflow writes an OpenTelemetry trace id.
  package var traceText: String { "tr-" + hex }
}

/// How a trace ended. Raw values are part of the log's format, and MLflow's.
package enum TraceState: String, Sendable, CaseIterable {
  case unspecified = "STATE_UNSPECIFIED"
  case ok = "OK"
  case error = "ERROR"
  case inProgress = "IN_PROGRESS"
}

/// Keys that clients put into a trace's metadata, its tags and the attributes of spans. Source: MLflow 3.17,
/// `mlflow/tracing/constant.py`.
package enum TraceKey {
  package static let sourceRun = "mlflow.sourceRun"
  package static let session = "mlflow.trace.session"
  package static let user = "mlflow.trace.user"
  package static let tokenUsage = "mlflow.trace.tokenUsage"
  package static let cost = "mlflow.trace.cost"
  package static let sizeStatistics = "mlflow.trace.sizeStats"
  package static let isFinalized = "mlflow.trace.infoFinalized"
  package static let traceName = "mlflow.traceName"
  package static let spansLocation = "mlflow.trace.spansLocation"
  package static let archiveLocation = "mlflow.trace.archiveLocation"
  package static let archivalFailure = "mlflow.trace.archivalFailure"
  package static let linkedPrompts = "mlflow.linkedPrompts"
  package static let artifactLocation = "mlflow.artifactLocation"
  package static let spanType = "mlflow.spanType"
  package static let spanInputs = "mlflow.spanInputs"
  package static let spanOutputs = "mlflow.spanOutputs"
  package static let spanRequest = "mlflow.traceRequestId"
  package static let spanUsage = "mlflow.chat.tokenUsage"
  package static let spanCost = "mlflow.llm.cost"
  package static let spanModel = "mlflow.llm.model"
  package static let spanProvider = "mlflow.llm.provider"
  package static let traceTagPrefix = "mlflow.traceTag."
}
