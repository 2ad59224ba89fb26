import FieldbookDocuments
import FieldbookExecution
import FieldbookModel
import FieldbookWorkspace

/// What a run was configured with: its resolved config, or where it had none its params.
struct RunConfig {
  var run: String
  var values: [String: String]
  /// Params are texts: nothing is known of types.
  var isFlat: Bool

  init(of run: Run, in workspace: Workspace) throws {
    self.run = run.name
    let file = try workspace.artifacts(run.id).first {
      ["config/used.yaml", "config/used.json"].contains($0.path)
    }
    guard let file else {
      values = run.parameters
      isFlat = true
      return
    }
    guard file.byteCount <= RunConfig.bytesMax else {
      throw InvalidInput(
        "the config of run \(run.name) is too large to be compared",
        hint: "fetch it: fieldbook artifacts get \(run.name) \(file.path)")
    }
    var bytes: [UInt8] = []
    try workspace.readVerified(workspace.heldArtifact(run.id, path: file.path)) { bytes += $0 }
    let config = try ConfigFile(text: String(decoding: bytes, as: UTF8.self), path: file.path)
    values = config.typed
    isFlat = false
  }

  /// More than `run` takes in.
  private static let bytesMax: Int64 = 2 << 20
}

/// Two runs' configs, by key.
struct RunConfigDifference: Document {
  struct Row {
    var key: String
    /// As they would be written; nil where the run has none.
    var values: [String?]
  }

  var runs: [Run]
  var configs: [RunConfig]

  var rows: [Row] {
    let keys = Set(configs.flatMap { $0.values.keys })
    return keys.sorted().map { key in Row(key: key, values: configs.map { $0.values[key] }) }
      .filter { $0.values[0] != $0.values[1] }
  }

  var json: JSON {
    [
      "runs": .strings(runs.map(\.id.hex)), "typed": .bool(!configs.contains(where: \.isFlat)),
      "differences": .array(
        rows.map { row in
          ["key": .string(row.key), "values": .array(row.values.map { .optional($0) })]
        }),
    ]
  }

  func lay(on sheet: inout Sheet) {
    let rows = rows
    guard !rows.isEmpty else { return sheet.line("no differences") }
    var table = Table([.init("key")] + runs.map { .init($0.name) })
    for row in rows {
      table.row(
        [Phrase(row.key)] + row.values.map { $0.map { Wording.brief($0) } ?? Phrase("-", .faint) })
    }
    sheet.table(table)
  }
}
