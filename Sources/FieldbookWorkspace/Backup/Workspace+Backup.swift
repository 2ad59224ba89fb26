import FieldbookModel
import FieldbookRepository
import Foundation

/// What `fieldbook backup` made.
package struct BackupReport: Sendable {
  package var folder: BackupFolder
  package var manifest: BackupManifest
  /// Artifacts that an earlier backup in the same folder had already.
  package var linked = 0
  package var copied = 0
  package var copiedBytes: Int64 = 0
  /// Artifacts whose bytes here are not what was recorded: neither this nor an earlier backup has them.
  package var damaged: [ContentDigest] = []
  /// Older backups that were removed.
  package var removed: [String] = []
  /// It lies on the filesystem that the replica lies on.
  package var isOnSameDisk = false
}

extension Workspace {
  /// Makes a backup in a new folder of `folder`, while others write.
  ///
  /// It holds everything that was recorded when it was begun. It takes its name only when it is complete, verified and
  /// safe from a power cut: one that was interrupted is never taken for a backup.
  ///
  /// - Parameters:
  ///   - keep: how many backups of this device stay in the folder at most; nil: all of them.
  ///   - withObjects: what lies in an object storage is fetched, and in it, too.
  package func backUp(
    to folder: String, withKey: Bool = false, keep: Int? = nil, withObjects: Bool = false
  ) throws -> BackupReport {
    let inside = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path + "/"
    let own = URL(fileURLWithPath: folderFiles.path).resolvingSymlinksInPath().path + "/"
    guard !inside.hasPrefix(own) else { throw BackupFailure.insideReplica(folder) }
    try BackupFiles.makeFolder(folder)
    let lock = Foundation.open(folder + "/.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard lock >= 0 else {
      throw BackupFailure.cannotWrite(folder, reason: String(cString: strerror(errno)))
    }
    defer { Foundation.close(lock) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      throw BackupFailure.underWay(folder)
    }
    try Self.removePartial(in: folder)
    let time = environment.now()
    let partial = BackupFolder(folder + "/" + Self.partialPrefix + UUID().uuidString)
    var report = try Interruption.removing(partial.path) {
      do {
        try BackupFiles.makeFolder(partial.path)
        var report = try fill(
          partial, after: previous(in: folder), time: time, withKey: withKey,
          withObjects: withObjects)
        try BackupFiles.sync(all: partial.path)
        let place = BackupFiles.free(folder + "/" + BackupFiles.name(of: time))
        try BackupFiles.rename(partial.path, to: place)
        report.folder = BackupFolder(place)
        return report
      } catch {
        try? FileManager.default.removeItem(atPath: partial.path)
        throw error
      }
    }
    try BackupFiles.sync(folder)
    if let keep { report.removed = try removeOld(in: folder, keep: keep) }
    report.isOnSameDisk = Self.device(folder) == Self.device(folderFiles.path)
    return report
  }

  private static let partialPrefix = ".partial-"

  /// What a backup left behind that was interrupted. The lock is held: none is under way.
  private static func removePartial(in folder: String) throws {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    where name.hasPrefix(partialPrefix) {
      try? FileManager.default.removeItem(atPath: folder + "/" + name)
    }
  }

  private static func device(_ path: String) -> UInt64? {
    var info = stat()
    return stat(path, &info) == 0 ? UInt64(info.st_dev) : nil
  }

  private func backups(in folder: String) -> [BackupFolder] {
    BackupFolder.all(in: folder).filter {
      $0.manifest.workspace == id.hex && $0.manifest.device == deviceKey.hex
    }.map(\.folder)
  }

  private func previous(in folder: String) -> BackupFolder? { backups(in: folder).last }

  private func fill(
    _ target: BackupFolder, after previous: BackupFolder?, time: Int64, withKey: Bool,
    withObjects: Bool
  ) throws -> BackupReport {
    try copyDatabase(to: target.database)
    if !withKey { try DatabaseCopy.removeInvites(target.database) }
    try BackupFiles.copy(folderFiles.descriptor, to: target.descriptor)
    try BackupFiles.copy(folderFiles.settings, to: target.settings)
    try BackupFiles.copy(folderFiles.objectsFile, to: target.objectsFile)
    if withKey {
      try BackupFiles.copy(folderFiles.keyFile, to: target.keyFile)
      try BackupFiles.copyFolder(folderFiles.certificate, to: target.certificate)
    }
    let copy = try DatabaseCopy(path: target.database, workspace: id)
    let verdict = try copy.integrity()
    guard verdict == "ok" else { throw DatabaseFailure.corrupt(verdict) }
    let log = try copy.inspect { try $0.verifyLog() }
    // After the database: what it names was here before it was copied.
    var report = BackupReport(
      folder: target,
      manifest: BackupManifest(
        format: BackupManifest.format, workspace: id.hex, name: name, device: deviceKey.hex,
        deviceName: device.name, time: time, hasKey: withKey,
        stateHash: try copy.inspect { try $0.cachedStateHash() }, segments: log.segments,
        ops: log.ops, objects: 0, objectBytes: 0, missing: 0, database: ""))
    try RepositoryCopy.make(
      folderFiles.repository, to: target.repository, linking: previous?.repository)
    report.manifest.objectStorage = try objectsAddress()
    try copyObjects(
      copy.inspect { try $0.namedContents() }, after: previous, withObjects: withObjects, &report)
    guard let digest = BackupFiles.digest(target.database) else {
      throw BackupFailure.damaged(target.path, "its database cannot be read back")
    }
    report.manifest.database = digest
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try BackupFiles.write(encoder.encode(report.manifest), to: target.manifestFile)
    return report
  }

  /// Between sealing and copying another process may have written: then again.
  func copyDatabase(to path: String) throws {
    for _ in 0..<200 {
      try seal()
      if try store.copy(to: path) { return }
    }
    throw BackupFailure.neverQuiet
  }

  /// One that the previous backup has is linked, not copied.
  private func copyObjects(
    _ named: [ContentDigest: Int64], after previous: BackupFolder?, withObjects: Bool,
    _ report: inout BackupReport
  ) throws {
    let all = Set(try contentStore.all()).union(named.keys)
    for digest in all.sorted() {
      let target = report.folder.object(digest)
      try BackupFiles.makeFolder(PathText.folder(of: target))
      let isHere = contentStore.contains(digest)
      let size = contentStore.size(of: digest) ?? named[digest]
      let old = previous?.object(digest)
      if let old, let oldSize = BackupFiles.size(old), oldSize == size, link(old, target) == 0 {
        report.linked += 1
      } else if isHere, !withObjects, try contentStore.large.isAway(digest) {
        try leave(digest, report.folder)
        report.manifest.away = (report.manifest.away ?? 0) + 1
        report.manifest.awayBytes = (report.manifest.awayBytes ?? 0) + (size ?? 0)
        continue
      } else if isHere, try contentStore.copy(digest, to: target) {
        report.copied += 1
        report.copiedBytes += BackupFiles.size(target) ?? 0
      } else if let old, try ContentStore.copy(old, to: target, expecting: digest) {
        report.copied += 1
      } else {
        if isHere { report.damaged.append(digest) }
        if named[digest] != nil { report.manifest.missing += 1 }
        continue
      }
      report.manifest.objects += 1
      report.manifest.objectBytes += BackupFiles.size(target) ?? 0
    }
  }

  /// Of a content that stays where it is the backup has the recipe.
  private func leave(_ digest: ContentDigest, _ target: BackupFolder) throws {
    guard let recipe = try contentStore.large.recipe(of: digest) else { return }
    try BackupFiles.makeFolder(target.recipes)
    try BackupFiles.write(Data(recipe.encoded), to: target.recipes + "/" + digest.hex)
  }

  /// Only backups of this workspace and device count, and only they are removed.
  private func removeOld(in folder: String, keep: Int) throws -> [String] {
    var removed: [String] = []
    for old in backups(in: folder).dropLast(max(1, keep)) {
      // First its name, so that a half-removed one is not taken for a backup.
      let remains = folder + "/" + Self.partialPrefix + UUID().uuidString
      try BackupFiles.rename(old.path, to: remains)
      try? FileManager.default.removeItem(atPath: remains)
      removed.append(old.path)
    }
    return removed
  }
}
