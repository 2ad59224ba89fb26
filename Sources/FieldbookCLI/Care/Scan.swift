import ArgumentParser
import FieldbookDocuments
import FieldbookExecution
import FieldbookModel
import FieldbookWorkspace

struct Scan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look for secrets that were recorded by mistake.",
    discussion: """
      Looks through names, params, tags, descriptions, comments, configs, datasets and what was \
      captured, overwritten values included, and through files that are text: outputs, and those of \
      snapshots (code, config, environment). \
      Names the kind, the place, and some masked words around it. Ends with status 1 if \
      something was found: that is a secret to revoke first, and then to purge.

      Examples:
        fieldbook scan
        fieldbook scan @last
      """)

  @Argument(help: "Only this (default: everything).") var ref: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    let isClean = try common.withWorkspace { workspace, console in
      let scan = try WorkspaceScan(workspace, of: ref.map { try workspace.reference($0).key })
      let document = ScanDocument(scan: scan)
      console.show(document)
      guard !scan.findings.isEmpty else { return true }
      console.hint("revoke what is real, where it was issued")
      if scan.findings.contains(where: \.isInSnapshot) {
        console.warning(
          "purge does not reach into snapshots: what stands there stays on every replica that has it"
        )
        console.hint(
          "name such files in .fieldbookignore, so that the next snapshot is without them")
      }
      if let first = scan.findings.first(where: { !$0.isInSnapshot }) {
        console.next("fieldbook purge \(first.entity.word) \(first.field)")
      }
      return false
    }
    if !isClean { throw ExitCode(Status.failed) }
  }
}

struct ScanDocument: Document {
  var scan: WorkspaceScan

  var json: JSON {
    [
      "findings": .array(
        scan.findings.map { finding in
          [
            "kind": .string(finding.kind), "ref": .string(finding.entity.word),
            "type": .string(finding.entity.kind.name), "id": .string(finding.entity.key.hex),
            "name": .string(finding.entity.name), "field": .string(finding.field),
            "excerpt": .string(finding.excerpt), "present": .bool(finding.isPresent),
            "in_snapshot": .bool(finding.isInSnapshot), "also_in": .count(finding.alsoIn),
          ]
        }),
      "values": .count(scan.values), "files": .count(scan.files),
      "skipped_files": .count(scan.skippedFiles), "snapshots": .count(scan.snapshots),
      "absent_snapshots": .count(scan.absentSnapshots),
    ]
  }

  func lay(on sheet: inout Sheet) {
    if !scan.findings.isEmpty {
      var table = Table([
        .init("kind", shrinks: false), .init("ref", shrinks: false), .init("field"),
        .init("excerpt"),
      ])
      for finding in scan.findings {
        table.row([
          Phrase(finding.kind, .red), Phrase(finding.entity.word), Phrase(finding.field),
          Phrase(finding.excerpt)
            + (finding.isPresent ? Phrase("") : Phrase("  (overwritten)", .faint))
            + (finding.alsoIn == 0
              ? Phrase("")
              : Phrase("  (and \(Wording.count(finding.alsoIn, "other run")))", .faint)),
        ])
      }
      sheet.table(table)
      sheet.gap()
    }
    let skipped = scan.skippedFiles == 0 ? "" : ", \(scan.skippedFiles) not here or no text"
    let absent =
      scan.absentSnapshots == 0
      ? "" : "; \(Wording.count(scan.absentSnapshots, "snapshot")) not on this replica"
    sheet.line(
      Phrase(
        scan.findings.isEmpty ? "nothing found" : Wording.count(scan.findings.count, "finding"))
        + Phrase(
          "  in \(Wording.count(scan.values, "value")) and \(Wording.count(scan.files, "file"))\(skipped)\(absent)",
          .faint))
  }
}

extension EntityReference {
  /// As a REF that commands understand.
  fileprivate var word: String {
    switch kind {
    case .experiment: "experiment:\(name)"
    case .model: "model:\(name)"
    case .config: "config:\(name)"
    case .version: "model:\(name)"
    case .run: ShortIDs.one(key.hex)
    case .trace: "trace:" + ShortIDs.one(key.hex)
    default: key.hex
    }
  }
}
