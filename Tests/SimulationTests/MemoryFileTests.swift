import FieldbookTestSupport
import Foundation
import GRDBSQLite
import Testing

/// What SQLite relies on, where a simulation's files are in memory.
@Suite("Databases in memory while they are open") struct MemoryFileTests {
  let folder: TemporaryFolder
  let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path + "/a.sqlite"
    FaultyFileSystem.keepInMemory(folder.path)
  }

  private final class Connection {
    private var connection: OpaquePointer?

    init(_ path: String) { #expect(sqlite3_open(path, &connection) == SQLITE_OK) }
    deinit { sqlite3_close(connection) }

    func run(_ sql: String) -> Int32 { sqlite3_exec(connection, sql, nil, nil, nil) }

    func number(_ sql: String) -> Int64? {
      var statement: OpaquePointer?
      defer { sqlite3_finalize(statement) }
      guard sqlite3_prepare_v2(connection, sql, -1, &statement, nil) == SQLITE_OK,
        sqlite3_step(statement) == SQLITE_ROW
      else { return nil }
      return sqlite3_column_int64(statement, 0)
    }
  }

  private let rows = "SELECT count(*) FROM t"

  @Test(
    "one writes at a time, and who reads keeps what it began with", arguments: ["WAL", "DELETE"])
  func locks(mode: String) {
    let (one, two) = (Connection(path), Connection(path))
    #expect(
      one.run("PRAGMA journal_mode = \(mode); CREATE TABLE t(x); INSERT INTO t VALUES (1)")
        == SQLITE_OK)
    #expect(two.number(rows) == 1)
    #expect(one.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (2)") == SQLITE_OK)
    #expect(two.run("BEGIN IMMEDIATE") == SQLITE_BUSY)
    #expect(two.run("BEGIN") == SQLITE_OK)
    #expect(two.number(rows) == 1)
    // A rollback journal's writer waits for readers to go; a write-ahead log's does not.
    #expect(one.run("COMMIT") == (mode == "WAL" ? SQLITE_OK : SQLITE_BUSY))
    #expect(two.number(rows) == 1)
    #expect(two.run("COMMIT") == SQLITE_OK)
    if mode == "DELETE" { #expect(one.run("COMMIT") == SQLITE_OK) }
    #expect(two.number(rows) == 2)
    #expect(two.run("INSERT INTO t VALUES (3)") == SQLITE_OK)
    #expect(one.number(rows) == 3)
    #expect(one.number("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
  }

  @Test("a reader keeps the log from being emptied")
  func checkpoint() {
    let (one, two) = (Connection(path), Connection(path))
    #expect(one.run("PRAGMA journal_mode = WAL; CREATE TABLE t(x)") == SQLITE_OK)
    #expect(two.run("BEGIN") == SQLITE_OK)
    #expect(two.number(rows) == 0)
    #expect(one.run("INSERT INTO t VALUES (1)") == SQLITE_OK)
    #expect(one.number("PRAGMA wal_checkpoint(TRUNCATE)") == 1)
    #expect(two.run("COMMIT") == SQLITE_OK)
    #expect(one.number("PRAGMA wal_checkpoint(TRUNCATE)") == 0)
    #expect(two.number(rows) == 1)
  }

  @Test("what was written is on the disk when the last has closed, or it is asked for")
  func saved() throws {
    do {
      let one = Connection(path)
      #expect(one.run("PRAGMA journal_mode = WAL; CREATE TABLE t(x)") == SQLITE_OK)
      #expect(FileManager.default.contents(atPath: path)?.isEmpty == true)
      FaultyFileSystem.save(below: folder.path)
      #expect(FileManager.default.contents(atPath: path + "-wal")?.isEmpty == false)
      let two = Connection(path)
      #expect(two.run("INSERT INTO t VALUES (1), (2)") == SQLITE_OK)
    }
    #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
    FaultyFileSystem.keepOnDisk(folder.path)
    let after = Connection(path)
    #expect(after.number(rows) == 2)
    #expect(after.number("SELECT integrity_check = 'ok' FROM pragma_integrity_check") == 1)
  }

  @Test("a database that is taken away while it is open does not come back")
  func removed() throws {
    do {
      let one = Connection(path)
      #expect(one.run("CREATE TABLE t(x)") == SQLITE_OK)
      try FileManager.default.removeItem(atPath: path)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
