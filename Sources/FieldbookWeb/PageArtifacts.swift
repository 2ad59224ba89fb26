import FieldbookModel
import FieldbookRepository
import FieldbookServing
import FieldbookWorkspace
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Files of runs, for looking at. What they hold comes from anybody: nothing of it runs with the page's rights.
struct PageArtifacts: Sendable {
  let workspace: Workspace

  /// What a browser may show; everything else is saved as a file. Programs and pages are shown as text or in a sandbox.
  private static let types: [String: String] = {
    var out = [
      "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
      "webp": "image/webp", "bmp": "image/bmp", "svg": "image/svg+xml", "wav": "audio/wav",
      "mp3": "audio/mpeg", "ogg": "audio/ogg", "flac": "audio/flac", "mp4": "video/mp4",
      "webm": "video/webm", "html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8",
      "json": "application/json", "csv": "text/csv; charset=utf-8",
    ]
    for ending in [
      "txt", "log", "md", "py", "yaml", "yml", "toml", "ini", "cfg", "sh", "tsv", "jsonl", "patch",
      "diff", "xml", "tex", "sql", "r", "c", "h", "cpp", "js", "css",
    ] { out[ending] = "text/plain; charset=utf-8" }
    return out
  }()

  func send(_ run: RunID, _ path: String, _ request: Request) async throws -> Response {
    let artifact = try await Blocking.run { try workspace.heldArtifact(run, path: path) }
    let name = path.split(separator: "/").last.map(String.init) ?? "artifact"
    let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let isAsked = request.uri.query?.split(separator: "&").contains("download") == true
    let type = isAsked ? nil : PageArtifacts.types[ending]
    var headers: HTTPFields = [
      .contentType: type ?? "application/octet-stream", .acceptRanges: "bytes",
      // Even where it is opened by itself: no script of it, no form, and an origin of its own. (CSP 3, sandbox)
      .contentSecurityPolicy:
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
    ]
    if type == nil { headers[.contentDisposition] = PageArtifacts.disposition(name) }
    let whole = try await Blocking.run { try workspace.contentReader(artifact) }
    let part: Range<Int64>?
    do { part = try ByteRange.read(request.headers[.range], of: whole.size) } catch {
      throw PageFailure(.rangeNotSatisfiable, "the file ends before")
    }
    let reader =
      part == nil
      ? whole : try await Blocking.run { try workspace.contentReader(artifact, range: part) }
    if let part { headers[.contentRange] = ByteRange.header(part, of: whole.size) }
    let count = Int(reader.range.upperBound - reader.range.lowerBound)
    return Response(
      status: part == nil ? .ok : .partialContent, headers: headers,
      body: ResponseBody(contentLength: count) { writer in
        while let piece = try await Blocking.run({ try reader.next() }) {
          try await writer.write(ByteBuffer(bytes: piece))
        }
        try await writer.finish(nil)
      })
  }

  /// The name percent-coded, whatever is in it. (RFC 6266, RFC 5987)
  private static func disposition(_ name: String) -> String {
    let plain = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
    let coded = name.addingPercentEncoding(withAllowedCharacters: plain) ?? "artifact"
    return "attachment; filename*=UTF-8''" + coded
  }
}
