import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookRepository
@_exported import FieldbookStore
import Foundation
import Synchronization

/// A replica of a workspace on this machine: what everything above calls.
///
/// All calls are synchronous, safe from any thread, and may wait for the disk.
package final class Workspace: Sendable {
  /// The folder that holds `.fieldbook/`.
  package let dir: String
  package let id: WorkspaceID
  package let store: Store
  package let contentStore: ContentStore
  package let snapshots: SnapshotRepository
  package let environment: WorkspaceEnvironment
  let folderFiles: ReplicaFolder
  let descriptor: ReplicaFolder.Descriptor
  private let signing: Curve25519.Signing.PrivateKey
  private let markIsChecked = Mutex(false)
  /// When this machine's mark was last seen to stand.
  private let held = Mutex<Int64?>(nil)
  let lacking = Mutex<(moment: LogMoment, missing: [ContentDigest: Int64])?>(nil)
  let lackingCode = Mutex<(moment: LogMoment, missing: [(run: String, commit: GitObjectID)])?>(nil)
  private let keptMark = Mutex<(epoch: UInt64, number: UInt64)?>(nil)

  package var folder: String { folderFiles.path }
  package var deviceKey: DeviceKey { store.identity.device }

  /// - Parameter isNew: the database is made. Else a missing one is damage, not an empty replica.
  init(folder: ReplicaFolder, environment: WorkspaceEnvironment, isNew: Bool = false) throws {
    let (descriptor, key) = try folder.read()
    if !isNew { try folder.requireDatabase() }
    guard descriptor.format == ReplicaFolder.format else {
      throw StoreFailure.unknownFormat(found: descriptor.format, known: ReplicaFolder.format)
    }
    guard let id = WorkspaceID(hex: descriptor.workspace) else {
      throw WorkspaceFailure.damagedFile(
        path: folder.descriptor, reason: "the workspace's id is not 32 hexadecimal digits")
    }
    self.id = id
    self.descriptor = descriptor
    self.environment = environment
    dir = folder.dir
    folderFiles = folder
    signing = key
    store = try Store(
      path: folder.database,
      identity: LogIdentity(
        workspace: id, signing: key, now: environment.now, random: environment.random,
        machine: environment.machine, vocabulary: environment.vocabulary,
        waiting: environment.waiting),
      isKnown: !isNew)
    contentStore = try ContentStore(
      folder: folder.path, threshold: environment.largeFiles,
      shelf: try Workspace.shelf(folder, id, store, environment))
    snapshots = SnapshotRepository(path: folder.repository, contents: contentStore)
    let (needsReplay, needsScrub) = try store.inspect {
      (try $0.needsReplay(), try $0.needsScrub())
    }
    // The first thing that a write does.
    if needsReplay { try store.write(.person) { _ in } }
    // A purge that could not be carried through, since others were reading.
    if needsScrub { try? store.scrub(upTo: Store.scrubBytes) }
    try? dropPurgedContents()
  }

  package func sign(_ bytes: [UInt8]) throws -> [UInt8] { Array(try signing.signature(for: bytes)) }

  /// Everything that any process committed so far survives a power cut when this returns.
  package func barrier() throws { try store.barrier() }

  package func close() throws { try store.close() }

  // MARK: The door for local changes

  /// Every local change goes through here: epochs are checked before the first one, marks kept after sealing.
  @discardableResult
  func write<Result>(_ durability: Durability, _ body: (WriteTransaction) throws -> Result) throws
    -> Result
  {
    try hold()
    try checkMark()
    let outcome = try store.write(environment.scriptsWait ? .person : durability, body)
    // What is committed has happened: a mark that cannot be kept now is kept before anything is sent.
    if outcome.sealedNumber != nil { try? keepMark() }
    finishPurges()
    return outcome.result
  }

  /// Seals the open segment. Durable on return, and remembered outside the replica.
  package func seal() throws {
    try write(Mutant.isOn(.sentUnsynced) ? .script : .person) { try $0.seal() }
    try keepMark()
  }

  /// Remembers how far the own log is sealed, by whatever process.
  func keepMark() throws {
    guard let sealed = try store.inspect({ try $0.ownSealed() }) else { return }
    let isKept = keptMark.withLock { $0?.epoch == sealed.epoch && $0?.number == sealed.number }
    guard !isKept,
      let present = HighWaterMark.present(
        database: folderFiles.database, environment: environment, epoch: sealed.epoch,
        number: sealed.number)
    else { return }
    try present.keep(HighWaterMark.file(environment, deviceKey))
    keptMark.withLock { $0 = sealed }
  }

  /// Keeps away from a folder that another machine writes in now. To be called before every change; looks at most twice
  /// a minute.
  func hold() throws {
    try held.withLock { seen in
      let now = environment.now()
      if let seen, (0..<Holder.renewalMilliseconds / 2).contains(now - seen) { return }
      let own = Holder.own(environment)
      let known = Holder.read(folderFiles)
      if let known, known.isInTheWay(of: own) {
        throw WorkspaceFailure.heldElsewhere(
          path: folderFiles.path, host: known.host, seconds: max(0, (now - known.time) / 1000))
      }
      if known?.machine != own.machine || known?.isDue(now) != false { own.write(folderFiles) }
      seen = now
    }
  }

  /// Once a process: a replica that is a copy or an older state of itself goes on in a new log.
  func checkMark() throws {
    // Others wait: nobody writes before it is known in which log.
    try markIsChecked.withLock { isChecked in
      guard !isChecked else { return }
      try startEpochIfCopied()
      isChecked = true
    }
  }

  private func startEpochIfCopied() throws {
    try folderFiles.refuseNetworkFilesystem()
    let file = HighWaterMark.file(environment, deviceKey)
    guard let (epoch, number) = try store.inspect({ try $0.ownSealed() }) else {
      // The first log of this replica: from here on a copy is told from it.
      try store.write(.script) { _ = try $0.ownLog() }
      return try keepMark()
    }
    guard
      let present = HighWaterMark.present(
        database: folderFiles.database, environment: environment, epoch: epoch, number: number)
    else { return }
    if let mark = HighWaterMark.read(file), mark.admits(present) { return }
    try store.write(.person) { transaction in
      // What was recorded before the copy is sealed where it was written.
      try transaction.seal()
      try transaction.startEpoch()
    }
    let fresh = try store.inspect { try $0.ownLog() }
    try HighWaterMark.present(
      database: folderFiles.database, environment: environment, epoch: fresh.epoch, number: 0)?
      .write(file)
  }
}
