import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// How a file is sent that comes from anybody: nothing of it runs with the page's rights, and what a browser need not show it saves.
struct PageMedia {
  /// What a browser may show; everything else is saved as a file. Programs and pages are shown as text or in a sandbox.
  private static let types: [String: String] = {
    var out = [
      "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
      "webp": "image/webp", "bmp": "image/bmp", "svg": "image/svg+xml", "avif": "image/avif",
      "wav": "audio/wav", "mp3": "audio/mpeg", "ogg": "audio/ogg", "oga": "audio/ogg",
      "opus": "audio/ogg", "flac": "audio/flac", "m4a": "audio/mp4", "mp4": "video/mp4",
      "webm": "video/webm", "html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8",
      "json": "application/json", "csv": "text/csv; charset=utf-8",
    ]
    for ending in [
      "txt", "log", "md", "py", "yaml", "yml", "toml", "ini", "cfg", "sh", "tsv", "jsonl", "patch",
      "diff", "xml", "tex", "sql", "r", "c", "h", "cpp", "js", "css",
    ] { out[ending] = "text/plain; charset=utf-8" }
    return out
  }()

  let headers: HTTPFields

  /// - Parameter path: the last part of it is the file's name.
  init(_ path: String, _ request: Request) {
    let name = path.split(separator: "/").last.map(String.init) ?? "file"
    let ending = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
    let isAsked = request.uri.query?.split(separator: "&").contains("download") == true
    let type = isAsked ? nil : PageMedia.types[ending]
    var headers: HTTPFields = [
      .contentType: type ?? "application/octet-stream",
      // Even where it is opened by itself: no script of it, no form, and an origin of its own. (CSP 3, sandbox)
      .contentSecurityPolicy:
        "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
    ]
    if type == nil { headers[.contentDisposition] = PageMedia.disposition(name) }
    self.headers = headers
  }

  func whole(_ bytes: [UInt8]) -> Response {
    Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// The name percent-coded, whatever is in it. (RFC 6266, RFC 5987)
  private static func disposition(_ name: String) -> String {
    let plain = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
    let coded = name.addingPercentEncoding(withAllowedCharacters: plain) ?? "artifact"
    return "attachment; filename*=UTF-8''" + coded
  }
}
