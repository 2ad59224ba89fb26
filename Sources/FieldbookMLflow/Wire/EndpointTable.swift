/// All that is answered. `ArtifactTransfer` and `PageFiles` carry files, `SpanIntake` takes spans, the rest answers with JSON.
enum EndpointTable {
  /// Both serve the same: clients use the first, MLflow's own page the second.
  static let prefixes = ["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"]
  static let endpoints =
    ExperimentEndpoints.all + RunEndpoints.all + RecordingEndpoints.all + MetricEndpoints.all
    + LoggedModelEndpoints.all + RegisteredModelEndpoints.all + ModelVersionEndpoints.all
    + OldTraceEndpoints.all + TraceEndpoints.shared + CloudEndpoints.all

  static let prefixes3 = ["/api/3.0/mlflow", "/ajax-api/3.0/mlflow"]
  static let endpoints3 =
    [ServerEndpoints.serverInfo] + TraceEndpoints.all + TraceMetricEndpoints.all
    + AssessmentEndpoints.all

  /// Everything below one of these is MLflow's: what is unknown there is refused in its form.
  static let domains = [
    "/api/2.0/", "/api/3.0/", "/ajax-api/2.0/", "/ajax-api/3.0/", "/v1/traces",
  ]

  /// `GET /health`, for each whole path and method that is answered; parts that vary are `{…}`.
  static var routes: [String] {
    let tables = [
      (prefixes, endpoints), (prefixes3, endpoints3),
      (ArtifactTransfer.prefixes, CloudEndpoints.ofFiles),
    ]
    var routes = ServerEndpoints.routes.map { "GET " + $0 }
    for (prefixes, endpoints) in tables {
      for prefix in prefixes {
        routes += endpoints.map { "\($0.method) \(prefix)/\($0.path)" }
      }
    }
    for prefix in ArtifactTransfer.prefixes {
      routes += ArtifactTransfer.routes.map { "\($0.method) \(prefix)/\($0.path)" }
    }
    routes.append("POST " + SpanIntake.path)
    routes += PageFiles.routes.map { "\($0.method) \($0.path)" }
    return routes.map { $0.replacing("**", with: "{artifact_path}") }
  }
}
