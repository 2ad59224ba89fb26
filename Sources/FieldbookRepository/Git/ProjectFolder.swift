import Cgit2
import FieldbookModel
import Foundation

/// The top of the project that a folder belongs to: that of its git repository, else the nearest folder upward that holds a replica,
/// else the folder itself.
///
/// A replica in the home folder, or in `/`, makes no project of all that is below.
package enum ProjectFolder {
  /// - Throws: `GitFailure.unreadable`.
  package static func top(of folder: String) throws -> String {
    let repository = try ProjectRepository.open(folder)
    defer { git_repository_free(repository) }
    return top(of: folder, in: repository)
  }

  static func top(of folder: String, in repository: OpaquePointer?) -> String {
    guard let repository, let top = git_repository_workdir(repository) else {
      return withReplica(folder)
    }
    let text = String(cString: top)
    return text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  static func withReplica(_ folder: String, home: String = NSHomeDirectory()) -> String {
    var current = folder
    while !current.isEmpty, current != "/", current != home {
      if FileManager.default.fileExists(atPath: current + "/.fieldbook/workspace.json") {
        return current
      }
      current = PathText.folder(of: current)
    }
    return folder
  }
}
