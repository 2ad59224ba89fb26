import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

/// Archives that nobody's `export` wrote.
@Suite("Hostile archives")
struct HostileArchiveTests {
  let folder: TemporaryFolder
  let workspace: Workspace

  init() throws {
    folder = try TemporaryFolder()
    workspace = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock(), seed: 1)[0]
  }

  private var path: String { folder.path + "/given" }

  /// A file in an archive.
  private struct Item {
    var name: String
    var bytes: [UInt8]

    init(_ name: String, _ bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
    init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }
  }

  private func pack(_ items: [Item], _ form: ArchiveForm = .tar) throws {
    unlink(path)
    let file = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0o644)
    defer { close(file) }
    try ArchiveLocale.use {
      let writer = try ArchiveWriter(form, to: file, path: path, time: 0)
      for item in items { try writer.add(item.name, item.bytes) }
      try writer.finish()
    }
  }

  /// What an export wrote, file by file.
  private func honest() throws -> [Item] {
    let run = try workspace.newRun("r")
    try workspace.logBatch(
      run, parameters: [],
      metrics: [
        MetricSeries(key: "acc", points: [MetricPoint(step: 0, timestamp: 1, value: 0.5)])
      ], tags: [], durability: .person)
    _ = try workspace.putArtifact(run, path: "model.bin", bytes: Array("weights".utf8))
    let source = folder.path + "/honest.tar"
    _ = try RunExport(workspace.run(run), in: workspace, form: .tar, document: [])
      .write(to: source, force: true)
    var items: [Item] = []
    let reader = try ArchiveReader(source)
    while let entry = try reader.next() {
      items.append(
        Item(
          entry.parts.dropFirst().joined(separator: "/"),
          try reader.whole(atMost: 1 << 20, named: "")))
    }
    return items
  }

  private func refusal() throws -> String? {
    let before = try workspace.heads()
    do {
      _ = try RunArchive(path).take(into: workspace)
      return nil
    } catch let failure as MovingFailure {
      #expect(try workspace.heads() == before)
      #expect(!failure.hint.isEmpty)
      return failure.message
    }
  }

  @Test("what was unpacked and packed again, in any order and folder, is taken in")
  func repacked() throws {
    let items = try honest()
    for form in ArchiveForm.allCases {
      for prefix in ["", "./", "some folder/", "./x/"] {
        try pack(items.reversed().map { Item(prefix + $0.name, $0.bytes) }, form)
        #expect(try refusal() == nil, "\(form) \(prefix)")
      }
    }
    try pack(items + [Item("notes.txt", "mine")])
    #expect(try RunArchive(path).others == ["notes.txt"])
  }

  @Test(
    "names that lead out of it are refused",
    arguments: [
      "../evil", "a/../../evil", "/etc/evil", "a\\b", "a\nb", "x/..",
      String(repeating: "d/", count: 200) + "f", String(repeating: "n", count: 5000),
    ])
  func names(name: String) throws {
    try pack(try honest() + [Item(name, "x")])
    let refusal = try #require(try refusal())
    #expect(refusal.contains("is not taken in"), "\(refusal)")
  }

  /// A header of the old Unix form. Source: POSIX.1-2017, pax, "ustar Interchange Format".
  private func header(_ name: String, kind: Character, target: String = "") -> [UInt8] {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      block.replaceSubrange(offset..<offset + text.utf8.count, with: Array(text.utf8))
    }
    put(name, at: 0)
    put("0000644\0", at: 100)
    put("00000000000\0", at: 124)
    put("00000000000\0", at: 136)
    put("        ", at: 148)
    put(String(kind), at: 156)
    put(target, at: 157)
    put("ustar\u{0}00", at: 257)
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
    return block
  }

  @Test(
    "links and what is no file are refused",
    arguments: [
      ("2", "is a link"), ("1", "is a link"), ("3", "is neither a file nor a folder"),
      ("6", "is neither a file nor a folder"),
    ])
  func links(kind: String, words: String) throws {
    let block = header("code/x", kind: Character(kind), target: "/etc/passwd")
    try Data(block + [UInt8](repeating: 0, count: 1024)).write(to: URL(fileURLWithPath: path))
    let refusal = try #require(try refusal())
    #expect(refusal.contains(words), "\(refusal)")
  }

  @Test("what is not what its manifest says is refused, and nothing of it is here")
  func altered() throws {
    let items = try honest()
    func changed(_ name: String, _ change: (inout [Item], Int) -> Void) throws -> String? {
      var copy = items
      let place = try #require(copy.firstIndex { $0.name == name })
      change(&copy, place)
      try pack(copy)
      return try refusal()
    }
    let model = "artifacts/model.bin"
    #expect(try changed(model) { $0[$1].bytes[0] ^= 1 }?.contains("is not what") == true)
    #expect(try changed(model) { $0[$1].bytes.append(1) }?.contains("is not what") == true)
    #expect(try changed(model) { $0[$1].bytes.removeLast() }?.contains("is not what") == true)
    #expect(try changed(model) { $0.remove(at: $1) }?.contains("is missing in it") == true)
    #expect(try changed(model) { $0.append($0[$1]) }?.contains("is in it twice") == true)
    let metrics = "metrics.csv"
    #expect(try changed(metrics) { $0[$1].bytes = Array("a\n".utf8) } != nil)
    #expect(try changed("fieldbook.json") { $0[$1].bytes.removeLast(9) } != nil)
    #expect(
      try changed("fieldbook.json") { $0.remove(at: $1) }?.contains("it holds no") == true)
  }

  @Test("an archive that is cut off anywhere is refused", arguments: ArchiveForm.allCases)
  func cut(form: ArchiveForm) throws {
    try pack(try honest(), form)
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    for part in 0..<12 {
      let end = whole.count * part / 12
      try Data(whole[..<end]).write(to: URL(fileURLWithPath: path))
      // Behind the last file a tar has blanks alone.
      if try refusal() == nil { #expect(form != .tarGzip && end > whole.count / 2) }
    }
  }

  @Test("what is no archive says so", arguments: ["", "PK", "hello", "{}"])
  func others(text: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    let refusal = try #require(try refusal())
    #expect(refusal.contains("is no archive of a run"), "\(refusal)")
  }

  @Test("nor is a folder, or what is not there")
  func folders() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let refusal = try #require(try refusal())
    #expect(refusal.hasSuffix("is no archive of a run: it is no file"), "\(refusal)")
    #expect(throws: MovingFailure.notThere("/nonexistent")) { try RunArchive("/nonexistent") }
  }

  @Test("what unpacks to more than a run needs is not read to its end")
  func bomb() throws {
    let items = try honest()
    let zeros = [UInt8](repeating: 0, count: Int(ArchiveLimits.otherBytes) + 1)
    try pack(items + [Item("zeros", zeros)], .tarGzip)
    let refusal = try #require(try refusal())
    #expect(refusal.contains("'zeros', which is not needed, is larger than"), "\(refusal)")
  }

  @Test("more files than a run has are not counted to their end")
  func crowd() throws {
    let items = try honest()
    try pack(items + (0...ArchiveLimits.entries).map { Item("\($0)", []) }, .tarGzip)
    let refusal = try #require(try refusal())
    #expect(refusal.contains("it holds more than"), "\(refusal)")
  }

  @Test("a snapshot that its files do not make is refused before anything is written")
  func snapshot() throws {
    let run = try workspace.newRun("r")
    let draft = SnapshotDraft(
      run: run.hex, listing: nil, author: "ana", address: "ana@lab",
      time: Timestamp(milliseconds: 0), secret: { _ in nil })
    _ = try workspace.takeSnapshot(of: run, draft) { _ in
      SnapshotDraft.Rest(files: [(TreePath("code.json"), Array("{}\n".utf8))], message: "r\n")
    }
    _ = try RunExport(workspace.run(run), in: workspace, form: .tar, document: [])
      .write(to: path, force: true)
    let archive = try RunArchive(path)
    var manifest = archive.manifest
    manifest.snapshot?.parts[0].isProgram = true
    let metrics = Item("metrics.csv", MetricTable.head)
    func packed(_ manifest: RunManifest, code: String = "{}\n") throws -> String? {
      try pack([Item("fieldbook.json", manifest.bytes), metrics, Item("code.json", code)])
      return try refusal()
    }
    #expect(try packed(archive.manifest) == nil)
    #expect(try packed(manifest)?.contains("its files make another one") == true)
    manifest = archive.manifest
    manifest.snapshot?.object.append(10)
    #expect(try packed(manifest)?.contains("its commit is not what its name says") == true)
    manifest = archive.manifest
    manifest.snapshot?.parts[0].path = TreePath("code/../../x")
    #expect(try packed(manifest)?.contains("is no name for a file") == true)
    manifest = archive.manifest
    manifest.environment["snapshot"] = String(repeating: "0", count: 40)
    #expect(try packed(manifest)?.contains("its snapshot is not the run's") == true)
  }

  @Test("an archive of a later format is told as such, not as damaged")
  func newer() throws {
    let items = try honest()
    let manifest = try #require(items.first { $0.name == RunManifest.fileName })
    let text = String(decoding: manifest.bytes, as: UTF8.self)
    func packed(_ format: String) throws -> String? {
      let other = text.replacing(#/"format": ?1,/#, with: "\"format\": \(format), \"news\": 1,")
      #expect(other != text)
      try pack([Item(RunManifest.fileName, other)])
      return try refusal()
    }
    let newer = try packed("7")
    #expect(newer?.contains("made by a newer Fieldbook: it has format 7, and this one") == true)
    #expect(newer?.contains("damaged") == false)
    #expect(try packed("0")?.contains("damaged") == true)
    #expect(try packed("\"7\"")?.contains("damaged") == true)
  }

  @Test("a run that ends before it starts is taken in, and said")
  func backwards() throws {
    let items = try honest()
    try pack(items)
    var manifest = try RunArchive(path).manifest
    manifest.state = RunState(
      status: .finished, endTime: Timestamp(milliseconds: manifest.startTime - 1))
    try pack(
      [Item(RunManifest.fileName, manifest.bytes)]
        + items.filter { $0.name != RunManifest.fileName })
    let note = "1 run ends before it starts (r): the times are kept as they were told"
    #expect(try Tally.of(ArchivedRun(RunArchive(path))).notes == [note])
    let report = try RunArchive(path).take(into: workspace)
    #expect(report.notes == [note] && report.isComplete)
    try pack(items)
    #expect(try Tally.of(ArchivedRun(RunArchive(path))).notes == [])
  }

  @Test("a manifest says nothing that the log would not take")
  func manifestBounds() throws {
    try pack(try honest())
    let manifest = try RunArchive(path).manifest
    func wrong(_ change: (inout RunManifest) -> Void) -> Bool {
      var copy = manifest
      change(&copy)
      return (try? RunManifest(copy.bytes)) == nil
    }
    #expect(!wrong { _ in })
    #expect(wrong { $0.name = "" })
    #expect(wrong { $0.experiment = "a\nb" })
    #expect(wrong { $0.files[0].path = "../x" })
    #expect(wrong { $0.files[0].byteCount = -1 })
    #expect(wrong { $0.files.append($0.files[0]) })
    #expect(wrong { $0.files[0].place = "metrics.csv" })
    #expect(wrong { $0.labels = [""] })
    #expect(wrong { $0.environment = ["": "x"] })
    #expect(wrong { $0.description = String(repeating: "x", count: Limits.textBytes + 1) })
  }
}
