import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct RestoreBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a replica from a backup.",
    discussion: """
      A replica that is in DIR is not overwritten: it is moved to .fieldbook-set-aside/ there, \
      and can still be used with --dir. The device goes on if its key is in the backup or in \
      that replica; else the restored one is a new device, pending until it is enrolled. What \
      was synced after the backup comes back with the next sync.

      Examples:
        fieldbook backup restore /mnt/disk/churn             (the newest, here)
        fieldbook backup restore /mnt/disk/churn/20261121T102927Z churn
      """)

  @Argument(help: "A backup, or a folder of backups.", completion: .directory)
  var backup: String
  @Argument(help: "The replica's folder (default: here).", completion: .directory)
  var folder: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    let dir = try AbsolutePath.of(folder ?? common.dir ?? ".")
    let report = try Workspace.restore(
      from: AbsolutePath.of(backup), into: dir, environment: common.environment)
    let document = RestoreDocument(report: report, replica: ReplicaDocument(report.workspace))
    try report.workspace.close()
    tell(document, common.console)
    common.console.show(document)
  }

  private func tell(_ document: RestoreDocument, _ console: Console) {
    let report = document.report
    console.status(
      Phrase("restored workspace ") + Phrase(document.replica.workspaceName, .bold)
        + Phrase(" in \(document.replica.dir)/.fieldbook, as of ")
        + Phrase(Wording.moment(.init(milliseconds: report.manifest.time))))
    if let aside = report.setAside {
      console.status(Phrase("the replica that was there is now in \(aside)"))
      console.hint(
        "what only it holds: fieldbook bundle create old.bundle --dir \(aside), then"
          + " fieldbook bundle apply old.bundle")
    }
    if report.missing > 0 {
      console.warning(
        "\(Wording.count(report.missing, "artifact")) known, but not in the backup: a sync may"
          + " bring them")
    }
    if document.replica.isPending {
      console.hint("this is a new device, pending; to be let in: fieldbook enroll CODE")
    }
    if let address = report.manifest.objectStorage {
      console.next("fieldbook doctor --fix   (finds its large files in \(address))")
    }
    console.next("fieldbook sync")
  }
}

struct RestoreDocument: Document {
  var report: RestoreReport
  var replica: ReplicaDocument

  var json: JSON {
    replica.json.adding([
      "backup": .string(report.backup.path),
      "time": .time(Timestamp(milliseconds: report.manifest.time)),
      "new_device": .bool(report.key == .fresh),
      "set_aside": .optional(report.setAside), "missing": .count(report.missing),
    ])
  }

  /// A person has been told by the status line.
  func lay(on sheet: inout Sheet) {}
}
