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
    return DatabasePages.headerDamage(path) ?? DatabasePages.logDamage(path)
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

  @Test("nor is it when it is begun anew a second time, and cut again")
  func tornTwice() throws {
    let (path, before, after) = try logs()
    // Whoever finds such a log takes it for empty, and draws both salts.
    var again = Array(after[..<32])
    again.replaceSubrange(12..<32, with: (0..<20).map { UInt8($0) &* 37 })
    for first in [4, 13, 18, 22, 27] {
      for second in 12...32 {
        let header = Array(again[..<second] + (after[..<first] + before[first..<32])[second...])
        #expect(try damage(path, header + before[32...]) == nil, "\(first), \(second)")
        // The first frame was being written as well, by one who never committed it.
        for written in [1, 22, 24, 24 + 100] {
          let frame = again[16..<32].map { $0 &+ 1 } + [UInt8](repeating: 9, count: 200)
          let log = Array(header + [0, 0, 0, 1, 0, 0, 0, 0] + frame[..<written])
          #expect(try damage(path, log) == nil, "\(first), \(second), \(written)")
        }
      }
    }
  }

  @Test("a beginning that does not hold is damage where anything is in the log alone")
  func altered() throws {
    let (path, before, after) = try logs()
    let database = RawSQLite(path: path)
    database.execute("PRAGMA wal_autocheckpoint = 0; INSERT INTO t VALUES (randomblob(9000))")
    for (name, log) in [("new", try self.log(path)), ("restarted", after)] {
      let copy = folder.path + "/" + name
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      #expect(try damage(copy, log) == nil)
      for place in 0..<32 where place != 3 {
        var damaged = log
        damaged[place] ^= 0x40
        #expect(try damage(copy, damaged) != nil, "\(name), byte \(place)")
      }
      // As a bad sector leaves it: the first frame's head is gone, too.
      var damaged = log
      damaged.replaceSubrange(0..<512, with: [UInt8](repeating: 7, count: 512))
      #expect(try damage(copy, damaged) != nil)
    }
    #expect(before != after)
  }

  @Test("a commit that another wrote over in part is no damage; one behind a damaged frame is")
  func overwritten() throws {
    let path = folder.path + "/b.sqlite"
    let database = RawSQLite(path: path)
    database.execute("PRAGMA wal_autocheckpoint = 0; CREATE TABLE t(x)")
    for size in [100, 5000, 200] { database.execute("INSERT INTO t VALUES (randomblob(\(size)))") }
    try FileManager.default.copyItem(atPath: path, toPath: path + ".crashed")
    let whole = try log(path)
    let frames = (whole.count - 32) / 4120
    #expect(frames > 4)
    func start(_ frame: Int) -> Int { 32 + frame * 4120 }
    for frame in 1..<frames - 1 {
      // One byte of a page, or of what a frame says of itself.
      for place in [40, 2000, 4100, 17] {
        var log = whole
        log[start(frame) + place] ^= 1
        #expect(try damage(path + ".crashed", log) != nil, "\(frame), \(place)")
      }
    }
    // What failed had written two frames, the second in part; the next wrote the first one's head over and was stopped.
    var log = Array(whole[..<start(frames - 2)])
    var torn = Array(whole[start(frames - 2)...])
    torn.replaceSubrange(16..<24, with: [UInt8](repeating: 3, count: 8))
    torn.replaceSubrange(torn.count - 2000..<torn.count, with: [UInt8](repeating: 4, count: 2000))
    log += torn
    #expect(try damage(path + ".crashed", log) == nil)
  }
}
