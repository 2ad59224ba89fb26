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
/// Fixtures/golden has a folder for each format. Until 0.1 there is one, of the present format: with FIELDBOOK_GOLDEN=write
/// this test writes it anew. From 0.1 on a folder stays as it is, and a new format gets a new one.
@Suite("Golden files", .serialized) struct GoldenTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../Fixtures/golden").standardized

  private static let present = root.appendingPathComponent("segment-2-database-4")

  private struct Expected: Codable, Equatable {
    var workspace: String
    var stateHash: String
    var segments: [String]
    var payloads: [String]
  }

  private static func folders() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }
  }

  private func expected(_ folder: URL) throws -> Expected {
    try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
  }

  private func messages(_ folder: URL) throws -> [[UInt8]] {
    var reader = ByteReader(
      Array(try Data(contentsOf: folder.appendingPathComponent("exchange.bin"))))
    var out: [[UInt8]] = []
    while !reader.isAtEnd { out.append(Array(try reader.lengthPrefixed(limit: 1 << 24))) }
    return out
  }

  private static func facts(_ workspace: Workspace) throws -> Expected {
    let offers = try workspace.segments(notIn: [], maxBytes: .max, after: nil).segments
    return Expected(
      workspace: workspace.id.hex, stateHash: try workspace.stateHash(),
      segments: offers.map(\.hash.hex).sorted(),
      payloads: try workspace.chunkPayloads(of: offers.map(\.hash)).map(\.0.hex).sorted())
  }

  private func reader(_ expected: Expected, in folder: TemporaryFolder) throws -> Workspace {
    try Workspace.createClone(
      in: folder.path + "/reader", workspaceID: #require(WorkspaceID(hex: expected.workspace)),
      name: "team", device: "reader", owner: "reader",
      environment: TestMachine.environment(
        root: folder.path, clock: ManualClock(), seed: 5, name: "reader"))
  }

  private func write(_ history: GoldenHistory) throws {
    let folder = GoldenTests.present
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let hub = history.team.hub
    let bundle = folder.appendingPathComponent("history.bundle").path
    try? FileManager.default.removeItem(atPath: bundle)
    _ = try BundleFile.create(bundle, from: hub, needs: [])
    var said = ByteWriter()
    for message in history.messages { said.lengthPrefixed(message) }
    try Data(said.bytes).write(to: folder.appendingPathComponent("exchange.bin"))
    let copy = history.team.folder.path + "/copy.sqlite"
    try hub.seal()
    _ = try hub.store.copy(to: copy)
    let database = Array(try Data(contentsOf: URL(fileURLWithPath: copy)))
    try Data(Zstd.compress(database, level: 19)).write(
      to: folder.appendingPathComponent("replica.sqlite.zst"))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(try GoldenTests.facts(hub)).write(
      to: folder.appendingPathComponent("expected.json"))
  }

  @Test("what is written now is, byte for byte of what is signed, what was written then")
  func written() throws {
    let history = try GoldenHistory()
    if ProcessInfo.processInfo.environment["FIELDBOOK_GOLDEN"] == "write" { try write(history) }
    let found = try GoldenTests.facts(history.team.hub)
    #expect(
      try found == expected(GoldenTests.present),
      """
      the format or the meaning of ops changed: say so in CHANGELOG, raise the format, and write \
      the files anew with FIELDBOOK_GOLDEN=write
      """)
  }

  @Test("bundles", arguments: try folders()) func bundles(folder: URL) throws {
    let files = try TemporaryFolder()
    let expected = try expected(folder)
    let workspace = try reader(expected, in: files)
    let bundle = folder.appendingPathComponent("history.bundle").path
    _ = try BundleFile.verify(bundle)
    _ = try BundleFile.apply(bundle, to: workspace)
    #expect(try GoldenTests.facts(workspace) == expected)
    try expectWhole(workspace)
  }

  @Test("exchanges", arguments: try folders()) func exchanges(folder: URL) throws {
    let files = try TemporaryFolder()
    let expected = try expected(folder)
    let workspace = try reader(expected, in: files)
    for message in try messages(folder) {
      let offer = try SyncOffer(encoded: message)
      #expect(offer.encoded == message)
      let report = try workspace.apply(
        offer.segments.map { try Segment(encoded: $0).encoded }, from: "golden")
      #expect(report.refused.isEmpty)
      for payload in offer.payloads { try workspace.putChunkPayload(payload.digest, payload.bytes) }
    }
    // The new laptop's own enrolment came besides.
    let found = try GoldenTests.facts(workspace)
    #expect(Set(found.segments).isSuperset(of: expected.segments))
    #expect(found.payloads == expected.payloads)
    try expectWhole(workspace)
  }

  @Test("databases", arguments: try folders()) func databases(folder: URL) throws {
    let files = try TemporaryFolder()
    let expected = try expected(folder)
    let packed = try Data(contentsOf: folder.appendingPathComponent("replica.sqlite.zst"))
    let path = files.path + "/replica.sqlite"
    try Data(Zstd.decompress(Array(packed), limit: 1 << 26)).write(to: URL(fileURLWithPath: path))
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
