import FieldbookModel
import FieldbookWorkspace
import Foundation
import Hummingbird

/// What MLflow's page asks for of a trace: its spans as one file, and what was attached to them.
enum TraceFile {
  static let name = StoredSpans.fileName

  /// The name of an attachment is a UUID, in small letters.
  static func attachment(_ name: String) throws(MLflowError) -> String {
    try ArtifactPath.check(name)
    guard UUID(uuidString: name)?.uuidString.lowercased() == name else {
      throw .invalid(
        "Invalid attachment path: '\(name)'. Attachment path must be a valid UUID.")
    }
    return name
  }

  /// Nil if no spans are here.
  static func spans(of trace: Trace, _ workspace: Workspace) throws -> Response? {
    guard trace.spanCount > 0 else { return nil }
    let bytes = StoredSpans.file(
      of: try workspace.spans(of: trace.id), trace: trace.name, hasKind: false, packing: .once)
    return Response(
      status: .ok, headers: SentFile.headers(name),
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
