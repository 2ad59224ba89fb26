import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookStore

@Suite("The beginning of a write-ahead log")
struct TornLogTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func log(_ database: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: database + "-wal")))
  }

  /// What a log is before and after SQLite began it anew; the database says as much as before.
  private func logs() throws -> (path: String, before: [UInt8], after: [UInt8]) {
    let path = folder.path + "/a.sqlite"
    let database = RawSQLite(path: path)
    database.execute("PRAGMA wal_autocheckpoint = 0; CREATE TABLE t(x)")
    database.execute("INSERT INTO t VALUES (randomblob(20000))")
    database.execute("PRAGMA wal_checkpoint(FULL)")
    let before = try log(path)
    database.execute("INSERT INTO t VALUES (1)")
    let after = try log(path)
    // As a crash leaves it: a close would take the log away.
    try FileManager.default.copyItem(atPath: path, toPath: path + ".crashed")
    return (path + ".crashed", before, after)
  }

  private func damage(_ path: String, _ log: [UInt8]) throws -> String? {
    try Data(log).write(to: URL(fileURLWithPath: path + "-wal"))
    return DatabasePages.headerDamage(path)
  }

  @Test("cut at any byte while it is begun anew, it is no damage: all of it is in the database")
  func torn() throws {
    let (path, before, after) = try logs()
    #expect(before[..<32] != after[..<32])
    for cut in 0...32 {
      #expect(try damage(path, Array(after[..<cut] + before[cut...])) == nil, "\(cut)")
    }
    let database = RawSQLite(path: path)
    #expect(database.texts("SELECT count(*) FROM t") == ["1"])
  }

  @Test("any other byte that is not what it was is damage, before and while it is begun anew")
  func altered() throws {
    let (path, before, after) = try logs()
    for cut in [0, 14, 18, 20, 22, 24, 27, 30] {
      // The new header's second salt is drawn: until all of its sum is there nothing says what it is.
      for place in 0..<32 where place != 3 && !(cut >= 20 && (20..<24).contains(place)) {
        var log = Array(after[..<cut] + before[cut...])
        log[place] ^= 0x40
        #expect(try damage(path, log) != nil, "cut \(cut), byte \(place)")
      }
    }
  }
}
