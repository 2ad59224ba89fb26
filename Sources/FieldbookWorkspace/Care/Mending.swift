import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import Foundation

/// Mends what can be mended. Deletes and overwrites nothing: what is damaged is moved to `.fieldbook/set-aside/TIME/`.
package struct Mending {
  private let folder: ReplicaFolder
  private let environment: WorkspaceEnvironment
  private let backup: BackupFolder?
  /// The person knows that no peer has what is lost here.
  private let isAlone: Bool
  private var report = MendReport()

  /// - Parameter backup: what this replica lacks is taken from it.
  package static func mend(
    _ dir: String, from backup: String? = nil, isAlone: Bool = false,
    environment: WorkspaceEnvironment
  ) throws -> MendReport {
    var mending = Mending(
      folder: ReplicaFolder(dir: dir), environment: environment,
      backup: try backup.map { try BackupFolder.find($0) }, isAlone: isAlone)
    try mending.mendFiles()
    if let reason = mending.databaseDamage() { try mending.mendDatabase(reason) }
    let workspace = try Workspace.open(dir, environment: environment)
    do {
      try mending.mendContents(of: workspace)
      mending.report.checks = try workspace.doctor()
    } catch {
      try? workspace.close()
      throw error
    }
    try workspace.close()
    return mending.report
  }

  private init(
    folder: ReplicaFolder, environment: WorkspaceEnvironment, backup: BackupFolder?, isAlone: Bool
  ) {
    self.folder = folder
    self.environment = environment
    self.backup = backup
    self.isAlone = isAlone
  }

  // MARK: Files

  private mutating func mendFiles() throws {
    for (path, wanted) in folder.looseModes() {
      guard chmod(path, wanted) == 0 else {
        throw WorkspaceFailure.cannotWrite(path: path, reason: String(cString: strerror(errno)))
      }
      report.add("modes", "\(path) is private now")
    }
  }

  /// A fresh folder for what is damaged, made when it is first needed.
  private mutating func aside() throws -> String {
    if let known = report.setAside { return known }
    let made = BackupFiles.free(folder.setAside + "/" + BackupFiles.name(of: environment.now()))
    try BackupFiles.makeFolder(made)
    report.setAside = made
    return made
  }

  // MARK: The database

  /// Nil if it is well. Looks without writing: opening it as usual would let SQLite write into it.
  private func databaseDamage() -> String? {
    do {
      try folder.requireDatabase()
      try Store.checkFiles(folder.database)
      let (descriptor, _) = try folder.read()
      guard let id = WorkspaceID(hex: descriptor.workspace) else { return nil }
      let copy = try DatabaseCopy(path: folder.database, workspace: id)
      let verdict = try copy.integrity()
      guard verdict == "ok" else { return verdict.split(separator: "\n").first.map(String.init) }
      _ = try copy.inspect { try $0.verifyLog() }
      return nil
    } catch let failure as DatabaseFailure {
      switch failure {
      case .corrupt(let text): return text
      // A table that is not there.
      case .other(let code, let text) where code & 0xFF == 1: return text
      // What is in the way of reading is no damage of the file: opening it says what it is.
      default: return nil
      }
    } catch let failure as any Failure {
      // A segment that is not what its author signed.
      return failure is WorkspaceFailure ? nil : failure.message
    } catch {
      return nil
    }
  }

  private mutating func mendDatabase(_ reason: String) throws {
    let users = OpenFiles.holders(of: folder.databaseFiles)
    guard users.isEmpty else { throw BackupFailure.replicaInUse(folder.dir, processes: users) }
    let (descriptor, key) = try folder.read()
    guard let id = WorkspaceID(hex: descriptor.workspace) else { return }
    let identity = LogIdentity(
      workspace: id, signing: key, now: environment.now, random: environment.random,
      vocabulary: environment.vocabulary)
    let found = Salvage(database: folder.database, device: identity.device)
    let saved = backup.map { Salvage(database: $0.database, device: identity.device) }
    let sources = [saved, found].compactMap { $0 }
    // Built beside the old one, which stays where it is until the new one is complete.
    let scratch = folder.path + "/tmp/mending-" + UUID().uuidString
    try BackupFiles.makeFolder(scratch)
    defer { try? FileManager.default.removeItem(atPath: scratch) }
    let store = try Store(path: scratch + "/replica.sqlite", identity: identity)
    let alone = isAlone || sources.allSatisfy { $0.isAlone(identity.device) }
    let salvage: SalvageReport
    do {
      salvage = try store.take(
        sources, isAlone: alone, genesis: genesis(descriptor, identity.device))
      // Whatever the old log's numbers were: they are not used again.
      try store.write(.person) { transaction in
        try transaction.seal()
        try transaction.startEpoch()
      }
      try store.gather()
      try store.close()
    } catch {
      try? store.close()
      throw error
    }
    let place = try aside()
    for file in folder.databaseFiles where FileManager.default.fileExists(atPath: file) {
      try BackupFiles.rename(file, to: place + "/" + (file as NSString).lastPathComponent)
    }
    try BackupFiles.rename(scratch + "/replica.sqlite", to: folder.database)
    try BackupFiles.sync(folder.path)
    report.salvage = salvage
    report.add(
      "database",
      "it was damaged (\(reason)); \(salvage.applied) of \(Amount.of(salvage.segments, "segment")) found whole"
        + " came back, \(Amount.of(salvage.opsAgain, "change", ("was", "were"))) written down again"
    )
    if salvage.waiting > 0 {
      report.add(
        "database",
        Amount.of(salvage.waiting, "segment", ("waits", "wait")) + " for others that are lost here")
    }
    if salvage.broken > 0 {
      report.add("database", "of \(Amount.of(salvage.broken, "segment")) only remains were found")
    }
  }

  /// Nil unless this device founded the workspace and knows how.
  private func genesis(_ descriptor: ReplicaFolder.Descriptor, _ device: DeviceKey) -> (
    (WriteTransaction) throws -> Void
  )? {
    guard let nonce = descriptor.nonce.flatMap({ Hex.decode($0) }),
      Genesis.workspaceID(founder: device, nonce: nonce).hex == descriptor.workspace
    else { return nil }
    return { transaction in
      try Workspace.begin(
        transaction, descriptor, nonce: nonce, founder: device, isHub: false)
    }
  }

  // MARK: What the database names

  private mutating func mendContents(of workspace: Workspace) throws {
    if isAlone {
      let again = Rerecording(workspace.store)
      try workspace.checkMark()
      for segment in try workspace.store.inspect({ try $0.ownWaiting() }) {
        try again.record(segment)
      }
      if again.ops > 0 {
        report.add("log", Amount.of(again.ops, "change", ("was", "were")) + " written down again")
      }
    }
    try mendConflictCopies(of: workspace)
    let (before, after) = try workspace.rebuild()
    if before != after { report.add("state", "the tables were made again from the log") }
    try mendPayloads(of: workspace)
    for line in workspace.mendObjects() { report.add("objects", line) }
    try mendArtifacts(of: workspace)
    try mendPurges(of: workspace)
  }

  /// Carries through what could not be done when the purge came: others were reading, or the database was large.
  private mutating func mendPurges(of workspace: Workspace) throws {
    try workspace.performHubDuties()
    do { try workspace.dropPurgedContents() } catch let failure as BucketFailure {
      report.add("purges", failure.message)
    }
    guard try workspace.needsScrub() else { return }
    try? workspace.store.scrub()
    if try !workspace.needsScrub() {
      report.add("purges", "the database was written anew: no page of it holds what was purged")
    }
  }

  /// What a copy of the database has and this one does not, is taken in; then the copy is set aside.
  private mutating func mendConflictCopies(of workspace: Workspace) throws {
    for name in folder.conflictCopies() {
      let path = folder.path + "/" + name
      var detail = "\(name) was set aside"
      if name.hasSuffix(".sqlite") {
        let found = Salvage(database: path, device: workspace.deviceKey)
        try workspace.hold()
        try workspace.checkMark()
        let count = try workspace.store.takeSealed(found)
        _ = try workspace.store.takePayloads(found)
        detail += ", \(Amount.of(count, "segment")) of it taken in"
      }
      try BackupFiles.rename(path, to: BackupFiles.free(aside() + "/" + name))
      report.add("machine", detail)
    }
  }

  private mutating func mendPayloads(of workspace: Workspace) throws {
    let damaged = try workspace.store.inspect { try $0.damagedPayloads() }
    for digest in damaged {
      let place = try aside() + "/metrics"
      try BackupFiles.makeFolder(place)
      let bytes = try workspace.chunkPayload(digest) ?? []
      try BackupFiles.write(Data(bytes), to: place + "/" + digest.hex)
      try workspace.write(.person) { try $0.dropPayload(digest) }
    }
    if !damaged.isEmpty {
      report.add("metric data", "\(damaged.count) damaged chunks were set aside")
    }
    if let backup { try takePayloads(of: backup.database, "the backup", workspace) }
    // What a database that was mended before held of segments which waited then.
    for name in folder.databasesSetAside() {
      try takePayloads(of: folder.setAside + "/" + name, "set-aside/" + name, workspace)
    }
  }

  private mutating func takePayloads(
    of database: String, _ name: String, _ workspace: Workspace
  ) throws {
    guard try !workspace.missingChunkPayloads(limit: 1).isEmpty else { return }
    let found = Salvage(database: database, device: workspace.deviceKey)
    let count = try workspace.store.takePayloads(found)
    if count > 0 {
      report.add("metric data", Amount.of(count, "chunk", ("was", "were")) + " taken from \(name)")
    }
  }

  private mutating func mendArtifacts(of workspace: Workspace) throws {
    let damaged = try workspace.damagedContents()
    // What lies in chunks was marked when it was read: only the chunks that are damaged are to come again.
    for file in damaged.compactMap(workspace.contentStore.wholeFile(of:)) {
      // `…/objects/ab/cdef…`
      let parts = file.split(separator: "/").suffix(3).joined(separator: "/")
      let target = try aside() + "/" + parts
      try BackupFiles.makeFolder(PathText.folder(of: target))
      try BackupFiles.rename(file, to: target)
    }
    if !damaged.isEmpty { report.add("artifacts", "\(damaged.count) damaged were set aside") }
    guard let backup else { return try setSnapshotsAside(of: workspace) }
    var count = 0
    for (digest, _) in try workspace.missingArtifacts(limit: .max) {
      let file = backup.object(digest)
      guard ContentStore.holds(file, digest) else { continue }
      _ = try workspace.contentStore.put(file: file)
      count += 1
    }
    if count > 0 { report.add("artifacts", "\(count) were taken from the backup") }
    try mendSnapshots(of: workspace, backup)
    try setSnapshotsAside(of: workspace)
  }

  /// What a sync is to bring again.
  private mutating func setSnapshotsAside(of workspace: Workspace) throws {
    // A repository that does not read at all is told of by the checks.
    guard let audit = try? workspace.snapshots.bare.audit(), !audit.damaged.isEmpty else { return }
    let done = try workspace.snapshots.setDamagedAside(to: try aside())
    workspace.forgetLackingSnapshots()
    report.add(
      "snapshots",
      "\(done.files) damaged files of snapshots set aside; \(done.runs) of runs come again with a sync"
    )
  }

  private mutating func mendSnapshots(of workspace: Workspace, _ backup: BackupFolder) throws {
    guard try MendingSnapshots.isDue(workspace.snapshots, backup.repository) else { return }
    var mending = MendingSnapshots(
      workspace.snapshots, from: backup.repository, aside: try aside())
    try mending.mend()
    if mending.setAside > 0 {
      report.add(
        "snapshots", Amount.of(mending.setAside, "damaged file", ("was", "were")) + " set aside")
    }
    if mending.taken > 0 {
      report.add(
        "snapshots", Amount.of(mending.taken, "file", ("was", "were")) + " taken from the backup")
    }
  }
}

extension ReplicaFolder {
  /// SQLite's files.
  var databaseFiles: [String] { ["", "-wal", "-shm"].map { database + $0 } }

  /// Below `setAside`, the newest first.
  func databasesSetAside() -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: setAside)) ?? []
    return names.sorted(by: >).map { $0 + "/" + (database as NSString).lastPathComponent }
      .filter { FileManager.default.fileExists(atPath: setAside + "/" + $0) }
  }

  /// Files and folders that others may read, and the modes that they should have. In a folder that is closed to others,
  /// files are closed, too; but the key's mode should not hang on its folder's.
  func looseModes() -> [(String, mode_t)] {
    func isLoose(_ path: String) -> Bool {
      var info = stat()
      return lstat(path, &info) == 0 && info.st_mode & 0o077 != 0
    }
    let key = isLoose(keyFile) ? [(keyFile, mode_t(0o600))] : []
    guard isLoose(path) else { return key }
    let files = databaseFiles + [descriptor, settings]
    let folders = [path, objects, path + "/tmp", path + "/live", setAside]
    return key + files.filter(isLoose).map { ($0, 0o600) }
      + folders.filter(isLoose).map { ($0, 0o700) }
  }
}
