import ArgumentParser
import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

struct Bundles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Exchange by file, where no network goes.",
    subcommands: [CreateBundle.self, ApplyBundle.self, ShowBundle.self])
}

struct CreateBundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Write what this replica holds into a file.",
    discussion: """
      Example:
        fieldbook bundle create churn.bundle --since origin
      """)

  @Argument(help: "The file.", completion: .file()) var file: String
  @Option(name: .long, help: .init("Leave out what this remote was last known to hold.", valueName: "remote"))
  var since: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let needs = try since.map { name in
        try workspace.remote(name).pin.map { try workspace.peerState($0) } ?? []
      }
      let made = try BundleFile.create(AbsolutePath.of(file), from: workspace, needs: needs ?? [])
      console.status(Phrase("wrote \(Wording.count(made.ops, "change")) into \(file)"))
      console.next("fieldbook bundle apply \(file)   (or: fieldbook clone \(file) DIR)")
      console.show(Silent(json: BundleDocument(contents: made).json))
    }
  }
}

struct ApplyBundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Take in a bundle.",
    discussion: """
      Example:
        fieldbook bundle apply churn.bundle
      """)

  @Argument(help: "The file.", completion: .file()) var file: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    let open = try common.withWorkspace { workspace, console in
      let report = try BundleFile.apply(AbsolutePath.of(file), to: workspace)
      let counts = try workspace.status()
      console.status(Phrase("took in \(Wording.count(report.ops, "change"))"))
      if report.waiting > 0 {
        console.hint("\(report.waiting) segments wait for ones that this bundle does not hold")
      }
      console.show(
        Silent(
          json: [
            "pulled_ops": .count(report.ops), "pulled_points": .count(report.points),
            "waiting": .count(report.waiting),
            "conflicts": ["new": .count(report.newConflicts), "total": .count(counts.conflictsTotal)],
          ]))
      return counts.conflictsTotal
    }
    if open > 0 { throw ExitCode(Status.conflicts) }
  }
}

struct ShowBundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Say what a bundle holds.",
    discussion: """
      Example:
        fieldbook bundle show churn.bundle
      """)

  @Argument(help: "The file.", completion: .file()) var file: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.console.show(BundleDocument(contents: try BundleFile.verify(AbsolutePath.of(file))))
  }
}

struct BundleDocument: Document {
  var contents: BundleFile.Contents

  var json: JSONValue {
    func heads(_ heads: [Head]) -> JSONValue {
      .array(
        heads.map {
          [
            "log": .string($0.log.description), "seq": .integer(Int64($0.number)),
            "hash": .string($0.hash.hex),
          ]
        })
    }
    return [
      "workspace": ["id": .string(contents.workspace.hex), "name": .string(contents.name)],
      "needs": heads(contents.needs), "heads": heads(contents.heads), "ops": .count(contents.ops),
      "points": .count(contents.points), "objects": .count(contents.objects),
      "bytes": .integer(contents.bytes),
    ]
  }

  func lay(on sheet: inout Sheet) {
    sheet.pairs([
      ("workspace", Phrase(contents.name) + Phrase("  \(contents.workspace.hex)", .faint)),
      ("changes", Phrase("\(contents.ops)")), ("points", Phrase("\(contents.points)")),
      ("files", Phrase("\(contents.objects)")), ("bytes", Phrase("\(contents.bytes)")),
      ("logs", Phrase("\(contents.heads.count)")),
      ("needs", Phrase(contents.needs.isEmpty ? "nothing" : "\(contents.needs.count) heads")),
    ])
  }
}
