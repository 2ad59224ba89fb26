import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct CreateBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Write a backup into a new folder of DIR.",
    discussion: """
      Each backup is whole; artifacts that the one before has are linked, not copied again. \
      Without --with-key nobody can write as this device from the backup, and a replica that \
      is restored from it on another machine is a new device. With it, keep the backup as safe \
      as the machine itself.

      Examples:
        fieldbook backup /mnt/disk/churn
        fieldbook backup create /mnt/disk/churn --with-key --keep 14
      """)

  @Argument(help: .init("A folder for backups; made if needed.", valueName: "dir"))
  var folder: String
  @Flag(name: .long, help: "Put this device's private key into the backup.") var withKey = false
  @Option(
    name: .long,
    help: .init("Afterwards remove this device's oldest backups in DIR.", valueName: "count"))
  var keep: Int?
  @Flag(
    name: .long, help: "Also fetch what lies in an object storage, and put it into the backup.")
  var withObjects = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let keep, keep < 1 { throw ValidationError("--keep must be at least 1") }
  }

  func run() throws {
    let report = try common.withWorkspace { workspace, console in
      let report = try workspace.backUp(
        to: AbsolutePath.of(folder), withKey: withKey, keep: keep, withObjects: withObjects)
      console.show(BackupDocument(report: report))
      tell(report, console)
      return report
    }
    guard report.damaged.isEmpty else { throw IncompleteBackup(count: report.damaged.count) }
  }

  private func tell(_ report: BackupReport, _ console: Console) {
    console.status(
      Phrase("backed up ") + Phrase(Wording.count(report.manifest.ops, "change"), .bold)
        + Phrase(
          " and \(Wording.count(report.manifest.objects, "artifact")) in \(report.folder.path)"))
    if report.manifest.missing > 0, report.damaged.isEmpty {
      console.warning(
        "\(Wording.count(report.manifest.missing, "artifact")) known here, whose content is not"
          + " here, could not be backed up")
    }
    if let away = report.manifest.away, away > 0 {
      console.warning(
        "\(Wording.count(away, "artifact")) (\(Wording.bytes(report.manifest.awayBytes ?? 0)))"
          + " stay in \(report.manifest.objectStorage ?? "the object storage"), and are not in the"
          + " backup; --with-objects fetches them")
    }
    if report.isOnSameDisk {
      console.hint("it lies on the replica's own filesystem: best keep it on another disk")
    }
    console.next("fieldbook backup verify \(report.folder.path)")
  }
}

/// A backup was made, and something that should be in it is not.
struct IncompleteBackup: Failure, Equatable {
  var count: Int

  var message: String {
    "the backup lacks \(Amount.of(count, "artifact", ("that is", "that are"))) damaged here"
  }
  var hint: String { "run: fieldbook doctor --fix, then fieldbook sync, then back up again" }
}

struct BackupDocument: Document {
  var report: BackupReport

  var json: JSON {
    report.manifest.json(report.folder).adding([
      "linked": .count(report.linked), "copied": .count(report.copied),
      "copied_bytes": .integer(report.copiedBytes),
      "damaged": .strings(report.damaged.map(\.hex)), "removed": .strings(report.removed),
    ])
  }

  /// The path alone, so that a script can keep it.
  func lay(on sheet: inout Sheet) { sheet.line(Phrase(report.folder.path)) }
}

extension BackupManifest {
  func json(_ folder: BackupFolder) -> JSON {
    [
      "backup": .string(folder.path),
      "time": .time(Timestamp(milliseconds: time)),
      "workspace": ["id": .string(workspace), "name": .string(name)],
      "device": [
        "id": .optional(Hex.decode(device).flatMap { DeviceKey(bytes: $0) }?.id),
        "name": .string(deviceName),
      ],
      "with_key": .bool(hasKey), "state_hash": .string(stateHash),
      "segments": .count(segments), "ops": .count(ops), "artifacts": .count(objects),
      "artifact_bytes": .integer(objectBytes), "missing": .count(missing),
      "in_object_storage": .count(away ?? 0),
    ]
  }
}
