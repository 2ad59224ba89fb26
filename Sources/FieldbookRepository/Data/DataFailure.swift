import FieldbookModel

package enum DataFailure: Failure, Equatable {
  case cannotRead(String, reason: String)
  /// A pipe, a socket, a device.
  case odd(String)
  case changing(String)
  case tooMany(String, limit: Int)
  case tooDeep(String)
  /// Data that holds the replica changes with every run.
  case holdsReplica(String)

  package var message: String {
    switch self {
    case .cannotRead(let path, let reason): "the data \(path) cannot be read: \(reason)"
    case .odd(let path): "the data \(path) is neither a file nor a folder nor a link"
    case .changing(let path): "the data \(path) goes on changing while it is read"
    case .tooMany(let path, let limit): "the data \(path) holds more than \(limit) files"
    case .tooDeep(let path): "the data \(path) has folders that are too deep"
    case .holdsReplica(let path): "the data \(path) holds the replica itself, .fieldbook/"
    }
  }

  package var hint: String {
    switch self {
    case .cannotRead: "check the path after --data and the permissions"
    case .odd: "move it out of the data, or name the files that are meant"
    case .changing: "wait until whatever writes it has ended"
    case .tooMany, .tooDeep: "name the folder below it that the command reads"
    case .holdsReplica: "name the folder below it that the command reads"
    }
  }
}
