import FieldbookModel
import FieldbookRepository
import Foundation

/// What is known here of packs in an object storage, without asking it.
package struct ObjectsStatus: Sendable, Equatable {
  package var address: String
  package var standing: PackStanding
  package var cacheBytes: Int64
  /// Why the storage cannot be asked from here; nil if it can.
  package var failure: BucketFailure?
}

/// Large contents in an object storage: where, since when, and how they come back.
extension Workspace {
  /// The bucket that this replica's packs go to; nil: they stay in the folder.
  package func objectsAddress() throws -> String? {
    try ObjectsFile.read(folderFiles.objectsFile)?.address
  }

  package func objectsStatus() throws -> ObjectsStatus? {
    guard let file = try ObjectsFile.read(folderFiles.objectsFile) else { return nil }
    var failure: BucketFailure?
    do { try requireObjects() } catch { failure = Self.failure(error) }
    return ObjectsStatus(
      address: file.address, standing: try contentStore.large.standing(),
      cacheBytes: environment.objectsCache, failure: failure)
  }

  /// - Throws: what is missing to speak to the bucket, if there is one. Asks nobody.
  package func requireObjects() throws {
    guard let file = try ObjectsFile.read(folderFiles.objectsFile) else { return }
    guard let open = environment.openBucket else { throw LargeStoreElsewhere.unsupported }
    _ = try open(file.address, id)
  }

  /// From now on packs go to a bucket. Made known there before anything is kept here: a bucket that is not there, or that lets
  /// nobody write, is an error at once.
  ///
  /// - Parameter isEmptied: of the bucket that packs lie in already: a person knows that it was emptied. Else it has to hold
  ///   this replica's store.
  /// - Throws: `InvalidInput` if packs lie elsewhere already; `BucketFailure`.
  package func keepObjects(in address: String, isEmptied: Bool = false) throws {
    if let file = try ObjectsFile.read(folderFiles.objectsFile), file.address != address {
      throw InvalidInput(
        "packs of this replica lie in \(file.address)",
        hint: "fetch them first: fieldbook hub --objects folder; then say the other place")
    }
    guard let open = environment.openBucket else { throw LargeStoreElsewhere.unsupported }
    let bucket = try open(address, id)
    try hold()
    try checkMark()
    let epoch = try presentEpoch()
    var file = try ObjectsFile.read(folderFiles.objectsFile)
    if let known = file, known.epoch != epoch {
      file = known.renewed(try freshStore(), epoch: epoch)
    }
    let written = try ObjectsFile.read(folderFiles.objectsFile)
    let isKnown = written != nil && written == file
    let kept = try file ?? ObjectsFile(address: address, store: freshStore(), epoch: epoch)
    let shelf = PackShelf(
      bucket: bucket, store: kept.store, cacheBytes: environment.objectsCache)
    if isKnown, !isEmptied { try shelf.requireMark(kept.store) } else { try shelf.putMark() }
    try kept.write(folderFiles.objectsFile)
    contentStore.large.shelf = shelf
  }

  /// Fetches all packs, and keeps them here from now on. What lies in the bucket stays there.
  ///
  /// - Returns: the bucket's address; nil if packs were in the folder anyway.
  package func keepObjectsHere(progress: (Int) -> Void = { _ in }) throws -> String? {
    guard let file = try ObjectsFile.read(folderFiles.objectsFile) else { return nil }
    try requireObjects()
    try hold()
    _ = try contentStore.large.recallPacks(progress: progress)
    try contentStore.large.forgetBucket()
    guard unlink(folderFiles.objectsFile) == 0 || errno == ENOENT else {
      throw WorkspaceFailure.cannotWrite(
        path: folderFiles.objectsFile, reason: String(cString: strerror(errno)))
    }
    try BackupFiles.sync(folderFiles.path)
    return file.address
  }

  /// Brings packs into the bucket that are only here.
  ///
  /// - Returns: nil if there is no bucket, or another process does it.
  package func uploadPacks(isStopped: () -> Bool = { false }) throws -> UploadReport? {
    guard try ObjectsFile.read(folderFiles.objectsFile) != nil else { return nil }
    try renewObjects()
    return try contentStore.large.uploadPacks(isStopped: isStopped)
  }

  /// A copy of the folder, or a restored one, gets a store of its own, and only reads that of the original.
  package func renewObjects() throws {
    guard let file = try ObjectsFile.read(folderFiles.objectsFile) else { return }
    if contentStore.large.shelf?.store == file.store { return }
    try hold()
    try checkMark()
    let epoch = try presentEpoch()
    guard let open = environment.openBucket else { throw LargeStoreElsewhere.unsupported }
    let isOwn = file.epoch == epoch
    let kept = try isOwn ? file : file.renewed(freshStore(), epoch: epoch)
    let shelf = PackShelf(
      bucket: try open(file.address, id), store: kept.store, cacheBytes: environment.objectsCache)
    if !isOwn {
      try shelf.putMark()
      try kept.write(folderFiles.objectsFile)
    }
    contentStore.large.shelf = shelf
  }

  func earlierStores() throws -> [BucketStore] {
    try ObjectsFile.read(folderFiles.objectsFile)?.earlier ?? []
  }

  private func freshStore() throws -> BucketStore {
    guard let store = BucketStore(bytes: environment.random(16)) else {
      preconditionFailure("16 bytes make a store")
    }
    return store
  }

  private func presentEpoch() throws -> UInt64 {
    try store.inspect { try $0.ownSealed() }?.epoch ?? 0
  }

  /// At opening, without a write and without a request: a replica that may be a copy only reads.
  static func shelf(
    _ folder: ReplicaFolder, _ id: WorkspaceID, _ store: Store, _ environment: WorkspaceEnvironment
  ) throws -> PackShelf? {
    // One that does not read is told of by whoever needs it.
    guard let file = (try? ObjectsFile.read(folder.objectsFile)) ?? nil else { return nil }
    let bucket: any PackBucket
    do {
      guard let open = environment.openBucket else { throw LargeStoreElsewhere.unsupported }
      bucket = try open(file.address, id)
    } catch {
      bucket = UnreachableBucket(address: file.address, failure: failure(error))
    }
    var isOriginal = false
    if let (epoch, number) = try store.inspect({ try $0.ownSealed() }), epoch == file.epoch,
      let present = HighWaterMark.present(
        database: folder.database, environment: environment, epoch: epoch, number: number),
      let mark = HighWaterMark.read(HighWaterMark.file(environment, store.identity.device))
    {
      isOriginal = mark.admits(present)
    }
    return PackShelf(
      bucket: bucket, store: isOriginal ? file.store : nil, cacheBytes: environment.objectsCache)
  }

  private static func failure(_ error: any Error) -> BucketFailure {
    if let failure = error as? BucketFailure { return failure }
    if let failure = error as? any Failure {
      return BucketFailure(.refused, failure.message, hint: failure.hint)
    }
    return BucketFailure(.misled, "\(error)", hint: "fieldbook doctor")
  }
}

private enum LargeStoreElsewhere {
  static let unsupported = BucketFailure(
    .misled, "packs of this replica lie in an object storage, which this program does not speak to",
    hint: "use the fieldbook command")
}
