import Crypto
import FieldbookModel
import FieldbookReplication
import Foundation
import GRDB

extension Store {
  /// Writes the database as it is at one moment to `path`, as one file, while others write.
  ///
  /// - Returns: false, and nothing is at `path`, if there are ops that are not sealed yet: only this device's key
  ///   could seal them later, and others would see them as a second branch of its log.
  package func copy(to path: String) throws -> Bool {
    try read { db in
      let open = try Int.fetchOne(
        db, sql: "SELECT (SELECT count(*) FROM journal) + (SELECT count(*) FROM tail)")
      guard open == 0 else { return false }
      // SQLite would make it with the mode that the umask leaves.
      Foundation.close(Foundation.open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600))
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { copy in
        try db.backup(to: copy)
        // Read by others where no file can be made beside it.
        try copy.execute(sql: "PRAGMA journal_mode = DELETE")
      }
      try queue.close()
      return true
    }
  }
}

/// A database that no replica works in: a backup's, or one that is being looked at. Never changed by this.
package final class DatabaseCopy: Sendable {
  private let queue: DatabaseQueue
  private let identity: LogIdentity

  /// - Parameter workspace: whose segments it holds.
  package init(path: String, workspace: WorkspaceID) throws {
    var configuration = Configuration()
    configuration.readonly = true
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(code: error.resultCode.rawValue, message: error.message ?? "")
    }
    // Nothing is signed here.
    identity = LogIdentity(
      workspace: workspace, signing: Curve25519.Signing.PrivateKey(), now: { 0 },
      random: { [UInt8](repeating: 0, count: $0) })
  }

  /// SQLite's own check of the file: `ok`, or what is wrong.
  package func integrity() throws -> String {
    try read { try String.fetchOne($0, sql: "PRAGMA integrity_check(20)") ?? "no answer" }
  }

  package func inspect<Result>(_ body: (WriteTransaction) throws -> Result) throws -> Result {
    try read { db in
      guard let connection = db.sqliteConnection else {
        throw DatabaseFailure.cannotOpen(queue.path)
      }
      let sql = SQL(connection)
      defer { sql.finalize() }
      return try body(
        WriteTransaction(
          sql: sql, identity: identity, cache: MembershipCache(), isReadOnly: true))
    }
  }

  private func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try queue.read(body)
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(code: error.resultCode.rawValue, message: error.message ?? "")
    }
  }

  /// Takes out of a fresh copy what is of use to nobody without the device's key: the secrets of open invites.
  package static func removeInvites(_ path: String) throws {
    do {
      let queue = try DatabaseQueue(path: path)
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA secure_delete = ON; DELETE FROM invite")
      }
      try queue.close()
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(code: error.resultCode.rawValue, message: error.message ?? "")
    }
  }
}
