import FieldbookModel
import Foundation

/// What proves to a storage who asks. Never in a setting, a log or a message.
package struct ObjectCredentials: Equatable, Sendable {
  package let accessKey: String
  package let secretKey: String
  package let sessionToken: String?

  package init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
  }
}

extension ObjectCredentials: CustomStringConvertible, CustomDebugStringConvertible {
  /// So that none gets into a text by accident.
  package var description: String { "credentials" }
  package var debugDescription: String { "credentials" }
}

/// Sections of names and values, as `~/.aws/credentials` and `~/.aws/config` have them. Source: AWS SDKs and Tools Reference Guide,
/// "Shared config and credentials files".
package struct ProfileFile: Equatable, Sendable {
  package static let bytesMax = 256 << 10
  package private(set) var profiles: [String: [String: String]] = [:]

  /// What does not read is passed over, as the other tools do.
  package init(_ text: String) {
    var section: String?
    for line in text.split(whereSeparator: \.isNewline) {
      // What is indented belongs to the value before it.
      guard let first = line.first, !first.isWhitespace else { continue }
      let line = line.trimmingCharacters(in: .whitespaces)
      guard !line.hasPrefix("#"), !line.hasPrefix(";") else { continue }
      if line.hasPrefix("["), let end = line.firstIndex(of: "]") {
        var name = line[line.index(after: line.startIndex)..<end].trimmingCharacters(
          in: .whitespaces)
        if name.hasPrefix("profile ") {
          name = name.dropFirst(8).trimmingCharacters(in: .whitespaces)
        }
        section = name
      } else if let section, let equals = line.firstIndex(of: "=") {
        let name = line[..<equals].trimmingCharacters(in: .whitespaces).lowercased()
        let value = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        if !name.isEmpty { profiles[section, default: [:]][name] = value }
      }
    }
  }

  /// Nil for a file that is not there or cannot be read.
  static func read(_ path: String) -> ProfileFile? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    guard let data = try? file.read(upToCount: bytesMax + 1), data.count <= bytesMax else {
      return nil
    }
    return ProfileFile(String(decoding: data, as: UTF8.self))
  }
}
