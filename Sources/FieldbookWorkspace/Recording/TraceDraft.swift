import FieldbookModel

/// What a client tells of a trace as a whole, at its end or while it goes on. What it leaves out, its spans tell.
package struct TraceDraft: Sendable {
  /// As the client names it.
  package var name: String
  package var experiment: ExperimentID
  package var requestTime: Timestamp?
  /// Milliseconds.
  package var duration: Int64?
  package var state: TraceState?
  package var requestPreview: String?
  package var responsePreview: String?
  package var clientRequestID: String?
  package var metadata: [String: String]
  package var tags: [EntryKey: String]
  package var assessments: [Assessment]

  package init(
    name: String, experiment: ExperimentID, requestTime: Timestamp? = nil, duration: Int64? = nil,
    state: TraceState? = nil, requestPreview: String? = nil, responsePreview: String? = nil,
    clientRequestID: String? = nil, metadata: [String: String] = [:],
    tags: [EntryKey: String] = [:], assessments: [Assessment] = []
  ) {
    self.name = name
    self.experiment = experiment
    self.requestTime = requestTime
    self.duration = duration
    self.state = state
    self.requestPreview = requestPreview
    self.responsePreview = responsePreview
    self.clientRequestID = clientRequestID
    self.metadata = metadata
    self.tags = tags
    self.assessments = assessments
  }
}
