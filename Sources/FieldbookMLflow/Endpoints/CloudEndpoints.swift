import FieldbookModel

/// What only a store in a cloud can do: refused as MLflow's server refuses it over plain files, so that its clients go on
/// in the plain way.
enum CloudEndpoints {
  static let all: [Endpoint] = [
    .post("artifacts/presigned-upload-url", signUpload),
    .post("artifacts/presigned-download-url", signDownload),
  ]

  /// Below `mlflow-artifacts`.
  static let ofFiles: [Endpoint] = [
    .post("mpu/create/**") { _, call in
      try checkPath(call)
      _ = try call.fields.requiredText("path")
      _ = try call.fields.integer("num_parts")
      throw uploadsInParts
    },
    .post("mpu/complete/**") { _, call in
      try checkPath(call)
      _ = try call.fields.requiredText("path")
      _ = try call.fields.text("upload_id")
      guard call.fields["parts"] != nil else { throw Fields.missing("parts") }
      throw uploadsInParts
    },
    .post("mpu/abort/**") { _, call in
      try checkPath(call)
      _ = try call.fields.requiredText("path")
      _ = try call.fields.text("upload_id")
      throw uploadsInParts
    },
    .get("presigned/**") { _, call in
      try checkPath(call)
      throw MLflowError(
        .notImplemented, "Multipart download is not supported for the current artifact repository")
    },
  ]

  private static let uploadsInParts = MLflowError(
    .notImplemented, "Multipart upload is not supported for the current artifact repository")

  private static func checkPath(_ call: Call) throws(MLflowError) {
    try ArtifactPath.check(try call.part(Call.rest))
  }

  @Sendable private static func signUpload(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let run = try fields.text("run_id") ?? ""
    let model = try fields.text("model_id") ?? ""
    let path = try fields.requiredText("path")
    _ = try fields.integer("expiration")
    guard run.isEmpty != model.isEmpty else {
      throw MLflowError.invalid("Exactly one of run_id and model_id must be provided.")
    }
    try ArtifactPath.check(path)
    if model.isEmpty {
      _ = try tracker.run(try tracker.runID(run))
    } else {
      _ = try tracker.loggedModel(model)
    }
    throw MLflowError.invalid(
      "Presigned upload is not supported for proxied artifact storage (artifact URI scheme:"
        + " mlflow-artifacts). This endpoint requires a direct cloud storage artifact URI.")
  }

  @Sendable private static func signDownload(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let run = try fields.requiredText("run_id")
    let path = try fields.requiredText("path")
    let seconds = try fields.integer("expiration") ?? 900
    try ArtifactPath.check(path)
    guard (1...604_800).contains(seconds) else {
      throw MLflowError.invalid(
        "expiration must be between 1 and 604800 seconds (got \(seconds)).")
    }
    _ = try tracker.run(try tracker.runID(run))
    throw MLflowError.invalid(
      "Presigned download is not supported for runs with proxied artifact storage (artifact URI"
        + " scheme: mlflow-artifacts). This endpoint requires a run with a direct cloud storage"
        + " artifact URI.")
  }
}
