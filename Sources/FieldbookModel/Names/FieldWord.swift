/// The fields without a family that this version knows, as they stand in the log.
package enum FieldWord: String, Sendable, CaseIterable {
  case name, description, lifecycle, status, comments, metrics, number, stage, role, allocator, hub
  case experiment, parent, model, user, provisional, run, source, ordinal, key, nonce, owner
  case predecessor, consent, revocation, rejected
  case startTime = "start_time"
  case createdTime = "created_time"
  case deviceName = "device_name"
  case tlsCertificate = "tls_certificate"
  case modelStatus = "model_status"
  case modelType = "model_type"
  case modelMetrics = "model_metrics"
  case acknowledgedForks = "acknowledged_forks"
  /// Of devices, and of versions.
  case leases
  case leaseRequests = "lease_requests"
  case leasedNumber = "leased_number"
  /// Of traces.
  case duration, state, spans
  case traceName = "trace_name"
  case requestTime = "request_time"
  case requestPreview = "request_preview"
  case responsePreview = "response_preview"
  case clientRequest = "client_request_id"
  /// Of configs.
  case text

  /// Nil for any other text, byte by byte.
  init?(exactly text: String) {
    // Swift holds some texts for equal whose bytes differ; none of them is ASCII.
    guard text.utf8.count <= FieldWord.longest, text.utf8.allSatisfy({ $0 < 0x80 }) else {
      return nil
    }
    self.init(rawValue: text)
  }

  private static let longest = 32
}
