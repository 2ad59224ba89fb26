import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// What of a foreign trace is not here yet.
struct TraceNews {
  /// Values of the field `spans`.
  private(set) var chunks: [[UInt8]] = []
  /// Spans in `chunks`.
  private(set) var chunked = 0
  /// Spans that are here.
  private(set) var known = 0
  /// All spans as the file that MLflow's clients would make of them, if one of them is larger than a value may be.
  private(set) var tooLarge: TraceFile?
  /// Spans in `tooLarge`.
  private(set) var filed = 0

  /// A trace that is here already.
  struct Known {
    var trace: Trace
    var metadata: [String: String] { trace.metadata }
    var tags: [String: String] { trace.tags }
    /// By what MLflow could tell of them.
    var spans: Set<String>
  }

  /// Nil if it is not here.
  static func known(_ foreign: ForeignTrace, in workspace: Workspace) throws -> Known? {
    let id = foreign.id
    let trace: Trace
    do { trace = try workspace.trace(id) } catch WorkspaceFailure.notFound { return nil }
    return Known(
      trace: trace, spans: Set(try workspace.spans(of: id).map(StoredSpan.print)))
  }

  init(_ foreign: ForeignTrace, beside known: Known?) {
    let news = foreign.spans.filter { known?.spans.contains(StoredSpan.print($0)) != true }
    self.known = foreign.spans.count - news.count
    guard !news.isEmpty else { return }
    let packed = SpanBatch(news).chunks(of: foreign.id, atMost: TraceNews.chunkBytes)
    if packed.allSatisfy({ $0.count <= Limits.valueBytes }) {
      (chunks, chunked) = (packed, news.count)
    } else {
      (tooLarge, filed) = (TraceFile(foreign), news.count)
    }
  }

  private static let chunkBytes = 256 * 1024

  /// What its tracker told of it as a whole, without what is shown here anyhow: that may be what its spans tell.
  static func fields(of foreign: ForeignTrace, beside known: Known?) -> Arrival.Fields {
    let here = known?.trace
    var fields: Arrival.Fields = []
    if let time = foreign.requestTime, time != here?.requestTime.milliseconds {
      fields.append((.requestTime, .integer(time)))
    }
    if let duration = foreign.duration, duration != here?.duration {
      fields.append((.duration, .integer(duration)))
    }
    if let state = foreign.state, state != here?.state {
      fields.append((.state, .text(state.rawValue)))
    }
    let texts = [
      (FieldName.requestPreview, foreign.requestPreview, here?.requestPreview),
      (.responsePreview, foreign.responsePreview, here?.responsePreview),
      (.clientRequest, foreign.clientRequest, here?.clientRequestID),
    ]
    for (name, text, shown) in texts {
      if let text, text != shown { fields.append((name, .text(text))) }
    }
    return fields
  }

  /// Metadata that spans tell where nobody else does, and that is here: it need not come.
  static func told(_ metadata: [String: String], beside known: Known?) -> [String: String] {
    guard let known else { return [:] }
    return metadata.filter { key, value in
      [TraceKey.tokenUsage, TraceKey.cost, TraceKey.session].contains(key)
        && known.metadata[key] == value
    }
  }
}

extension ForeignTrace {
  /// Texts that were cut there and are whole here are as they are here.
  func uncut(
    _ told: [String: String], _ here: [String: String], at characters: Int
  ) -> [String: String] {
    guard isCut else { return told }
    return Dictionary(
      uniqueKeysWithValues: told.map { key, value in
        guard value.unicodeScalars.count >= characters, let whole = here[key],
          whole.utf8.starts(with: value.utf8)
        else { return (key, value) }
        return (key, whole)
      })
  }
}
