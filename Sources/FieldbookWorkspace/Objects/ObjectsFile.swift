import FieldbookModel
import FieldbookRepository
import Foundation

/// `objects.json`: in which bucket this replica's packs lie. Nothing that would let anybody in.
struct ObjectsFile: Codable, Equatable {
  var format = 1
  /// `s3://BUCKET/PREFIX`.
  var address: String
  /// The folder below the workspace's that this replica alone writes to.
  var store: BucketStore
  /// Of this device's log, when the store was begun. In another epoch this is a copy or an earlier state of the replica: it reads, and begins
  /// a store of its own before it writes.
  var epoch: UInt64
  /// Stores that it only reads, the newest last.
  var earlier: [BucketStore] = []

  static let earlierMax = 1000
  private static let bytesMax = 256 << 10

  /// Nil if there is none.
  static func read(_ path: String) throws -> ObjectsFile? {
    guard FileManager.default.fileExists(atPath: path) else { return nil }
    guard let data = FileManager.default.contents(atPath: path), data.count <= bytesMax,
      let file = try? JSONDecoder().decode(ObjectsFile.self, from: data), file.format == 1,
      file.earlier.count <= earlierMax
    else {
      throw WorkspaceFailure.damagedFile(
        path: path,
        reason: "it does not say where packs lie; move it away, then:"
          + " fieldbook hub --objects s3://BUCKET/PREFIX, fieldbook doctor --fix")
    }
    return file
  }

  /// Safe from a power cut on return.
  func write(_ path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let staging = path + "." + UUID().uuidString
    do {
      try BackupFiles.write(encoder.encode(self), to: staging)
      try BackupFiles.sync(staging)
      try BackupFiles.rename(staging, to: path)
      try BackupFiles.sync(PathText.folder(of: path))
    } catch {
      unlink(staging)
      throw error
    }
  }

  /// For a replica in another epoch: a store of its own.
  func renewed(_ store: BucketStore, epoch: UInt64) -> ObjectsFile {
    var out = self
    out.earlier = Array((earlier + [self.store]).suffix(ObjectsFile.earlierMax))
    (out.store, out.epoch) = (store, epoch)
    return out
  }
}

extension ReplicaFolder {
  var objectsFile: String { path + "/objects.json" }
}
