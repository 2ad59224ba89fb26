import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookWorkspace
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /v1/traces`: spans as OpenTelemetry's exporters send them (OTLP over HTTP, as Protocol Buffers).
/// Source: opentelemetry.io, "OTLP specification"; headers as MLflow 3.17's server has them.
struct SpanIntake: Sendable {
  static let path = "/v1/traces"
  /// Of a request, packed and unpacked.
  static let bytes = 32 << 20

  let tracker: Tracker

  func mount(on routes: some RouterMethods<PeerContext>) {
    routes.post(RouterPath(SpanIntake.path)) { request, _ in try await take(request) }
  }

  private func take(_ request: Request) async throws -> Response {
    let type = request.headers[.contentType].map { $0.prefix { $0 != ";" && $0 != " " } }
    guard type == "application/x-protobuf" else {
      throw IntakeRefusal(
        "Invalid Content-Type: \(request.headers[.contentType] ?? "None"). Expected:"
          + " application/x-protobuf")
    }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: SpanIntake.bytes)
    } catch is NIOTooManyBytesError {
      throw IntakeRefusal("The request is longer than \(SpanIntake.bytes) bytes; split it up.")
    }
    let coding = request.headers[.contentEncoding]
    let experiment = SpanIntake.header("x-mlflow-experiment-id", request)
    let run = SpanIntake.header("x-mlflow-run-id", request)
    let refusal: IntakeRefusal? = try await tracker.blocking {
      do {
        let bytes = try SpanIntake.unpacked(Array(body.readableBytesView), coding)
        try take(bytes, experiment: experiment, run: run)
        return nil
      } catch let refusal as IntakeRefusal {
        return refusal
      }
    }
    if let refusal { throw refusal }
    return Response(status: .ok, headers: [.contentType: "application/x-protobuf"])
  }

  private static func header(_ name: String, _ request: Request) -> String? {
    HTTPField.Name(name).flatMap { request.headers[$0] }.flatMap { $0.isEmpty ? nil : $0 }
  }

  private static func unpacked(_ bytes: [UInt8], _ coding: String?) throws -> [UInt8] {
    switch coding?.lowercased() {
    case nil, "", "identity": return bytes
    case "gzip":
      do { return try Inflation.gzip(bytes, limit: SpanIntake.bytes) } catch {
        throw IntakeRefusal("Failed to decompress gzip payload")
      }
    case "deflate":
      do { return try Inflation.zlib(bytes, limit: SpanIntake.bytes) } catch {
        throw IntakeRefusal("Failed to decompress deflate payload")
      }
    case let other:
      throw IntakeRefusal("Unsupported Content-Encoding: \(other ?? "")")
    }
  }

  /// - Parameter experiment: nil: the one that is always there.
  func take(_ bytes: [UInt8], experiment: String?, run: String?) throws {
    let batch: SpanBatch
    do { batch = try SpanBatch(protobuf: bytes[...]) } catch {
      throw IntakeRefusal("Invalid OpenTelemetry format")
    }
    guard !batch.entries.isEmpty else {
      throw IntakeRefusal("Invalid OpenTelemetry format - no spans found")
    }
    let owner =
      try experiment.map { try tracker.activeExperiment($0).id }
      ?? tracker.workspace.ensureExperiment(named: Experiment.defaultName, durability: .script)
    let traces = try tracker.workspace.recordSpans(
      batch, experiment: owner, durability: .script)
    guard let run else { return }
    let roots = Set(batch.decoded.filter { $0.parent == nil }.map(\.trace))
    try tracker.workspace.linkTraces(
      traces.filter(roots.contains), to: "run/" + (try tracker.run(try tracker.runID(run))).id.hex,
      durability: .script)
  }
}

/// A refusal in the form that this endpoint has: `{detail}`.
struct IntakeRefusal: Error, HTTPResponseError {
  let detail: String
  var status: HTTPResponse.Status { .badRequest }

  init(_ detail: String) { self.detail = detail }

  func response(from request: Request, context: some RequestContext) -> Response {
    var response = JSON.object(["detail": .string(detail)]).response
    response.status = status
    return response
  }
}
