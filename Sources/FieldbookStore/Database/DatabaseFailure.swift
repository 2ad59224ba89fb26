import FieldbookModel
import Foundation
import GRDBSQLite

/// What SQLite or the disk below it refused.
package enum DatabaseFailure: Failure, Equatable {
  case busy
  case diskFull
  case readOnly
  /// The disk below does not do what it is asked.
  case diskFailed(String)
  case tooManyFiles
  case corrupt(String)
  case cannotOpen(String)
  case other(code: Int32, String)

  static func of(code: Int32, message: String) -> DatabaseFailure {
    // SQLite has no code of its own for it.
    if message.contains(String(cString: strerror(EMFILE))) { return .tooManyFiles }
    return switch code & 0xFF {
    case SQLITE_IOERR: .diskFailed(message)
    case SQLITE_BUSY, SQLITE_LOCKED: .busy
    case SQLITE_FULL: .diskFull
    case SQLITE_READONLY: .readOnly
    case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(message)
    case SQLITE_CANTOPEN: .cannotOpen(message)
    default: .other(code: code, message)
    }
  }

  /// SQLite takes the whole transaction back with it: what came after would be written one by one.
  package var endsTransaction: Bool {
    switch self {
    case .diskFull, .diskFailed, .busy: true
    case .other(let code, _): [SQLITE_NOMEM, SQLITE_INTERRUPT, SQLITE_ABORT].contains(code & 0xFF)
    case .readOnly, .tooManyFiles, .corrupt, .cannotOpen: false
    }
  }

  package var message: String {
    switch self {
    case .busy: "another process has held the replica's write lock for a minute"
    case .diskFull: "the disk is full; what was recorded before is safe"
    case .readOnly: "the replica's folder cannot be written"
    case .diskFailed(let text): "the disk failed: \(text)"
    case .tooManyFiles: "this process may not open as many files as it needs"
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
    case .diskFailed:
      "what was recorded before is safe; see what the system says (dmesg), then: fieldbook doctor"
    case .tooManyFiles: "raise the limit: ulimit -n 1024"
    case .corrupt: "mend it, without overwriting anything: fieldbook doctor --fix"
    case .other: "run: fieldbook doctor"
    }
  }
}
