import FieldbookModel
import FieldbookRepository
import Foundation

/// Snapshots that are damaged or lost here, out of a backup.
struct MendingSnapshots {
  let repository: SnapshotRepository
  let backup: String
  /// Where what is damaged goes.
  let aside: String
  private(set) var taken = 0
  private(set) var setAside = 0

  init(_ repository: SnapshotRepository, from backup: String, aside: String) {
    self.repository = repository
    self.backup = backup
    self.aside = aside
  }

  /// True if something is wrong here that a sound backup may mend.
  static func isDue(_ repository: SnapshotRepository, _ backup: String) throws -> Bool {
    guard FileManager.default.fileExists(atPath: backup + "/HEAD") else { return false }
    let audit = try? repository.bare.audit()
    let isWell = try audit?.damaged.isEmpty == true && lost(audit, backup).isEmpty
    return !isWell && RepositoryCopy.problem(backup) == nil
  }

  private static func lost(_ audit: SnapshotAudit?, _ backup: String) throws
    -> [String: GitObjectID]
  {
    try BareRepository(backup).runs().filter { audit?.runs[$0.key] == nil }
  }

  /// Takes files of objects that are not here, or differ: under one name there is only one right content.
  mutating func mend() throws {
    let lost = try MendingSnapshots.lost(try? repository.bare.audit(), backup)
    for name in (try? FileManager.default.subpathsOfDirectory(atPath: backup + "/objects")) ?? [] {
      try take("objects/" + name)
    }
    try repository.restore(lost)
  }

  private mutating func take(_ name: String) throws {
    let source = backup + "/" + name
    let place = repository.bare.path + "/" + name
    var info = stat()
    guard stat(source, &info) == 0, info.st_mode & S_IFMT == S_IFREG else { return }
    if stat(place, &info) == 0 {
      guard BackupFiles.digest(place) != BackupFiles.digest(source) else { return }
      let target = aside + "/repository.git/" + name
      try BackupFiles.makeFolder(PathText.folder(of: target))
      try BackupFiles.rename(place, to: target)
      setAside += 1
    }
    try BackupFiles.makeFolder(PathText.folder(of: place))
    let staging = place + ".tmp_" + UUID().uuidString
    try BackupFiles.copyLarge(source, to: staging)
    try BackupFiles.sync(staging)
    try BackupFiles.rename(staging, to: place)
    taken += 1
  }
}
