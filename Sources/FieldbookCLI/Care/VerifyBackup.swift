import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct VerifyBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read a backup whole, and check all of it.",
    discussion: """
      The database, every signature and hash of the log, every artifact. Of a folder with \
      several backups the newest is read. Needs no replica. Ends with status 4 if something \
      is not as it was written.

      Example:
        fieldbook backup verify /mnt/disk/churn
      """)

  @Argument(help: "A backup, or a folder of backups.", completion: .directory)
  var backup: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    let found = try BackupFolder.find(AbsolutePath.of(backup)).verify()
    let console = common.console
    console.show(BackupVerificationDocument(found: found))
    guard found.problems.isEmpty else {
      console.hint(
        found.damaged.isEmpty
          ? "make another: fieldbook backup create DIR"
          : "remove these files: the next backup writes them again")
      throw ExitCode(Status.differences)
    }
  }
}

struct BackupVerificationDocument: Document {
  var found: BackupVerification

  var json: JSON {
    found.manifest.json(found.folder).adding([
      "ok": .bool(found.problems.isEmpty), "problems": .strings(found.problems),
      "damaged": .strings(found.damaged),
    ])
  }

  func lay(on sheet: inout Sheet) {
    let manifest = found.manifest
    sheet.pairs([
      ("backup", Phrase(found.folder.path)),
      ("of", Phrase("\(manifest.name), \(manifest.deviceName)")),
      ("made", Phrase(Wording.moment(.init(milliseconds: manifest.time)))),
      (
        "holds",
        Phrase(
          "\(Wording.count(manifest.ops, "change")), \(Wording.count(manifest.objects, "artifact"))"
            + (manifest.hasKey ? ", the device key" : ""))
      ),
      ("verdict", found.problems.isEmpty ? Phrase("all of it holds", .green) : nil),
    ])
    for problem in found.problems { sheet.line(Phrase("look  ", .red) + Phrase(problem)) }
  }
}
