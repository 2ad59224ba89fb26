import Cgit2
import FieldbookModel

package enum GitFailure: Failure, Equatable {
  /// Somebody's own repository.
  case unreadable(String, reason: String)
  /// The replica's repository.
  case failed(String, doing: String, reason: String)
  /// An object that is not there, or whose bytes are no longer what its name says.
  case damaged(String, object: GitObjectID, reason: String)

  package var message: String {
    switch self {
    case .unreadable(let folder, let reason):
      "the git repository of \(folder) cannot be read: \(reason)"
    case .failed(let path, let action, let reason): "\(path): cannot \(action): \(reason)"
    case .damaged(let path, let object, let reason):
      "\(path): object \(object.hex) cannot be read: \(reason)"
    }
  }

  package var hint: String {
    switch self {
    case .unreadable: "run git status there"
    case .failed: "check the folder's permissions and free space"
    case .damaged: "fieldbook doctor says what it belongs to; a backup may hold it"
    }
  }
}

enum GitLibrary {
  /// Once in a process; whatever is written afterwards waits for the disk.
  static let start: Void = {
    git_libgit2_init()
    _ = fieldbook_git_waits_for_disk()
  }()

  static var lastError: String {
    git_error_last().flatMap { $0.pointee.message }.map { String(cString: $0) } ?? "unknown"
  }
}
