import FieldbookModel
import FieldbookWorkspace

/// Which remotes `sync` talks to. A folder or a bundle that a replica was cloned from is a remote that cannot answer.
enum SyncTargets {
  /// The named ones, else all that can answer.
  ///
  /// - Throws: `OnlyAFile` for one that cannot and was named, or is all there is.
  static func chosen(
    _ names: [String], from known: [Workspace.Remote], remote: (String) throws -> Workspace.Remote
  ) throws -> [Workspace.Remote] {
    guard names.isEmpty else {
      let named = try names.map(remote)
      if let file = named.first(where: { !canAnswer($0.url) }) { throw OnlyAFile(file) }
      return named
    }
    let able = known.filter { canAnswer($0.url) }
    if able.isEmpty, let file = known.first { throw OnlyAFile(file) }
    return able
  }

  static func canAnswer(_ url: String) -> Bool { url.contains("://") }
}

struct OnlyAFile: Failure, Equatable {
  var name: String
  var path: String

  init(_ remote: Workspace.Remote) { self.init(name: remote.name, path: remote.url) }

  init(name: String, path: String) {
    (self.name, self.path) = (name, path)
  }

  var message: String {
    "the remote \(name) is a file or folder, \(path), which cannot be synced with"
  }

  var hint: String {
    "take in a newer bundle (fieldbook bundle apply FILE), or add the hub: "
      + "fieldbook remote add hub http://127.0.0.1:4600"
  }
}
