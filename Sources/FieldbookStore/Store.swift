import FieldbookModel
import FieldbookReplication
import Foundation
import GRDB
import GRDBSQLite
import Synchronization

/// How much a local change survives when the call returns.
package enum Durability: Sendable {
  /// A power cut. For what people write.
  case person
  /// A SIGKILL of any process; a power cut within the last 200 ms may cost it. For what scripts log.
  case script
}

/// The SQLite replica: one file, one writer at a time, pooled readers, several processes.
///
/// Every change passes `write` (local) or `apply` (a peer's); both run the same fold.
package final class Store: Sendable {
  package let path: String
  package let identity: LogIdentity
  let pool: DatabasePool
  private let checkpointLock: String
  private let writerSQL = Mutex<SQL?>(nil)
  /// Bytes of the write-ahead log after which the next checkpoint is tried.
  private let nextCheckpoint = Mutex(Int64(Store.checkpointBytes))

  /// How long a writer waits for another process.
  static let busyTimeoutSeconds = 60.0
  /// The write-ahead log is copied back once it is longer than this.
  static let checkpointBytes = 8 * 1024 * 1024

  /// Opens or makes the database at `path`.
  package init(path: String, identity: LogIdentity) throws {
    self.path = path
    self.identity = identity
    checkpointLock = path + ".checkpoint"
    var configuration = Configuration()
    configuration.busyMode = .timeout(Store.busyTimeoutSeconds)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { db in
      // One process checkpoints at a time, under a lock: Debian's SQLite has the WAL-reset race.
      try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
      // Else the file never shrinks, and would ask for a checkpoint after every commit.
      try db.execute(sql: "PRAGMA journal_size_limit = \(Store.checkpointBytes / 2)")
      try db.execute(sql: "PRAGMA synchronous = NORMAL")
      try db.execute(sql: "PRAGMA temp_store = MEMORY")
      try db.execute(sql: "PRAGMA cache_size = -16000")
      try db.execute(sql: "PRAGMA foreign_keys = OFF")
      try db.execute(sql: "PRAGMA secure_delete = ON")
    }
    do {
      pool = try DatabasePool(path: path, configuration: configuration)
      try migrate()
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(
        code: error.resultCode.rawValue, message: error.message ?? "unknown")
    }
  }

  private func migrate() throws {
    try pool.write { db in
      if try db.tableExists("meta") {
        let found = try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'format'") ?? 0
        guard found == Schema.format else {
          throw StoreFailure.unknownFormat(found: Int(found), known: Int(Schema.format))
        }
        return try Store.addColumns(db)
      }
      try db.execute(sql: Schema.log)
      try db.execute(sql: Schema.local)
      try Store.addColumns(db)
      try db.execute(sql: Schema.derived)
      try db.execute(sql: Schema.views)
      try db.execute(
        sql: "INSERT INTO meta(key, value) VALUES ('format', ?), ('level', ?)",
        arguments: [Schema.format, OperationKind.level])
    }
  }

  private static func addColumns(_ db: Database) throws {
    for (table, columns) in Dictionary(grouping: Schema.additions, by: \.table) {
      let known = Set(try db.columns(in: table).map(\.name))
      for new in columns where !known.contains(new.column) {
        try db.execute(sql: "ALTER TABLE \(table) ADD COLUMN \(new.column) \(new.type)")
      }
    }
  }

  // MARK: Doors

  /// The one door for local changes.
  @discardableResult
  package func write<Result>(
    _ durability: Durability, _ body: (WriteTransaction) throws -> Result
  ) throws -> (result: Result, sealedNumber: UInt64?) {
    let outcome = try transaction { transaction in
      let result = try body(transaction)
      try transaction.refoldIfNeeded()
      try transaction.sealIfFull()
      return (result, transaction.sealedNumber)
    }
    if durability == .person { try barrier() }
    return outcome
  }

  /// The one door for what peers wrote. Durable on return.
  package func apply(_ segments: [EncodedSegment]) throws -> ApplyReport {
    var report = ApplyReport()
    var rest = segments[...]
    while !rest.isEmpty {
      let started = ContinuousClock.now
      try transaction { transaction in
        try transaction.seal()
        try transaction.deliverEnrolled(report: &report)
        // The write lock is given back every 50 ms, so that a training script can go on.
        while let next = rest.popFirst() {
          try transaction.deliver(next.bytes, report: &report)
          if ContinuousClock.now - started > .milliseconds(50) { break }
        }
        try transaction.refoldIfNeeded()
        report.newConflicts += transaction.newConflicts
      }
    }
    try barrier()
    return report
  }

  /// A consistent view of one moment, while others write.
  package func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    do {
      return try pool.read(body)
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(code: error.resultCode.rawValue, message: error.message ?? "")
    }
  }

  /// A read that uses the log's own queries. Nothing that it does is kept.
  package func inspect<Result>(_ body: (WriteTransaction) throws -> Result) throws -> Result {
    try read { db in
      guard let connection = db.sqliteConnection else { throw DatabaseFailure.cannotOpen(path) }
      let sql = SQL(connection)
      defer { sql.finalize() }
      return try body(WriteTransaction(sql: sql, identity: identity, isReadOnly: true))
    }
  }

  private func transaction<Result>(_ body: (WriteTransaction) throws -> Result) throws -> Result {
    do {
      let result = try pool.write { db in
        guard let connection = db.sqliteConnection else { throw DatabaseFailure.cannotOpen(path) }
        let sql = writerSQL.withLock { known in
          if let known { return known }
          let made = SQL(connection)
          known = made
          return made
        }
        let transaction = WriteTransaction(sql: sql, identity: identity)
        let result = try body(transaction)
        try transaction.finish()
        return result
      }
      checkpointIfLong()
      return result
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(code: error.resultCode.rawValue, message: error.message ?? "")
    }
  }

  // MARK: Durability

  /// Everything committed so far, by any process, survives a power cut when this returns.
  package func barrier() throws {
    let file = open(path + "-wal", O_RDONLY)
    guard file >= 0 else {
      // No write-ahead log: everything is in the database file.
      if errno == ENOENT { return }
      throw DatabaseFailure.other(code: SQLITE_IOERR, String(cString: strerror(errno)))
    }
    defer { Foundation.close(file) }
    guard fdatasync(file) == 0 else {
      throw DatabaseFailure.other(code: SQLITE_IOERR, String(cString: strerror(errno)))
    }
  }

  /// A checkpoint that fails costs nothing: what was committed stays in the write-ahead log.
  private func checkpointIfLong() {
    var info = stat()
    guard stat(path + "-wal", &info) == 0 else { return }
    let size = Int64(info.st_size)
    let isDue = nextCheckpoint.withLock { next in
      // Someone else's checkpoint let it begin anew.
      if size < next - Int64(Store.checkpointBytes) { next = Int64(Store.checkpointBytes) }
      guard size > next else { return false }
      // A reader can keep it from getting through: not again after every commit.
      next = size + Int64(Store.checkpointBytes)
      return true
    }
    guard isDue else { return }
    let lock = open(checkpointLock, O_CREAT | O_RDWR, 0o600)
    guard lock >= 0 else { return }
    defer { Foundation.close(lock) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { return }
    _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.passive) }
  }

  package func close() throws {
    try barrier()
    pool.writeWithoutTransaction { _ in
      writerSQL.withLock { known in
        known?.finalize()
        known = nil
      }
    }
    try pool.close()
  }
}

package enum StoreFailure: Failure, Equatable {
  case unknownFormat(found: Int, known: Int)
  case readerWrites

  package var message: String {
    switch self {
    case .unknownFormat(let found, let known):
      "this replica has format \(found), this program knows \(known)"
    case .readerWrites: "this device is a reader of the workspace: it looks, and records nothing"
    }
  }

  package var hint: String {
    switch self {
    case .unknownFormat: "update fieldbook on this machine; nothing was changed"
    case .readerWrites: "ask an admin for a code with --role writer"
    }
  }
}
