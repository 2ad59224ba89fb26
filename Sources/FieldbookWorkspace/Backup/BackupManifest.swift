import FieldbookModel
import FieldbookRepository
import Foundation

/// What a backup says of itself, in `backup.json`. It is written last: a folder without one is no backup.
package struct BackupManifest: Codable, Equatable, Sendable {
  package var format: Int
  package var workspace: String
  package var name: String
  /// The key of the device whose replica it was, in hexadecimal digits.
  package var device: String
  package var deviceName: String
  /// Milliseconds since 1970, when the copy of the database was begun.
  package var time: Int64
  package var hasKey: Bool
  package var stateHash: String
  package var segments: Int
  package var ops: Int
  /// Artifacts in it.
  package var objects: Int
  package var objectBytes: Int64
  /// Artifacts that the log names and the replica did not hold, or not undamaged, when it was backed up.
  package var missing: Int
  /// SHA-256 of the database's file, in hexadecimal digits.
  package var database: String
  /// Artifacts that are not in it since they lie in an object storage, and their bytes; nil in backups of before.
  package var away: Int?
  package var awayBytes: Int64?
  /// Where that is.
  package var objectStorage: String?

  static let format = 1
}

/// The files of one backup.
package struct BackupFolder: Sendable, Equatable {
  package let path: String

  static let manifestName = "backup.json"
  var manifestFile: String { path + "/" + BackupFolder.manifestName }
  var database: String { path + "/replica.sqlite" }
  var descriptor: String { path + "/workspace.json" }
  var keyFile: String { path + "/device.key" }
  var settings: String { path + "/config.yaml" }
  /// What the replica serves with, and its key; only beside the device's key.
  var certificate: String { path + "/tls" }

  /// Snapshots of runs; none in backups of before there were any.
  var repository: String { path + "/repository.git" }

  /// Where packs lie that are not in it.
  var objectsFile: String { path + "/objects.json" }
  /// What contents are made of that lie in an object storage.
  var recipes: String { path + "/large/recipes" }

  func object(_ digest: ContentDigest) -> String { path + "/" + ContentStore.name(of: digest) }

  package init(_ path: String) { self.path = path }

  /// Throws for a folder that is no complete backup, or one of a later format.
  package func manifest() throws -> BackupManifest {
    guard let data = FileManager.default.contents(atPath: manifestFile) else {
      throw BackupFailure.notABackup(path)
    }
    guard let manifest = try? JSONDecoder().decode(BackupManifest.self, from: data) else {
      throw BackupFailure.damaged(path, "\(BackupFolder.manifestName) does not read")
    }
    guard manifest.format == BackupManifest.format else {
      throw BackupFailure.unknownFormat(path, found: manifest.format)
    }
    return manifest
  }

  /// The backup at `path`, or the newest of those in it.
  package static func find(_ path: String) throws -> BackupFolder {
    let own = BackupFolder(path)
    if FileManager.default.fileExists(atPath: own.manifestFile) { return own }
    guard let newest = all(in: path).last else { throw BackupFailure.notABackup(path) }
    return newest.folder
  }

  /// Complete backups in a folder, oldest first.
  static func all(in folder: String) -> [(folder: BackupFolder, manifest: BackupManifest)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.map { BackupFolder(folder + "/" + $0) }
      .compactMap { found in (try? found.manifest()).map { (found, $0) } }
      .sorted { ($0.1.time, $0.0.path) < ($1.1.time, $1.0.path) }
  }
}
