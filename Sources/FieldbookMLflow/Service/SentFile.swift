import FieldbookModel
import FieldbookServing
import Foundation
import Hummingbird

/// The headers of a file that is sent, as MLflow's server writes them.
package enum SentFile {
  static func headers(_ name: String) -> HTTPFields {
    [
      .contentType: mediaType(name), .contentDisposition: disposition(name),
      .xContentTypeOptions: "nosniff",
    ]
  }

  /// Always an attachment: a browser must not run what a training script saved. (RFC 6266)
  package static func disposition(_ name: String) -> String {
    guard !name.utf8.allSatisfy({ $0 < 128 }) else { return "attachment; filename=" + quoted(name) }
    let plain = String(
      String.UnicodeScalarView(
        name.decomposedStringWithCompatibilityMapping.unicodeScalars.filter(\.isASCII)))
    return "attachment; filename=\(quoted(plain.isEmpty ? "download" : plain));"
      + " filename*=UTF-8''\(PercentCoding.encode(name))"
  }

  /// A token as it is, anything else in quotes; a line's end would end the header.
  private static func quoted(_ text: String) -> String {
    let isToken = text.utf8.allSatisfy { byte in
      (33..<127).contains(byte) && !Array("\"(),/:;<=>?@[\\]{}".utf8).contains(byte)
    }
    guard !isToken || text.isEmpty else { return text }
    let scalars = text.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }
    let plain = String(String.UnicodeScalarView(scalars))
    return "\""
      + plain.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// The part of a file that is asked for; nil for all of it.
  ///
  /// - Throws: `MLflowError` for a part beyond the end.
  package static func range(_ header: String?, of size: Int64) throws(MLflowError) -> Range<Int64>?
  {
    do throws(ByteRange.Beyond) {
      return try ByteRange.read(header, of: size)
    } catch {
      throw MLflowError(
        .badRequest,
        "The part that was asked for is beyond the end of the file (\(size) bytes).")
    }
  }

  static func mediaType(_ name: String) -> String {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    // A file without an ending is known by its name: `MLmodel`.
    let ending = String(parts.last ?? "")
    if texts.contains(ending) { return "text/plain" }
    guard parts.count > 1, let type = MediaType.getMediaType(forExtension: ending.lowercased())
    else { return "application/octet-stream" }
    return type.description
  }

  /// What MLflow's page shows as text.
  private static let texts: Set = [
    "txt", "log", "err", "cfg", "conf", "cnf", "cf", "ini", "properties", "prop", "hocon", "toml",
    "yaml", "yml", "xml", "json", "js", "py", "py3", "csv", "tsv", "md", "rst", "ipynb",
    "MLmodel", "mlproject",
  ]
}
