import Csqlite
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
  private let membership = MembershipCache()
  /// As far as it is committed. While a transaction goes on it has it.
  private let knownOps = Mutex(KnownOps())
  /// A transaction of this process took values out of the log.
  private let hasPurged = Mutex(false)
  private let presence: StorePresence
  /// Where a copy lies that is looked at, because the replica's own folder cannot be written; nil as a rule.
  private let lookout: String?
  private let statements = StatementCaches()
  private let sharedBarrier = SharedBarrier()
  /// Whether anything was committed through this.
  private let hasWritten = Mutex(false)
  /// Bytes of the write-ahead log after which the next checkpoint is tried.
  private let nextCheckpoint = Mutex(Int64(Store.checkpointBytes))

  /// How long a writer waits for another process.
  static let busyTimeoutSeconds = 60.0
  /// For how long the write lock is held while segments are taken in, in milliseconds; what ends a transaction comes to it.
  static let lockShare: ClosedRange<Int64> = 50...1000
  /// The write-ahead log is copied back once it is longer than this.
  static let checkpointBytes = 8 * 1024 * 1024
  /// Who closes the database last copies a longer one back, too.
  static let closingBytes: Int64 = 1024 * 1024

  /// Of each connection.
  private static let settings = """
    -- One process checkpoints at a time, under a lock: Debian's SQLite has the WAL-reset race.
    PRAGMA wal_autocheckpoint = 0;
    -- Else the file never shrinks, and would ask for a checkpoint after every commit.
    PRAGMA journal_size_limit = \(checkpointBytes / 2);
    PRAGMA synchronous = NORMAL;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -16000;
    PRAGMA foreign_keys = OFF;
    PRAGMA secure_delete = ON;
    """

  /// Of the whole process: to be called before SQLite is used for the first time, and of no effect later.
  package static let settingsOfProcess: Void = { _ = sqlite_counts_no_memory() }()

  /// Statements that return nothing of interest, in one go.
  private static func runScript(_ script: String, on db: Database) throws {
    guard sqlite3_exec(db.sqliteConnection, script, nil, nil, nil) == SQLITE_OK else {
      throw DatabaseError(
        resultCode: ResultCode(rawValue: sqlite3_extended_errcode(db.sqliteConnection)),
        message: String(cString: sqlite3_errmsg(db.sqliteConnection)))
    }
  }

  /// Opens or makes the database at `path`.
  ///
  /// - Parameter isKnown: it was made before: without tables it is damaged, and not new.
  package init(path: String, identity: LogIdentity, isKnown: Bool = false) throws {
    Store.settingsOfProcess
    self.path = path
    self.identity = identity
    checkpointLock = path + ".checkpoint"
    var configuration = Configuration()
    configuration.busyMode = .timeout(Store.busyTimeoutSeconds)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { db in
      // It would note of every statement what that reads and writes, for observers; there are none, and it takes a tenth
      // of the time that statements take to compile.
      sqlite3_set_authorizer(db.sqliteConnection, nil, nil)
      try Store.runScript(Store.settings, on: db)
      SpanFunctions.add(to: db)
    }
    self.presence = try StorePresence(path) { if isKnown { try Store.checkFiles(path) } }
    // SQLite would make it, and the files beside it, with the mode that the umask leaves.
    let isAfterBoot = isKnown && DatabasePages.hasLogOfEarlierBoot(path)
    let made = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    if made >= 0 { Foundation.close(made) }
    do {
      do {
        pool = try DatabasePool(path: path, configuration: configuration)
        lookout = nil
      } catch let error as DatabaseError {
        guard isKnown, let copy = Store.copyToLookAt(path) else { throw error }
        pool = try DatabasePool(path: copy + "/replica.sqlite", configuration: configuration)
        lookout = copy
      }
      if isAfterBoot, lookout == nil, !Mutant.isOn(.logHolesKept) { try emptyLog() }
      try migrate(isKnown: isKnown)
      if Mutant.isOn(.livePointsForgotten) {
        try pool.write { try $0.execute(sql: "DELETE FROM tail") }
      }
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(
        code: error.resultCode.rawValue, message: error.message ?? "unknown")
    }
  }

  /// The replica's own files cannot be written.
  var isLookedAt: Bool { lookout != nil }

  deinit { removeLookout() }

  private func removeLookout() {
    if let lookout { try? FileManager.default.removeItem(atPath: lookout) }
  }

  /// SQLite needs to write beside a database even to read it. Where nobody can, a copy is looked at.
  ///
  /// - Returns: the copy's folder; nil if the database's folder can be written, or it cannot be copied.
  private static func copyToLookAt(_ path: String) -> String? {
    let folder = PathText.folder(of: path)
    guard access(folder, W_OK) != 0, errno == EROFS || errno == EACCES else { return nil }
    let copy = NSTemporaryDirectory() + "/fieldbook-look-" + UUID().uuidString
    do {
      try FileManager.default.createDirectory(
        atPath: copy, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
        try FileManager.default.copyItem(
          atPath: path + suffix, toPath: copy + "/replica.sqlite" + suffix)
        chmod(copy + "/replica.sqlite" + suffix, 0o600)
      }
      return copy
    } catch {
      try? FileManager.default.removeItem(atPath: copy)
      return nil
    }
  }

  /// Throws if the database's file, or its write-ahead log, is damaged where SQLite would make it worse in silence.
  /// Changes nothing. Not while this process has the database open.
  package static func checkFiles(_ path: String) throws {
    if let damage = DatabasePages.headerDamage(path) ?? DatabasePages.logDamage(path) {
      throw DatabaseFailure.corrupt(damage)
    }
  }

  private func migrate(isKnown: Bool) throws {
    try pool.writeWithoutTransaction { db in
      if try Store.isUpToDate(db) { return }
      try db.inTransaction(.immediate) {
        try self.migrate(db, isKnown: isKnown)
        return .commit
      }
    }
  }

  /// Of this format, with all that programs up to this one add: nothing is to be written.
  private static func isUpToDate(_ db: Database) throws -> Bool {
    let additions = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard additions >= Schema.additionCount else { return false }
    return (try? format(db)) == Schema.format
  }

  private static func format(_ db: Database) throws -> Int64 {
    try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE key = 'format'") ?? 0
  }

  private func migrate(_ db: Database, isKnown: Bool) throws {
    if try db.tableExists("meta") {
      let found = try Store.format(db)
      guard found == Schema.format else {
        throw StoreFailure.unknownFormat(found: Int(found), known: Int(Schema.format))
      }
      if try !db.tableExists("trace") { try Store.runScript(Schema.traces, on: db) }
      if try !db.tableExists("config") { try Store.runScript(Schema.configs, on: db) }
      try Store.addColumns(db)
    } else {
      // As when the write-ahead log was taken away before anything of it was copied back.
      if isKnown { throw DatabaseFailure.corrupt("it holds no tables") }
      try Store.runScript(Schema.log + Schema.local, on: db)
      db.clearSchemaCache()
      try Store.addColumns(db)
      try Store.runScript(Schema.derived + Schema.traces + Schema.configs + Schema.views, on: db)
      try db.execute(
        sql: "INSERT INTO meta(key, value) VALUES ('format', ?), ('level', ?)",
        arguments: [Schema.format, identity.vocabulary.level])
    }
    try db.execute(sql: "PRAGMA user_version = \(Schema.additionCount)")
  }

  private static func addColumns(_ db: Database) throws {
    for table in Schema.addedTables where try !db.tableExists(table.name) {
      try db.execute(sql: table.definition)
    }
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
    if durability == .person, !Mutant.isOn(.personUnsynced) { try barrier() }
    return outcome
  }

  /// The one door for what peers wrote. Durable on return.
  package func apply(_ segments: [EncodedSegment]) throws -> ApplyReport {
    var report = ApplyReport()
    let ahead = ReadingAhead(segments)
    defer { ahead?.stop() }
    var rest = segments[...]
    // The write lock is given back every 50 ms, so that a training script can go on. Where much is to be found out at the end of each
    // transaction, as of a field that thousands wrote side by side, it is held for as long: else that is found out for every segment.
    var share = Store.lockShare.lowerBound
    while !rest.isEmpty {
      let started = identity.machine.elapsed()
      var delivered = started
      try transaction { transaction in
        try transaction.seal()
        try transaction.deliverEnrolled(report: &report)
        while let next = rest.popFirst() {
          if Mutant.isOn(.splitLosesSegment), identity.machine.elapsed() - started > share { break }
          let read = ahead?.take(rest.startIndex - 1)
          try transaction.deliver(next.bytes, read: read, report: &report)
          delivered = identity.machine.elapsed()
          if delivered - started > share { break }
        }
        try transaction.refoldIfNeeded()
        report.newConflicts += transaction.newConflicts
      }
      let range = Store.lockShare
      share = min(range.upperBound, max(range.lowerBound, identity.machine.elapsed() - delivered))
    }
    if !Mutant.isOn(.appliedUnsynced) { try barrier() }
    return report
  }

  /// A consistent view of one moment, while others write.
  package func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try view { db, _ in try body(db) }
  }

  /// A read that uses the log's own queries. Nothing that it does is kept.
  package func inspect<Result>(_ body: (WriteTransaction) throws -> Result) throws -> Result {
    try view { _, sql in
      try body(WriteTransaction(sql: sql, identity: identity, cache: membership, isReadOnly: true))
    }
  }

  /// Its connection can only read; statements are compiled once, those that begin and end included.
  private func view<Result>(_ body: (Database, SQL) throws -> Result) throws -> Result {
    let isApart = identity.machine.readsBesideWrites
    func look(_ db: Database) throws -> Result {
      guard let connection = db.sqliteConnection else { throw DatabaseFailure.cannotOpen(path) }
      let sql = statements.of(connection)
      try sql.run("BEGIN")
      defer { if !isApart || (try? sql.run("COMMIT")) == nil { _ = try? sql.run("ROLLBACK") } }
      return try body(db, sql)
    }
    do {
      return try isApart ? pool.unsafeRead(look) : pool.writeWithoutTransaction(look)
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(code: error.resultCode.rawValue, message: error.message ?? "")
    }
  }

  private func transaction<Result>(_ body: (WriteTransaction) throws -> Result) throws -> Result {
    guard lookout == nil else { throw DatabaseFailure.readOnly }
    do {
      let (result, known) = try pool.write { db in
        guard let connection = db.sqliteConnection else { throw DatabaseFailure.cannotOpen(path) }
        let transaction = WriteTransaction(
          sql: statements.of(connection), identity: identity, cache: membership)
        try transaction.takeOver(knownOps.withLock { exchange(&$0, with: KnownOps()) })
        try transaction.replayIfDue()
        let result = try body(transaction)
        try transaction.finish()
        if transaction.hasWithheld { hasPurged.withLock { $0 = true } }
        return (result, transaction.known)
      }
      // One that fails leaves nothing: what it found may have been ops and chains that do not exist.
      knownOps.withLock { $0 = known }
      hasWritten.withLock { $0 = true }
      checkpointIfLong()
      return result
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(code: error.resultCode.rawValue, message: error.message ?? "")
    }
  }

  // MARK: Durability

  /// Everything committed so far, by any process, survives a power cut when this returns.
  package func barrier() throws {
    try sharedBarrier.wait {
      switch identity.machine.synchronize(path + "-wal") {
      // Without a write-ahead log everything is in the database file.
      case 0, ENOENT: return
      case let code:
        throw DatabaseFailure.of(code: SQLITE_IOERR, message: String(cString: strerror(code)))
      }
    }
  }

  /// A power cut can leave holes in the write-ahead log, and SQLite writes on before the first. What lies behind it would be
  /// taken for damage later, when this process was killed: so it goes, before anything is written.
  private func emptyLog() throws {
    do {
      try checkpoint(.truncate, waits: true)
    } catch let error as DatabaseError where error.resultCode.isPassing {}
  }

  /// A checkpoint that fails costs nothing: what was committed stays in the write-ahead log.
  private func checkpointIfLong() {
    let size = logBytes
    let isDue = nextCheckpoint.withLock { next in
      // Someone else's checkpoint let it begin anew.
      if size < next - Int64(Store.checkpointBytes) { next = Int64(Store.checkpointBytes) }
      guard size > next else { return false }
      // A reader can keep it from getting through: not again after every commit.
      next = size + Int64(Store.checkpointBytes)
      return true
    }
    guard isDue else { return }
    try? checkpoint(.passive, waits: false)
  }

  /// One process checkpoints at a time (docs/storage.md).
  ///
  /// - Parameter waits: for another process that is at it; else nothing is done then.
  private func checkpoint(_ mode: Database.CheckpointMode, waits: Bool) throws {
    let lock = open(checkpointLock, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      // Where nothing can be written, nothing needs to be.
      if errno == EROFS || errno == EACCES { return }
      throw DatabaseFailure.of(code: SQLITE_CANTOPEN, message: String(cString: strerror(errno)))
    }
    defer { Foundation.close(lock) }
    guard flock(lock, LOCK_EX | (waits ? 0 : LOCK_NB)) == 0 else { return }
    _ = try pool.writeWithoutTransaction { try $0.checkpoint(mode) }
  }

  // MARK: Purges

  /// True once after a purge took something away here.
  package func takePurged() -> Bool {
    hasPurged.withLock { value in
      defer { value = false }
      return value
    }
  }

  /// Writes the database's files anew, so that no page of them holds what was purged.
  ///
  /// `secure_delete` clears what is deleted; what a page left behind when its cells were moved, only this does. Throws
  /// while others read for long: then it is still due, and the next purge or `doctor --fix` does it.
  ///
  /// Nobody writes meanwhile: a large database is left for when a person asks for it.
  package func scrub(upTo limit: Int64 = .max) throws {
    guard try inspect({ try $0.needsScrub() }), byteCount <= limit else { return }
    do {
      try pool.writeWithoutTransaction { db in
        // The copy that is written meanwhile holds no more than what stays.
        try db.execute(sql: "PRAGMA temp_store = FILE")
        defer { try? db.execute(sql: "PRAGMA temp_store = MEMORY") }
        try db.execute(sql: "VACUUM")
      }
      try checkpoint(.truncate, waits: true)
    } catch let error as DatabaseError {
      throw DatabaseFailure.of(code: error.resultCode.rawValue, message: error.message ?? "")
    }
    // As durable as what brought the purge: whoever took that in is told so.
    try write(.person) { try $0.noteScrubbed() }
  }

  /// What is written anew while others wait, without being asked for.
  package static let scrubBytes: Int64 = 256 * 1024 * 1024

  private var byteCount: Int64 { Store.byteCount(path) }
  private var logBytes: Int64 { Store.byteCount(path + "-wal") }

  private static func byteCount(_ path: String) -> Int64 {
    var info = stat()
    return stat(path, &info) == 0 ? Int64(info.st_size) : 0
  }

  package func close() throws {
    // Who only looked has nothing to lose, on a disk that fails either.
    let hasWritten = hasWritten.withLock { $0 }
    if hasWritten { try barrier() }
    // Nobody reads or writes then.
    try pool.barrierWriteWithoutTransaction { _ in statements.forget() }
    // The last connection of all processes copies the write-ahead log back, if it can write: so the writer's goes last.
    // A short log is left for the next one, since that takes two syncs.
    if hasWritten, logBytes > Store.closingBytes { pool.invalidateReadOnlyConnections() }
    try pool.close()
    removeLookout()
  }
}

package enum StoreFailure: Failure, Equatable {
  case unknownFormat(found: Int, known: Int)
  case readerWrites
  case revoked
  case otherKey
  case pointsNotHere

  package var message: String {
    switch self {
    case .unknownFormat(let found, let known):
      "this replica has format \(found), this program knows \(known)"
    case .readerWrites: "this device is a reader of the workspace: it looks, and records nothing"
    case .revoked: "this device was revoked: others would give no effect to what it records"
    case .otherKey:
      "this replica's device has a new key, and this program was started with the old one"
    case .pointsNotHere: "some of the run's points are known and not here yet"
    }
  }

  package var hint: String {
    switch self {
    case .unknownFormat: "update fieldbook on this machine; nothing was changed"
    case .readerWrites: "ask an admin for a code with --role writer"
    case .otherKey: "start it again; if that does not help: fieldbook devices rotate-key"
    case .pointsNotHere: "fetch them first: fieldbook sync"
    case .revoked:
      "what is here can be read; an admin can take it back: fieldbook devices revoke --undo"
    }
  }
}

extension ResultCode {
  /// Others are at it, or nothing can be written anyway.
  fileprivate var isPassing: Bool {
    primaryResultCode == .SQLITE_BUSY || primaryResultCode == .SQLITE_READONLY
  }
}
