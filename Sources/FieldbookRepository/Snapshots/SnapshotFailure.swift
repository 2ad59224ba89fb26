import FieldbookModel

package enum SnapshotFailure: Failure, Equatable {
  case tooManyFiles(String, Int)
  case noFolder(String)
  case noSnapshot(String)
  case notHere(GitObjectID)
  case notEmpty(String)
  case cannotWrite(String, reason: String)
  /// A tree that this program would not have made.
  case hostile(String)
  /// A message that is not what an exchange of snapshots carries.
  case badFrame

  package var message: String {
    switch self {
    case .tooManyFiles(let folder, let limit): "\(folder) holds more than \(limit) files"
    case .noFolder(let folder): "there is no folder \(folder)"
    case .noSnapshot(let run): "run \(run) has no snapshot"
    case .notHere(let commit): "the snapshot \(commit.hex.prefix(8)) is not on this replica"
    case .notEmpty(let folder): "\(folder) is there already, and not empty"
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .badFrame: "a message with parts of snapshots does not read"
    case .hostile(let reason): "the snapshot cannot be taken apart: \(reason)"
    }
  }

  package var hint: String {
    switch self {
    case .tooManyFiles: "name what does not belong to the project in \(IgnoreRules.fileName)"
    case .noFolder: "check the path"
    case .noSnapshot: "fieldbook run takes one of each run that it starts"
    case .notHere: "sync with a peer that has it"
    case .notEmpty: "name a folder that is not there yet"
    case .cannotWrite: "check the folder's permissions and free space"
    case .badFrame: "try again; if it goes on, update fieldbook on both sides"
    case .hostile: "ask whoever made it; fieldbook devices names them"
    }
  }
}
