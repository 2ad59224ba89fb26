import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

/// What earlier builds wrote is read by this one, and what this one writes is what it wrote when its format was set.
///
/// Fixtures/golden has a folder for each format and each level. `FIELDBOOK_GOLDEN=level-6` writes that one anew: for a level
/// that no program has been given out with. All others stay as they are, and a new format or level gets a new one.
@Suite("Golden files", .serialized) struct GoldenTests {
  private static let toWrite = ProcessInfo.processInfo.environment["FIELDBOOK_GOLDEN"]

  private func expectWritten(_ contents: GoldenContents, _ folder: GoldenFolder) throws {
    if GoldenTests.toWrite == folder.testDescription { try folder.write(contents) }
    #expect(
      try contents.facts == folder.facts(),
      """
      the format or the meaning of ops changed: say so in CHANGELOG, raise the format, and write \
      a new folder with FIELDBOOK_GOLDEN=NAME
      """)
  }

  @Test("what is written now is, byte for byte of what is signed, what was written then")
  func written() throws {
    let history = try GoldenHistory()
    try history.team.hub.seal()
    var contents = try GoldenContents(history.team.hub, in: history.team.folder)
    contents.messages = history.messages
    try expectWritten(contents, .history)
  }

  @Test("so is all that this level has words for, and what a session says from its greeting on")
  func writtenVocabulary() throws {
    let contents = try GoldenVocabulary().contents
    let folder = GoldenFolder.vocabulary
    try expectWritten(contents, folder)
    let session = try folder.session()
    #expect(contents.greeting == session.greeting)
    #expect(contents.messages == session.messages)
  }

  @Test("bundles", arguments: try GoldenFolder.all()) func bundles(folder: GoldenFolder) throws {
    let files = try TemporaryFolder()
    let workspace = try folder.reader(in: files)
    _ = try BundleFile.verify(folder.bundle)
    _ = try BundleFile.apply(folder.bundle, to: workspace)
    #expect(try GoldenFacts(workspace) == folder.facts())
    try expectWhole(workspace)
  }

  @Test("exchanges", arguments: try GoldenFolder.all().filter { $0.has("exchange.bin") })
  func exchanges(folder: GoldenFolder) throws {
    let files = try TemporaryFolder()
    let expected = try folder.facts()
    let workspace = try folder.reader(in: files)
    for message in try folder.messages() {
      let offer = try SyncOffer(encoded: message)
      #expect(offer.encoded == message)
      let report = try workspace.apply(
        offer.segments.map { try Segment(encoded: $0).encoded }, from: "golden")
      #expect(report.refused.isEmpty)
      for payload in offer.payloads { try workspace.putChunkPayload(payload.digest, payload.bytes) }
    }
    // The new laptop's own enrolment, and what it wrote, came besides.
    let found = try GoldenFacts(workspace)
    #expect(Set(found.segments).isSuperset(of: expected.segments))
    #expect(found.payloads == expected.payloads)
    try expectWhole(workspace)
  }

  @Test("databases", arguments: try GoldenFolder.all()) func databases(folder: GoldenFolder) throws
  {
    let files = try TemporaryFolder()
    let expected = try folder.facts()
    let path = files.path + "/replica.sqlite"
    try Data(folder.database()).write(to: URL(fileURLWithPath: path))
    let copy = try DatabaseCopy(
      path: path, workspace: #require(WorkspaceID(hex: expected.workspace)))
    #expect(try copy.integrity() == "ok")
    try copy.inspect { transaction in
      #expect(try transaction.stateHash() == expected.stateHash)
      #expect(try transaction.segmentHashes().map(\.hex).sorted() == expected.segments)
      _ = try transaction.verifyLog()
      #expect(try transaction.checkInvariants() == nil)
    }
  }

  private func expectWhole(_ workspace: Workspace) throws {
    let (before, after) = try workspace.rebuild()
    #expect(before == after)
    #expect(try workspace.store.inspect { try $0.checkInvariants() } == nil)
  }
}
