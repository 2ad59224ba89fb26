import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookStore

@Suite("What gc may take") struct CollectionTests {
  let team: Team
  private let later = LargeStore.presentSeconds + 100 * 86400
  private static let grace: Int64 = 14 * 86400

  init() throws { team = try Team() }

  private func content(_ seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<500).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
  }

  @Test("nothing that the log ever named: overwritten, removed, hidden, in another's hands")
  func reached() throws {
    let (ana, bo) = (team.ana, team.bo)
    let run = try ana.newRun()
    for seed in 1...3 { _ = try ana.putArtifact(run, path: "f", bytes: content(UInt64(seed))) }
    let removed = try ana.putArtifact(run, path: "g", bytes: content(4))
    try ana.removeArtifact(of: run.key, path: "g")
    let theirs = try bo.newRun()
    _ = try bo.putArtifact(theirs, path: "h", bytes: content(5))
    try TestMachine.exchange(ana, bo)
    let hidden = try ana.newRun()
    _ = try ana.putArtifact(hidden, path: "i", bytes: content(10))
    try ana.delete(hidden.key, durability: .person)
    // A tag that tells a hash, as datasets and other trackers' records do.
    let (told, _) = try ana.contentStore.put(bytes: content(11))
    try ana.setTag(run.key, EntryKey("data"), "sha256:\(told.hex)", durability: .script)
    let (orphan, _) = try ana.contentStore.put(bytes: content(6))
    let (again, _) = try ana.contentStore.put(bytes: content(5))
    let done = try ana.collectContents(grace: Self.grace, now: later)
    #expect(done.discarded.map(\.content) == [orphan])
    #expect(ana.contentStore.contains(again) && ana.contentStore.contains(removed.digest))
    #expect(try ana.content(run, "f") == content(3))
    #expect(ana.contentStore.contains(told))
    #expect(try ana.contentStore.all().count == 7)
    #expect(try ana.doctor().filter { !$0.ok }.map(\.name) == [])
  }

  @Test("what waits for its past names contents, too, and then nothing leaves the trash")
  func waiting() throws {
    let (ana, bo) = (team.ana, team.bo)
    let (orphan, _) = try ana.contentStore.put(bytes: content(9))
    _ = try ana.collectContents(grace: Self.grace, now: later)
    let run = try bo.newRun()
    let known = try bo.heads()
    _ = try bo.putArtifact(run, path: "f", bytes: content(7))
    _ = try bo.heads()
    let last = try bo.segments(notIn: known, maxBytes: 1 << 20, after: nil).segments
    #expect(try ana.apply(last, from: "test").waiting == 1)
    let (named, _) = try ana.contentStore.put(bytes: content(7))
    #expect(try ana.collectionCaution() == .waiting(1))
    let done = try ana.collectContents(grace: Self.grace, now: later + 100 * 86400)
    #expect(done.discarded == [] && done.removed == [])
    #expect(done.waiting.map(\.content) == [orphan] && ana.contentStore.contains(named))
    try TestMachine.give(bo, to: ana)
    #expect(try ana.collectionCaution() == nil)
    let last2 = try ana.collectContents(grace: Self.grace, now: later + 100 * 86400)
    #expect(last2.removed.map(\.content) == [orphan])
    #expect(try ana.content(run, "f") == content(7))
  }

  @Test("what a peer names is taken back out of the trash")
  func back() throws {
    let (ana, bo) = (team.ana, team.bo)
    let (orphan, _) = try ana.contentStore.put(bytes: content(8))
    _ = try ana.collectContents(grace: Self.grace, now: later)
    #expect(!ana.contentStore.contains(orphan))
    let run = try bo.newRun()
    _ = try bo.putArtifact(run, path: "f", bytes: content(8))
    try TestMachine.give(bo, to: ana)
    #expect(try ana.missingArtifacts(limit: .max).isEmpty)
    #expect(try ana.content(run, "f") == content(8))
    #expect(try ana.putBackContents() == [])
  }

  @Test("a backup that is made meanwhile is whole")
  func backup() throws {
    let ana = team.ana
    let run = try ana.newRun()
    _ = try ana.putArtifact(run, path: "f", bytes: content(1))
    _ = try ana.contentStore.put(bytes: content(2))
    let vault = team.folder.path + "/vault"
    let report = try ana.backUp(to: vault)
    #expect(report.manifest.objects == 2)
    _ = try ana.collectContents(grace: Self.grace, now: later)
    #expect(try report.folder.verify().problems == [])
    let second = try ana.backUp(to: vault)
    #expect(second.manifest.objects == 1 && second.damaged == [])
    #expect(try second.folder.verify().problems == [])
  }

  @Test("a content is named by its digits in a text, or by its bytes in others")
  func mentions() throws {
    let content = ContentDigest(bytes: (0..<32).map { UInt8($0 &* 7 &+ 3) })!
    func found(_ look: (inout ContentMentions) -> Void) -> Bool {
      var mentions = ContentMentions([content])
      look(&mentions)
      return mentions.isComplete
    }
    #expect(found { $0.look(in: "\(content.hex) 12") })
    #expect(found { $0.look(in: "sha256:\(content.hex.uppercased())") })
    #expect(found { $0.look(in: "abc\(content.hex)def") }, "digits may stand around it")
    #expect(!found { $0.look(in: String(content.hex.dropLast())) })
    #expect(!found { $0.look(in: content.hex.dropFirst() + "0") })
    #expect(found { $0.look(in: [1, 2, 3] + content.bytes) })
    #expect(found { $0.look(in: content.bytes + [1]) })
    #expect(!found { $0.look(in: Array(content.bytes.dropLast())) })
    #expect(!found { $0.look(in: [1, 2, 3] + content.bytes.dropLast() + [0]) })
  }

  @Test("sizes from which on files are large")
  func sizes() {
    #expect(LargeFiles.bytes("1MiB") == 1 << 20 && LargeFiles.bytes("4 MiB") == 4 << 20)
    #expect(LargeFiles.bytes("65536") == 65536 && LargeFiles.bytes("1GiB") == 1 << 30)
    #expect(LargeFiles.bytes("2MB") == 2_000_000 && LargeFiles.bytes("1.5 mib") == 3 << 19)
    let wrong = [
      "", "MiB", "-1MiB", "63KiB", "2GiB", "1.2.3MiB", "99999999999999GiB", "٣MiB",
    ]
    for text in wrong {
      #expect(LargeFiles.bytes(text) == nil, "\(text)")
    }
  }

  @Test("a file above the size that was set lies in chunks, one below it whole")
  func threshold() throws {
    let folder = try TemporaryFolder()
    var environment = TestMachine.environment(
      root: folder.path, clock: ManualClock(), seed: 5, name: "solo")
    environment.largeFiles = 128 << 10
    let solo = try Workspace.create(
      in: folder.path + "/solo", name: "w", device: "solo", owner: "solo", isHub: false,
      environment: environment)
    let run = try solo.newRun()
    let whole = try solo.putArtifact(run, path: "a", bytes: [UInt8](repeating: 1, count: 128 << 10))
    let cut = try solo.putArtifact(
      run, path: "b", bytes: [UInt8](repeating: 1, count: (128 << 10) + 1))
    #expect(solo.contentStore.wholeFile(of: whole.digest) != nil)
    #expect(solo.contentStore.wholeFile(of: cut.digest) == nil)
    #expect(try solo.content(run, "b").count == (128 << 10) + 1)
  }
}
