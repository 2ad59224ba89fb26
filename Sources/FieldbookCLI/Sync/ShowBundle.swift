import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookReplication
import FieldbookSync

struct ShowBundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Say what a bundle holds, and what it needs.",
    discussion: """
      Needs no replica.

      Example:
        fieldbook bundle show week.bundle
      """)

  @Argument(help: "The file.", completion: .file()) var file: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    common.console.show(BundleDocument(contents: try BundleFile.verify(AbsolutePath.of(file))))
  }
}

struct BundleDocument: Document {
  var contents: BundleFile.Contents

  var json: JSON {
    [
      "workspace": ["id": .string(contents.workspace.hex), "name": .string(contents.name)],
      "needs": .array(contents.needs.map(\.json)), "heads": .array(contents.heads.map(\.json)),
      "ops": .count(contents.ops), "points": .count(contents.points),
      "objects": .count(contents.objects), "snapshots": .count(contents.snapshots),
      "bytes": .integer(contents.bytes),
    ]
  }

  func lay(on sheet: inout Sheet) {
    sheet.pairs([
      ("workspace", Phrase(contents.name, .bold) + Phrase("  \(contents.workspace.hex)", .faint)),
      (
        "holds",
        Phrase(
          [
            Wording.count(contents.ops, "change"), Wording.count(contents.points, "metric point"),
            Wording.count(contents.objects, "file"),
            Wording.count(contents.snapshots, "snapshot"),
          ].joined(separator: ", "))
      ),
      ("size", Phrase(Wording.bytes(contents.bytes))),
      (
        "needs",
        Phrase(
          contents.needs.isEmpty
            ? "nothing: a replica can be cloned from it"
            : "a replica that holds \(Wording.count(contents.needs.count, "head")) already")
      ),
    ])
  }
}
