import FieldbookModel
import Foundation

/// What programs of other users, and of other machines, show a server of MLflow's endpoints. Made once, and kept for
/// the owner's eyes.
package enum ServerToken {
  package static func file(in folder: String) -> String { folder + "/server.token" }

  /// The token in `folder`, made first if there is none.
  package static func kept(in folder: String, random: (Int) -> [UInt8]) throws -> String {
    let path = file(in: folder)
    if let known = read(path) { return known }
    let made = Hex.encode(random(32))
    let draft = path + "." + UUID().uuidString
    guard
      FileManager.default.createFile(
        atPath: draft, contents: Data((made + "\n").utf8), attributes: [.posixPermissions: 0o600])
    else { throw TLSFailure.cannotKeep(path: path, reason: "it could not be made") }
    defer { try? FileManager.default.removeItem(atPath: draft) }
    // Whoever links first has made it, also when two servers begin at once.
    guard link(draft, path) == 0 || errno == EEXIST else {
      throw TLSFailure.cannotKeep(path: path, reason: String(cString: strerror(errno)))
    }
    guard let kept = read(path) else {
      throw TLSFailure.cannotKeep(path: path, reason: "it holds no token; remove it")
    }
    return kept
  }

  private static func read(_ path: String) -> String? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return text.count >= 32 ? text : nil
  }
}
