import FieldbookModel

/// Why a backup cannot be made, or cannot be used.
package enum BackupFailure: Failure, Equatable {
  case notABackup(String)
  case unknownFormat(String, found: Int)
  case damaged(String, String)
  case insideReplica(String)
  case underWay(String)
  case neverQuiet
  case replicaInUse(String, processes: [Int32])
  case cannotWrite(String, reason: String)
  case cannotRead(String, reason: String)

  package var message: String {
    switch self {
    case .notABackup(let path): "there is no complete backup in \(path)"
    case .unknownFormat(let path, let found):
      "the backup \(path) has format \(found), this program knows \(BackupManifest.format)"
    case .damaged(let path, let reason): "the backup \(path) is damaged: \(reason)"
    case .insideReplica(let path): "\(path) lies in the replica that is to be backed up"
    case .underWay(let path): "another backup is being written into \(path) now"
    case .neverQuiet: "the replica was written to without the shortest pause"
    case .replicaInUse(let path, let processes):
      "the replica in \(path) is in use by process "
        + processes.prefix(5).map(String.init).joined(separator: ", ")
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .cannotRead(let path, let reason): "\(path) cannot be read: \(reason)"
    }
  }

  package var hint: String {
    switch self {
    case .notABackup: "name a folder that fieldbook backup wrote, or the one that holds it"
    case .unknownFormat: "update fieldbook on this machine"
    case .damaged: "take another one, or what is left of this: fieldbook doctor --fix --from BACKUP"
    case .insideReplica: "choose a folder outside of it, best on another disk"
    case .underWay: "wait until it is done"
    case .neverQuiet: "try again; if it goes on, stop one of the scripts that log"
    case .replicaInUse: "end it first (hub, server, run or sync), then try again"
    case .cannotWrite: "check the folder's permissions and free space"
    case .cannotRead: "check the file's owner and the disk"
    }
  }
}
