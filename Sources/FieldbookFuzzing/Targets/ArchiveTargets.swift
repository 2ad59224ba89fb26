import FieldbookModel
import FieldbookMoving
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

extension FuzzTarget {
  /// Archives of runs, and what is in them.
  static let archives: [FuzzTarget] = [
    // Names, lengths and checks of the archive itself: libarchive reads them, and what it gives is checked.
    FuzzTarget(
      "run-archive", maxBytes: 16384, rounds: 100,
      seeds: try ArchiveForm.allCases.map { try archive($0) }
    ) { bytes in
      let folder = try TemporaryFolder()
      let path = folder.path + "/file"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      let found = try RunArchive(path)
      _ = try Tally.of(ArchivedRun(found))
      try promise(
        try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"],
        "run archive: something was written")
    },
    .faithful(
      "run-manifest", seeds: [try manifest()], read: { try RunManifest($0) }, write: { $0.bytes }),
    .faithful(
      "metric-table", maxBytes: 2048, seeds: [Array(table.utf8)], read: points, write: written),
  ]

  private static func archive(_ form: ArchiveForm) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = folder.path + "/run"
    try exported(form, folder, path)
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private static func manifest() throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let path = folder.path + "/run"
    try exported(.tarGzip, folder, path)
    return try RunArchive(path).manifest.bytes
  }

  private static func exported(_ form: ArchiveForm, _ folder: TemporaryFolder, _ path: String)
    throws
  {
    let workspace = try TestMachine.team(
      ["ana"], root: folder.path + "/w", clock: ManualClock(), seed: 1)[0]
    defer { try? workspace.close() }
    let run = try workspace.newRun("r")
    try workspace.logBatch(
      run, parameters: [(try EntryKey("lr"), "0.1")],
      metrics: [
        MetricSeries(key: "acc", points: [MetricPoint(step: 0, timestamp: 1, value: 0.5)])
      ], tags: [], durability: .script)
    _ = try workspace.putArtifact(run, path: "a/b.txt", bytes: [1, 2, 3])
    _ = try RunExport(
      workspace.run(run), in: workspace, form: form, document: Array("{}\n".utf8)
    ).write(to: path, force: false)
  }

  private static let table =
    MetricTable.head
    + "acc,0,1,0.5\n\"a,\"\"b\"\"\",-3,2,NaN\nacc,1,2,-Infinity\nx,0,0,NaN:7ff8000000000007\n"

  @Sendable private static func points(_ bytes: [UInt8]) throws -> [MetricSeries] {
    var rest = bytes[...]
    var out: [MetricSeries] = []
    func more() -> ArraySlice<UInt8> {
      defer { rest = rest.dropFirst(100) }
      return rest.prefix(100)
    }
    try MetricTable.read(path: "table", more: more) { out.append($0) }
    return out
  }

  @Sendable private static func written(_ series: [MetricSeries]) throws -> [UInt8] {
    var out = Array(MetricTable.head.utf8)
    for one in series { MetricTable.append(one, to: &out) }
    return out
  }
}
