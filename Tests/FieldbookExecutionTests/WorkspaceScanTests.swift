import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookExecution

@Suite("Scanning what was recorded")
struct WorkspaceScanTests {
  private static let token = "ghp_" + String(repeating: "a1B2", count: 9)
  let folder: TemporaryFolder
  let ana: Workspace
  let run: RunID

  init() throws {
    folder = try TemporaryFolder()
    ana = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock())[0]
    run = try ana.newRun("r")
  }

  private func found(_ entity: EntityKey? = nil) throws -> [String] {
    try WorkspaceScan(ana, of: entity).findings.map { "\($0.kind) \($0.field) \($0.isPresent)" }
      .sorted()
  }

  @Test("ordinary records hold nothing")
  func clean() throws {
    try ana.setTag(
      run.key, EntryKey("git"), "19986e2ed397b150619af18809aa78ed99532b87", durability: .person)
    _ = try ana.putArtifact(run, path: "a.txt", bytes: Array("loss 0.1\n".utf8))
    let scan = try WorkspaceScan(ana)
    #expect(scan.findings == [] && scan.values > 0 && scan.files == 1)
  }

  @Test("a secret is found wherever a text can be, sealed or not, overwritten or not")
  func everywhere() throws {
    let token = Self.token
    try ana.logBatch(
      run, parameters: [(EntryKey("api_key"), "hunter2")], metrics: [],
      tags: [(EntryKey("note"), "use \(token)")], durability: .person)
    try ana.seal()
    try ana.setTag(run.key, EntryKey("note"), "nothing", durability: .person)
    try ana.setDescription(run.key, "see https://u:pw@host/x", durability: .person)
    try ana.addComment(run, "Authorization: Bearer abc.def")
    try ana.rename(run.key, to: "run \(token)", durability: .person)
    try ana.addDatasets(
      run,
      [
        Dataset(
          name: token, digest: "d", sourceType: "s", source: "x", schema: nil, profile: nil,
          context: nil)
      ],
      durability: .person)
    _ = try ana.putArtifact(run, path: "logs/stdout.txt", bytes: Array("a\nlogin \(token)\n".utf8))
    _ = try ana.putArtifact(run, path: "model.bin", bytes: [0] + Array(token.utf8))
    let scan = try WorkspaceScan(ana)
    #expect(scan.files == 1 && scan.skippedFiles == 1)
    #expect(
      !scan.findings.contains { $0.excerpt.contains(token) || $0.excerpt.contains("hunter2") })
    let fields = Set(try found())
    for wanted in [
      "named-secret params.api_key true", "github-token tags.note false",
      "url-credentials description true", "bearer-token comments true", "github-token name true",
      "github-token artifacts.logs/stdout.txt true",
    ] { #expect(fields.contains(wanted), "\(wanted) in \(fields)") }
    #expect(fields.contains { $0.hasPrefix("github-token datasets.") })
  }

  /// A snapshot that took a secret along, as before its form was known.
  @discardableResult
  private func snapshot(of run: RunID, _ files: [String: String]) throws -> String {
    let project = folder.path + "/project"
    for (name, text) in files {
      let path = project + "/" + name
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    let draft = SnapshotDraft(
      run: run.hex, listing: try FolderListing(project, limits: SnapshotLimits()), author: "ana",
      address: "a", time: Timestamp(milliseconds: 0), secret: { _ in nil })
    return try ana.takeSnapshot(of: run, draft) { _ in
      SnapshotDraft.Rest(
        files: [
          (TreePath("environment/environment.json"), Array(#"{"x": "\#(Self.token)"}"#.utf8))
        ], message: "m\n")
    }.commit.hex
  }

  @Test("in a snapshot's files, each told once, with how many other runs have it")
  func snapshots() throws {
    try snapshot(
      of: run,
      [
        "train.py": "token = next(tokens)\n", "app.ini": "password = hunter22\n",
        "src/keys.py": "K = '\(Self.token)'\n",
        "b.bin": "\0\(Self.token)",
      ])
    let other = try ana.newRun("s")
    try snapshot(of: other, ["train.py": "x = 2\n"])
    let third = try ana.newRun("t")
    let hex = try snapshot(of: third, ["train.py": "x = 3\n"])
    try FileManager.default.removeItem(
      atPath: ana.snapshots.bare.path + "/objects/\(hex.prefix(2))/\(hex.dropFirst(2))")
    let scan = try WorkspaceScan(ana)
    #expect(scan.snapshots == 2 && scan.absentSnapshots == 1 && scan.files == 5)
    #expect(scan.skippedFiles == 1)
    let found = scan.findings.filter(\.isInSnapshot)
    #expect(found.allSatisfy { $0.alsoIn == 1 && $0.isPresent })
    #expect(
      found.map { "\($0.kind) \($0.field)" }.sorted() == [
        "github-token snapshot.code/src/keys.py",
        "github-token snapshot.environment/environment.json",
        "named-secret snapshot.code/app.ini",
      ])
    #expect(!found.contains { $0.excerpt.contains(Self.token) })
    #expect(try WorkspaceScan(ana, of: other.key).findings.map(\.alsoIn) == [0, 0, 0])
    #expect(try WorkspaceScan(ana, of: third.key).findings.isEmpty)
  }

  @Test("with a reference only that is looked at")
  func one() throws {
    let other = try ana.newRun("s")
    try ana.setTag(other.key, EntryKey("k"), Self.token, durability: .person)
    #expect(try found(run.key) == [])
    #expect(try found(other.key) == ["github-token tags.k true"])
  }
}
