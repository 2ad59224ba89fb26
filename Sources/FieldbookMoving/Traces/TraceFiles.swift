import FieldbookModel
import FieldbookReplication
import Foundation

/// What MLflow keeps of a trace among its files: the spans of those that are not in a database, archived spans, and what
/// clients attached.
enum TraceFiles {
  /// As large as a file of spans may be.
  static let bytes: Int64 = 256 * 1024 * 1024
  private static let archiveName = "traces.pb"

  /// Takes the spans out of `traces.json`, and notes what else there is. A file that is there and does not read comes as
  /// it is.
  static func read(_ files: any ForeignFiles, into trace: inout ForeignTrace) throws {
    do {
      if let found = try content(TraceFile.name, of: files) {
        try trace.addSpans(Array(found))
        trace.files = OtherFiles(files: files, hidden: TraceFile.name)
        return
      }
    } catch is StoredSpan.Malformed {
    } catch is JSONFailure {
    }
    trace.files = files
    // Where all spans are in the database there is something only if one of them names it.
    if !trace.spans.isEmpty, !trace.hasAttachments, !TraceFiles.isReachable(files) {
      trace.files = nil
    }
  }

  /// OpenTelemetry's `TracesData`, as MLflow archives spans.
  ///
  /// - Throws: `MovingFailure.notThere` if there is none.
  static func readArchive(_ files: any ForeignFiles, into trace: inout ForeignTrace) throws {
    guard let found = try content(archiveName, of: files) else {
      throw MovingFailure.notThere(archiveName)
    }
    let batch: SpanBatch
    do { batch = try SpanBatch(protobuf: ArraySlice(found)) } catch {
      throw MovingFailure.damaged(path: trace.name, reason: "its archived spans do not read")
    }
    for span in batch.decoded { try trace.add(StoredSpan(span)) }
  }

  /// Nil if it is not there.
  private static func content(_ name: String, of files: any ForeignFiles) throws -> Data? {
    var found: Data?
    let file = ForeignFile(path: name, byteCount: 0, stamp: 0)
    // Files of a disk need no staging; a server gives spans otherwise.
    let staging: () throws -> String = { throw MovingFailure.notThere(name) }
    do {
      try files.withContent(of: file, staging: staging) { path in
        var info = stat()
        guard stat(path, &info) == 0, info.st_size <= bytes else {
          throw MovingFailure.tooLarge(what: path, limit: "\(bytes >> 20) MiB")
        }
        found = FileManager.default.contents(atPath: path)
      }
    } catch MovingFailure.notThere {
      return nil
    }
    return found
  }

  private static func isReachable(_ files: any ForeignFiles) -> Bool {
    do {
      try files.each { _ in }
      return true
    } catch {
      return false
    }
  }
}

extension ForeignTrace {
  /// `{"spans": […]}`: all of them, or none.
  package mutating func addSpans(_ bytes: [UInt8]) throws {
    guard let items = try JSONParser.parse(bytes)["spans"]?.items else {
      throw StoredSpan.Malformed()
    }
    for stored in try items.map({ try StoredSpan($0) }) { try add(stored) }
  }

  /// A span names a file that its client put beside the trace.
  var hasAttachments: Bool {
    var found = false
    for span in spans {
      span.eachText { if $0.contains("mlflow-attachment://") { found = true } }
    }
    return found
  }
}

/// Files, without one of them.
struct OtherFiles: ForeignFiles {
  let files: any ForeignFiles
  let hidden: String

  func each(_ body: (ForeignFile) throws -> Void) throws {
    try files.each { if $0.path != hidden { try body($0) } }
  }

  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void
  ) throws { try files.withContent(of: file, staging: staging, body) }
}
