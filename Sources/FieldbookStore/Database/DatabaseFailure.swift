import FieldbookModel
import GRDBSQLite

/// What SQLite or the disk below it refused.
package enum DatabaseFailure: Failure, Equatable {
  case busy
  case diskFull
  case readOnly
  case corrupt(String)
  case cannotOpen(String)
  case other(code: Int32, String)

  static func of(code: Int32, message: String) -> DatabaseFailure {
    switch code & 0xFF {
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .diskFull
    case SQLITE_READONLY: .readOnly
    case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(message)
    case SQLITE_CANTOPEN: .cannotOpen(message)
    default: .other(code: code, message)
    }
  }

  package var message: String {
    switch self {
    case .busy: "another process has held the replica's write lock for a minute"
    case .diskFull: "the disk is full; what was recorded before is safe"
    case .readOnly: "the replica's folder cannot be written"
    case .corrupt(let text): "the replica's database is damaged: \(text)"
    case .cannotOpen(let text): "the replica's database cannot be opened: \(text)"
    case .other(let code, let text): "the database refused (\(code)): \(text)"
    }
  }

  package var hint: String {
    switch self {
    case .busy: "see which with: fuser .fieldbook/replica.sqlite"
    case .diskFull: "free some space and try again"
    case .readOnly, .cannotOpen: "check the folder's owner and permissions"
    case .corrupt: "mend it, without overwriting anything: fieldbook doctor --fix"
    case .other: "run: fieldbook doctor"
    }
  }
}
