import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import Foundation

/// What reading a backup whole has shown.
package struct BackupVerification: Sendable {
  package var folder: BackupFolder
  package var manifest: BackupManifest
  /// One line each; none for a backup that is as it was written.
  package var problems: [String] = []
  /// Files of artifacts that are not what they should be: the next backup writes them again once they are gone.
  package var damaged: [String] = []
}

extension BackupFolder {
  /// Reads everything and checks it: the database, every signature and hash of the log, every artifact.
  package func verify() throws -> BackupVerification {
    var found = BackupVerification(folder: self, manifest: try manifest())
    do {
      try verifyDatabase(database, found.manifest)
    } catch let failure as any Failure {
      found.problems.append(failure.message)
      return found
    }
    if found.manifest.hasKey, !FileManager.default.fileExists(atPath: keyFile) {
      found.problems.append("its device key is gone")
    }
    let copy = try DatabaseCopy(path: database, workspace: found.manifest.workspaceID(path))
    let named = try copy.inspect { try $0.namedContents() }
    let present = try Set(objects())
    let away = try awayContents()
    if away.count < found.manifest.away ?? 0 {
      found.problems.append("recipes of artifacts in the object storage are gone from it")
    }
    let gone =
      Set(named.keys).subtracting(present).subtracting(away).count - found.manifest.missing
    if gone > 0 {
      found.problems.append(Amount.of(gone, "artifact", ("is", "are")) + " gone from it")
    }
    for digest in present.sorted() where !ContentStore.holds(object(digest), digest) {
      found.damaged.append(object(digest))
    }
    if !found.damaged.isEmpty {
      found.problems.append(
        Amount.of(found.damaged.count, "artifact", ("is", "are")) + " damaged: "
          + found.damaged.prefix(5).joined(separator: ", "))
    }
    if let problem = RepositoryCopy.problem(repository) { found.problems.append(problem) }
    return found
  }

  /// Contents that lie in an object storage, by recipes that hold.
  func awayContents() throws -> Set<ContentDigest> {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: recipes)) ?? []
    return Set(
      names.compactMap { name in
        guard let content = ContentDigest(hex: name),
          let bytes = FileManager.default.contents(atPath: recipes + "/" + name),
          let recipe = try? Recipe(encoded: [UInt8](bytes)), recipe.content == content
        else { return nil }
        return content
      })
  }

  func objects() throws -> [ContentDigest] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: path + "/objects")) ?? []
    return names.compactMap { ContentDigest(hex: $0.filter { $0 != "/" }) }.sorted()
  }

  /// Throws unless the file is the one that was backed up and all of its log holds.
  ///
  /// - Parameter file: the backup's database, or a copy of it.
  func verifyDatabase(_ file: String, _ manifest: BackupManifest) throws {
    guard let digest = BackupFiles.digest(file) else {
      throw BackupFailure.damaged(path, "its database cannot be read")
    }
    guard digest == manifest.database else {
      throw BackupFailure.damaged(path, "its database was changed after it was written")
    }
    let copy = try DatabaseCopy(path: file, workspace: manifest.workspaceID(path))
    let verdict = try copy.integrity()
    guard verdict == "ok" else { throw BackupFailure.damaged(path, verdict) }
    let log = try copy.inspect { try $0.verifyLog() }
    guard log.segments == manifest.segments, log.ops == manifest.ops else {
      throw BackupFailure.damaged(path, "its log is shorter than it was")
    }
  }
}

extension BackupManifest {
  func workspaceID(_ path: String) throws -> WorkspaceID {
    guard let id = WorkspaceID(hex: workspace) else {
      throw BackupFailure.damaged(path, "the workspace's id is not 32 hexadecimal digits")
    }
    return id
  }
}
