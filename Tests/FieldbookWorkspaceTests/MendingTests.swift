import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@Suite("Mending a damaged replica")
struct MendingTests {
  static let pageBytes = 4096
  let folder: TemporaryFolder
  let clock = ManualClock()

  init() throws { folder = try TemporaryFolder() }

  private func segments(_ workspace: Workspace) throws -> Set<SegmentHash> {
    Set(try workspace.store.inspect { try $0.segmentHashes() + $0.waitingHashes() })
  }

  /// How many segments the damage of one page can cost: those on it, if it is one of their leaves; the one that goes on
  /// there; else none.
  private func cost(_ database: String) -> [Int: Int] {
    let raw = RawSQLite(path: database)
    let list = raw.texts(
      """
      SELECT pageno || ' ' || CASE pagetype WHEN 'overflow' THEN 1 WHEN 'leaf' THEN ncell ELSE 0 END
      FROM dbstat WHERE name = 'segment'
      """)
    return Dictionary(
      uniqueKeysWithValues: list.map { line in
        let parts = line.split(separator: " ").compactMap { Int($0) }
        return (parts[0], parts[1])
      })
  }

  @Test(
    "bits that flipped anywhere cost the segments on their pages, and a sync brings those back",
    arguments: 0..<24)
  func flippedBits(seed: Int) throws {
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock)
    let (ana, bo) = (team[0], team[1])
    try ana.record("a", runs: 12, clock: clock)
    try bo.record("b", runs: 4, clock: clock)
    try TestMachine.quiesce(team)
    try ana.addRemote(name: "bo", url: "http://127.0.0.1:1")
    let all = try segments(ana)
    let hash = try bo.stateHash()
    try ana.close()
    let patient = try Patient(ana, in: folder, clock: clock)
    patient.gather()
    let costs = cost(patient.database)
    var bytes = try patient.bytes()
    var generator = SeededGenerator(seed: UInt64(seed))
    var allowed = 0
    // The first page, too: without it SQLite opens nothing.
    let pages =
      [seed == 0 ? 0 : Int.random(in: 0..<bytes.count / Self.pageBytes, using: &generator)]
      + (0..<(seed % 4)).map { _ in
        Int.random(in: 0..<bytes.count / Self.pageBytes, using: &generator)
      }
    for page in Set(pages) {
      allowed += costs[page + 1] ?? 0
      for _ in 0..<16 {
        bytes[page * Self.pageBytes + Int.random(in: 0..<Self.pageBytes, using: &generator)] ^=
          1 << UInt8.random(in: 0..<8, using: &generator)
      }
    }
    try patient.write(bytes)
    let report = try patient.mend()
    let mended = try patient.open()
    if report.salvage != nil {
      let aside = try #require(report.setAside)
      #expect(
        FileManager.default.contents(atPath: aside + "/replica.sqlite") == Data(bytes),
        "what is set aside is what was there")
    }
    let kept = try segments(mended).intersection(all)
    #expect(kept.count >= all.count - allowed, "\(all.count) - \(kept.count) > \(allowed)")
    #expect(try mended.remotes().map(\.name) == ["bo"] || report.salvage != nil)
    // One that was altered and waited is refused when its turn comes; bo's own is taken.
    _ = try mended.apply(
      bo.segments(notIn: mended.heads(), maxBytes: 1 << 24, after: nil).segments, from: "bo")
    #expect(try TestMachine.fill(mended, from: bo) == [])
    #expect(try segments(mended).isSuperset(of: all))
    #expect(try mended.stateHash() == hash)
    #expect(try mended.doctor().filter { !$0.ok }.map(\.detail) == [])
    let log = try mended.status().log
    try mended.newRun("next")
    try TestMachine.quiesce([mended, bo])
    #expect(try mended.stateHash() == bo.stateHash())
    #expect(try mended.conflicts().isEmpty, "no log was forked")
    if report.salvage != nil {
      #expect(try !bo.heads().filter { $0.log.description == log }.isEmpty)
    }
  }

  @Test("where nobody else has it, only what was on the damaged page is lost", arguments: 0..<16)
  func alone(seed: Int) throws {
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    try ana.record("a", runs: 20, clock: clock)
    let recorded = Set(try ana.runNames())
    let inOpenSegment = 2
    let patient = try Patient(ana, in: folder, clock: clock)
    var generator = SeededGenerator(seed: UInt64(seed))
    // What was committed is in the write-ahead log until somebody checkpoints it.
    let suffix = seed.isMultiple(of: 2) ? "-wal" : ""
    if suffix == "" {
      patient.gather()
      try #require(try patient.bytes().count > 40 * Self.pageBytes)
    }
    var bytes = try patient.bytes(suffix)
    let place = Int.random(in: 0..<bytes.count, using: &generator)
    for offset in 0..<64 where place + offset < bytes.count { bytes[place + offset] ^= 0x5A }
    try patient.write(bytes, suffix)
    let report = try patient.mend()
    let mended = try patient.open()
    let left = Set(try mended.runNames())
    // Sixty-four bytes lie on two pages at most, which hold a few small segments or a part of a large one.
    #expect(recorded.subtracting(left).count <= 12, "\(recorded.subtracting(left))")
    #expect(!mended.isPending, "it can still let others in")
    #expect(try mended.doctor().filter { !$0.ok }.map(\.detail) == [])
    for name in left {
      let run = try mended.run(mended.runID(name))
      let number = try #require(Int(name.split(separator: "-")[1]))
      if let count = run.metrics["loss"]?.count { #expect(count == 20, "\(name)") }
      if number >= recorded.count - inOpenSegment, report.salvage == nil {
        #expect(run.metrics["loss"] != nil)
      }
    }
  }

  @Test("what was not sealed yet is written down again, in a new epoch")
  func openSegment() throws {
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    try ana.record("a", runs: 4, clock: clock)
    let run = try ana.runID("a-3")
    try ana.setTag(run.key, EntryKey("k"), "one", durability: .person)
    try ana.setTag(run.key, EntryKey("k"), "two", durability: .person)
    try ana.addComment(run, "words")
    let log = try #require(ana.store.inspect { try $0.presentLog() })
    let patient = try Patient(ana, in: folder, clock: clock)
    // SQLite takes neither the file nor its log for one of its own any more.
    for suffix in ["", "-wal"] {
      try patient.write(
        [UInt8](repeating: 0xFF, count: 32) + patient.bytes(suffix).dropFirst(32), suffix)
    }
    #expect(throws: DatabaseFailure.self) { try patient.open() }
    let report = try patient.mend()
    #expect(try #require(report.salvage).opsAgain > 0)
    let mended = try patient.open()
    let shown = try mended.run(run)
    #expect(shown.tags["k"] == "two" && shown.comments.map(\.text) == ["words"])
    #expect(shown.metrics["loss"]?.count == 20 && shown.conflicts == [])
    #expect(try mended.status().log != log.description)
    #expect(try mended.runNames() == ana.runNames())
  }

  @Test("without remains a replica is empty, and a sync or a backup fills it", arguments: 0..<5)
  func noRemains(kind: Int) throws {
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock)
    let (ana, bo) = (team[0], team[1])
    try ana.record("a", runs: 6, clock: clock)
    let run = try ana.runID("a-0")
    _ = try ana.putArtifact(run, path: "m", bytes: [1, 2, 3])
    try TestMachine.quiesce(team)
    let backup = try ana.backUp(to: folder.path + "/vault")
    try ana.close()
    let patient = try Patient(ana, in: folder, clock: clock)
    patient.gather()
    var whole = try patient.bytes()
    var generator = SeededGenerator(seed: 3)
    switch kind {
    case 0: whole = []
    case 1: whole = Array(whole.prefix(whole.count / 2))
    case 2: whole = (0..<whole.count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    case 3: whole = Array("this is no database\n".utf8)
    default: break
    }
    try patient.write(whole)
    if kind == 4 { try FileManager.default.removeItem(atPath: patient.database) }
    #expect(throws: DatabaseFailure.self) { try patient.open() }
    try FileManager.default.removeItem(atPath: patient.dir + "/.fieldbook/objects")
    let report = try patient.mend(from: kind.isMultiple(of: 2) ? backup.folder.path : nil)
    let mended = try patient.open()
    if let aside = report.setAside, kind != 4 {
      #expect(FileManager.default.contents(atPath: aside + "/replica.sqlite") == Data(whole))
    } else {
      #expect(kind == 4 || report.setAside != nil)
    }
    if kind.isMultiple(of: 2) {
      #expect(try mended.stateHash() == bo.stateHash())
      #expect(try mended.run(run).artifacts.map(\.isHere) == [true], "from the backup")
    }
    try TestMachine.give(bo, to: mended)
    #expect(try mended.stateHash() == bo.stateHash())
    try mended.newRun("next")
    try TestMachine.quiesce([mended, bo])
    #expect(try mended.stateHash() == bo.stateHash())
  }

  @Test("a write-ahead log that is gone is an older state: a new epoch, and a sync brings the rest")
  func missingLog() throws {
    let team = try TestMachine.team(["ana", "bo"], root: folder.path, clock: clock)
    let (ana, bo) = (team[0], team[1])
    RawSQLite(replica: ana.dir)
      .execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try ana.record("a", runs: 6, clock: clock)
    try TestMachine.quiesce(team)
    let log = try ana.status().log
    let patient = try Patient(ana, in: folder, clock: clock)
    for suffix in ["-wal", "-shm"] {
      try FileManager.default.removeItem(atPath: patient.database + suffix)
    }
    let mended = try patient.open()
    #expect(try mended.runNames() == [])
    try mended.newRun("next")
    #expect(try mended.status().log != log)
    try TestMachine.quiesce([mended, bo])
    #expect(try mended.stateHash() == bo.stateHash())
    #expect(try mended.runNames().count == 7 && mended.conflicts().isEmpty)
  }

  @Test("a database whose tables were all in the log that is gone is damaged, not new")
  func missingTables() throws {
    let ana = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    let patient = try Patient(ana, in: folder, clock: clock)
    try FileManager.default.removeItem(atPath: patient.database + "-wal")
    #expect(throws: DatabaseFailure.corrupt("it holds no tables")) { try patient.open() }
    _ = try patient.mend(isAlone: true)
    #expect(try patient.open().isPending == false, "the founder begins the workspace again")
  }
}
