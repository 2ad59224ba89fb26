/// All endpoints that are answered with JSON. `ArtifactTransfer` has those that carry files.
enum EndpointTable {
  /// Both serve the same: clients use the first, MLflow's own page the second.
  static let prefixes = ["/api/2.0/mlflow", "/ajax-api/2.0/mlflow"]
  static let endpoints =
    ExperimentEndpoints.all + RunEndpoints.all + RecordingEndpoints.all + MetricEndpoints.all
    + LoggedModelEndpoints.all + RegisteredModelEndpoints.all + ModelVersionEndpoints.all

  static let prefixes3 = ["/api/3.0/mlflow", "/ajax-api/3.0/mlflow"]
  static let endpoints3 = [ServerEndpoints.serverInfo]

  /// Everything below one of these is MLflow's: what is unknown there is refused in its form.
  static let domains = [
    "/api/2.0/", "/api/3.0/", "/ajax-api/2.0/", "/ajax-api/3.0/", "/v1/traces",
  ]
}
