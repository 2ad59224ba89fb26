import FieldbookModel
import FieldbookRepository

/// Whether the snapshots that runs name are here, and whole.
extension Workspace {
  func snapshotWords(_ audit: SnapshotAudit) throws -> (Bool, String) {
    var absent = 0
    var lost: [String] = []
    for one in try store.inspect({ try $0.namedSnapshots() })
    where audit.runs[one.run.hex]?.hex != one.commit {
      // What was taken in from elsewhere may never have been here.
      let isOwn = try one.device == deviceKey && !wasTakenIn(one.run.key)
      if isOwn { lost.append(one.run.hex) } else { absent += 1 }
    }
    let damaged = audit.damaged
    let words = [
      lost.isEmpty
        ? nil
        : "lost: " + Amount.of(lost.count, "snapshot") + " of runs of this device: "
          + lost.prefix(5).map { $0.prefix(8) }.joined(separator: ", "),
      damaged.isEmpty
        ? nil
        : Amount.of(damaged.count, "object", ("is", "are")) + " damaged or missing: "
          + damaged.prefix(5).map { "\($0.object.hex) (run \($0.run.prefix(8)))" }
          .joined(separator: ", "),
    ].compactMap { $0 }
    if !words.isEmpty { return (false, words.joined(separator: "; ")) }
    let elsewhere = absent == 0 ? "" : "; \(absent) are not here yet"
    return (
      true,
      audit.runs.isEmpty
        ? "none here" + elsewhere
        : "\(audit.runs.count) with \(Amount.of(audit.objects, "object")), hashes hold" + elsewhere
    )
  }

  func snapshotFix(_ audit: Result<SnapshotAudit, any Error>) -> String {
    guard case .success(let audit) = audit else {
      return "check \(folderFiles.repository): its owner, the disk"
    }
    return audit.damaged.isEmpty
      ? "fieldbook sync; or, from a backup: fieldbook doctor --fix --from BACKUP"
      : "fieldbook doctor --fix (or with --from BACKUP), then: fieldbook sync"
  }
}
