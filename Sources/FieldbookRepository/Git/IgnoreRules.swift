import Cgit2
import FieldbookModel
import Foundation

/// The rules of `.fieldbookignore` files: which files of a folder are not taken in. Syntax and meaning are git's, and
/// libgit2 applies them; what git itself ignores does not count.
///
/// libgit2 reads rules from a repository only. So they are written, under git's name, into an empty one that lives as
/// long as this does; all into one file, since libgit2 drops a `!rule` whose rule stands in a file further up.
package final class IgnoreRules {
  package static let fileName = ".fieldbookignore"
  private static let bytesMax = 1 << 20

  private let top: String
  private let scratch: String
  private let repository: OpaquePointer

  /// Nil if there are no such files from `top` down to `folder` and in the folders below it.
  ///
  /// - Parameter top: `folder`, or a folder above it.
  package convenience init?(folder: String, top: String) throws {
    try self.init(top: top, places: IgnoreRules.places(folder, top))
  }

  /// - Parameter places: folders that may hold such a file, as `top` sees them: empty or `/sub/folder`; those further up
  ///   first.
  init?(top: String, places: [String]) throws {
    let files = try IgnoreRules.files(places, top)
    guard !files.isEmpty else { return nil }
    self.top = top
    scratch = NSTemporaryDirectory() + "/fieldbook-ignore-" + UUID().uuidString
    GitLibrary.start
    do {
      try FileManager.default.createDirectory(
        atPath: scratch, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      let rules = files.flatMap { place, text in
        text.split(whereSeparator: \.isNewline).map { IgnoreRules.rule(String($0), in: place) }
      }
      try Data((rules.joined(separator: "\n") + "\n").utf8)
        .write(to: URL(fileURLWithPath: scratch + "/.gitignore"))
      repository = try IgnoreRules.make(scratch)
    } catch {
      try? FileManager.default.removeItem(atPath: scratch)
      throw error
    }
  }

  deinit {
    git_repository_free(repository)
    try? FileManager.default.removeItem(atPath: scratch)
  }

  /// - Parameter path: of a file in the folder.
  package func ignores(_ path: String) -> Bool {
    guard path.hasPrefix(top + "/") else { return false }
    var isIgnored: Int32 = 0
    let found = git_ignore_path_is_ignored(
      &isIgnored, repository, String(path.dropFirst(top.count + 1)))
    return found == 0 && isIgnored != 0
  }

  /// A line of a file in `folder`, as it would stand in the file at the top. Source: gitignore(5).
  static func rule(_ line: String, in folder: String) -> String {
    guard !folder.isEmpty, !line.hasPrefix("#"), !line.allSatisfy(\.isWhitespace) else {
      return line
    }
    let isNegated = line.hasPrefix("!")
    var pattern = isNegated ? String(line.dropFirst()) : line
    // One with a slash before its end is meant from its folder on, any other at all depths below it.
    let isAnchored = pattern.dropLast().contains("/")
    if pattern.hasPrefix("/") { pattern.removeFirst() }
    let place = folder.map { "*?[]\\!#".contains($0) ? "\\\($0)" : String($0) }.joined()
    return (isNegated ? "!" : "") + place + (isAnchored ? "/" : "/**/") + pattern
  }

  private static func make(_ path: String) throws -> OpaquePointer {
    var made: OpaquePointer?
    guard git_repository_init(&made, path, 0) == 0, let made else {
      throw GitFailure.unreadable(path, reason: "no rules can be kept there")
    }
    // The user's own ignore file is git's, not ours.
    var config: OpaquePointer?
    guard git_repository_config(&config, made) == 0, let config else {
      git_repository_free(made)
      throw GitFailure.unreadable(path, reason: "it has no settings")
    }
    git_config_set_string(config, "core.excludesfile", "/dev/null")
    git_config_free(config)
    return made
  }

  private static func places(_ folder: String, _ top: String) -> [String] {
    var folders = [folder]
    while let last = folders.last, last != top, last.hasPrefix(top + "/") {
      folders.append(PathText.folder(of: last))
    }
    let below = FileManager.default.enumerator(atPath: folder)
    while let name = below?.nextObject() as? String {
      if [".git", ".fieldbook"].contains((name as NSString).lastPathComponent) {
        below?.skipDescendants()
      } else if name.hasSuffix("/" + fileName) {
        folders.append(folder + "/" + PathText.folder(of: name))
      }
    }
    return Set(folders).sorted().map { String($0.dropFirst(top.count)) }
  }

  /// By the folder they stand in.
  private static func files(_ places: [String], _ top: String) throws -> [(String, String)] {
    try places.compactMap { place in
      let path = top + place + "/" + fileName
      guard FileManager.default.fileExists(atPath: path) else { return nil }
      guard let data = FileManager.default.contents(atPath: path), data.count <= bytesMax,
        let text = String(validating: data, as: UTF8.self)
      else {
        throw ContentFailure.cannotRead(path, reason: "it is no text, or larger than 1 MiB")
      }
      return (place, text)
    }
  }
}
