import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import Foundation

/// A replica that was made from a backup.
package struct RestoreReport: Sendable {
  package enum Key: String, Sendable {
    /// The device goes on, in a new epoch of its log.
    case backup, replicaSetAside
    /// A new device, pending until it is enrolled.
    case fresh
  }

  package var workspace: Workspace
  package var backup: BackupFolder
  package var manifest: BackupManifest
  package var key: Key
  /// The folder that holds the replica which was there before; nil if there was none.
  package var setAside: String?
  /// Artifacts that the log names and the backup does not hold, or not undamaged.
  package var missing = 0
}

extension Workspace {
  /// Makes a replica in `dir` from a backup, or from the newest one in a folder of backups.
  ///
  /// Never writes over a replica: one that is there is moved to `.fieldbook-set-aside/TIME/`, whole. Whatever is
  /// written from here on goes into a new epoch, since numbers after the backup may have been used already.
  package static func restore(
    from path: String, into dir: String, environment: WorkspaceEnvironment
  ) throws -> RestoreReport {
    let backup = try BackupFolder.find(path)
    let manifest = try backup.manifest()
    let place = ReplicaFolder(dir: dir)
    try place.refuseNetworkFilesystem()
    let users = OpenFiles.holders(of: [place.database, place.database + "-wal"])
    guard users.isEmpty else { throw BackupFailure.replicaInUse(dir, processes: users) }
    PartFile.removeLeft(in: dir, prefix: scratchPrefix)
    let scratch = ReplicaFolder(dir: dir + "/" + scratchPrefix + UUID().uuidString)
    defer { try? FileManager.default.removeItem(atPath: scratch.dir) }
    return try Interruption.removing(scratch.dir) {
      try restore(from: backup, manifest, into: place, by: scratch, environment)
    }
  }

  private static let scratchPrefix = ".fieldbook-restoring-"

  private static func restore(
    from backup: BackupFolder, _ manifest: BackupManifest, into place: ReplicaFolder,
    by scratch: ReplicaFolder, _ environment: WorkspaceEnvironment
  ) throws -> RestoreReport {
    try BackupFiles.makeFolder(scratch.dir)
    let lock = Foundation.open(scratch.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    defer { Foundation.close(lock) }
    flock(lock, LOCK_EX | LOCK_NB)
    let (descriptor, key, origin) = try identity(backup, manifest, instead: place, environment)
    try scratch.make(descriptor, key: key)
    let missing = try fill(scratch, from: backup, manifest)
    try keepCertificate(in: scratch, key, from: backup, instead: place)
    let restored = try Workspace(folder: scratch, environment: environment)
    try restored.store.write(.person) { _ = try $0.startEpoch() }
    try restored.close()
    try BackupFiles.sync(all: scratch.path)
    let old = try setAside(place, environment)
    do {
      try BackupFiles.rename(scratch.path, to: place.path)
    } catch {
      if let old { try? BackupFiles.rename(old + "/.fieldbook", to: place.path) }
      throw error
    }
    try BackupFiles.sync(place.dir)
    let workspace = try Workspace(folder: place, environment: environment)
    try workspace.keepMark()
    return RestoreReport(
      workspace: workspace, backup: backup, manifest: manifest, key: origin, setAside: old,
      missing: missing)
  }

  /// The device goes on with its key from the backup, else from the replica that it takes the place of. Without
  /// either it is a new device: nobody can write as one whose key is lost.
  private static func identity(
    _ backup: BackupFolder, _ manifest: BackupManifest, instead old: ReplicaFolder,
    _ environment: WorkspaceEnvironment
  ) throws -> (ReplicaFolder.Descriptor, Curve25519.Signing.PrivateKey, RestoreReport.Key) {
    guard let data = FileManager.default.contents(atPath: backup.descriptor), data.count < 65536,
      let descriptor = try? JSONDecoder().decode(ReplicaFolder.Descriptor.self, from: data),
      descriptor.workspace == manifest.workspace
    else { throw BackupFailure.damaged(backup.path, "it does not say which workspace it is of") }
    func fits(_ key: Curve25519.Signing.PrivateKey) -> Bool {
      Hex.encode(key.publicKey.rawRepresentation) == manifest.device
    }
    if let key = ReplicaFolder.key(in: backup.keyFile), fits(key) {
      return (descriptor, key, .backup)
    }
    if let key = ReplicaFolder.key(in: old.keyFile), fits(key) {
      return (descriptor, key, .replicaSetAside)
    }
    let key = try Curve25519.Signing.PrivateKey(rawRepresentation: environment.random(32))
    return (descriptor, key, .fresh)
  }

  /// Peers know a device by the certificate that it serves with. That of the replica which is there is the newer one.
  private static func keepCertificate(
    in target: ReplicaFolder, _ key: Curve25519.Signing.PrivateKey, from backup: BackupFolder,
    instead old: ReplicaFolder
  ) throws {
    let folders = [(old.keyFile, old.certificate), (backup.keyFile, backup.certificate)]
    let ofThisDevice = folders.filter { keyFile, folder in
      ReplicaFolder.key(in: keyFile)?.rawRepresentation == key.rawRepresentation
        && FileManager.default.fileExists(atPath: folder)
    }
    guard let (_, newest) = ofThisDevice.first else { return }
    try BackupFiles.copyFolder(newest, to: target.certificate)
  }

  /// Copies and checks the copies. Returns how many artifacts are missing.
  private static func fill(
    _ target: ReplicaFolder, from backup: BackupFolder, _ manifest: BackupManifest
  ) throws -> Int {
    try BackupFiles.copyLarge(backup.database, to: target.database)
    try backup.verifyDatabase(target.database, manifest)
    try BackupFiles.copy(backup.settings, to: target.settings)
    try BackupFiles.copy(backup.objectsFile, to: target.objectsFile)
    try BackupFiles.copyFolder(backup.recipes, to: target.path + "/large/recipes")
    try RepositoryCopy.make(backup.repository, to: target.repository, linking: nil)
    let copy = try DatabaseCopy(path: target.database, workspace: manifest.workspaceID(backup.path))
    let named = try copy.inspect { try $0.namedContents() }
    var whole: Set<ContentDigest> = []
    for digest in try backup.objects() {
      let file = target.path + "/" + ContentStore.name(of: digest)
      try BackupFiles.makeFolder(PathText.folder(of: file))
      if try ContentStore.copy(backup.object(digest), to: file, expecting: digest) {
        whole.insert(digest)
      }
    }
    // They are told by their recipes, and found in the object storage by `doctor --fix`.
    let away = try backup.awayContents()
    return named.keys.filter { !whole.contains($0) && !away.contains($0) }.count
  }

  /// The folder that the old replica was moved to; it can be used there with `--dir`.
  private static func setAside(_ place: ReplicaFolder, _ environment: WorkspaceEnvironment) throws
    -> String?
  {
    guard FileManager.default.fileExists(atPath: place.path) else { return nil }
    let home = place.dir + "/.fieldbook-set-aside"
    try BackupFiles.makeFolder(home)
    if !FileManager.default.fileExists(atPath: home + "/.gitignore") {
      try BackupFiles.write(Data("*\n".utf8), to: home + "/.gitignore")
    }
    let folder = BackupFiles.free(home + "/" + BackupFiles.name(of: environment.now()))
    try BackupFiles.makeFolder(folder)
    try BackupFiles.rename(place.path, to: folder + "/.fieldbook")
    return folder
  }
}
