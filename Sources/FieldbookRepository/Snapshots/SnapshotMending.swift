import Cgit2
import Crypto
import FieldbookModel
import Foundation

/// What was moved out of the way, so that a sync brings it again.
package struct SnapshotsSetAside: Equatable, Sendable {
  /// Files: objects, and packs with their tables.
  package var files = 0
  /// Snapshots that are not here whole any more.
  package var runs = 0
}

extension SnapshotRepository {
  private static let packEnds = ["pack", "idx"]

  /// Moves damaged objects and packs into a folder. What is whole in such a pack is written again first; snapshots that lack
  /// something lose their reference, and so count as not here: an exchange asks for what they name and is lacking.
  ///
  /// - Parameter aside: made if need be; `repository.git/` below it has the files by their names.
  package func setDamagedAside(to aside: String) throws -> SnapshotsSetAside {
    let audit = try bare.audit()
    guard !audit.damaged.isEmpty else { return SnapshotsSetAside() }
    var done = SnapshotsSetAside()
    let whole = try bare.reached(from: Array(audit.runs.values))
    for name in try damagedFiles() { done.files += try move("objects/" + name, to: aside) }
    let packs = damagedPacks()
    for pack in packs {
      for end in ["pack", "idx", "rev", "bitmap"] {
        done.files += try move("objects/pack/\(pack).\(end)", to: aside)
      }
    }
    try bare.withRepository { repository in
      if !packs.isEmpty { try save(whole, from: aside, repository) }
      for (run, _) in try broken(audit.runs, repository) {
        guard git_reference_remove(repository, SnapshotRepository.reference(run)) == 0 else {
          throw bare.failure("take away the reference of \(run)")
        }
        done.runs += 1
      }
    }
    return done
  }

  /// - Returns: how many files were moved: one, or none if it is not there.
  private func move(_ name: String, to aside: String) throws -> Int {
    let target = aside + "/repository.git/" + name
    var info = stat()
    guard lstat(bare.path + "/" + name, &info) == 0 else { return 0 }
    do {
      try FileManager.default.createDirectory(
        atPath: PathText.folder(of: target), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch {
      throw GitFailure.failed(target, doing: "make it", reason: SystemReason.words(error))
    }
    guard rename(bare.path + "/" + name, target) == 0 else {
      throw GitFailure.failed(
        bare.path + "/" + name, doing: "set it aside", reason: String(cString: strerror(errno)))
    }
    return 1
  }

  /// Files of one object each that are not what their name says; also those that only a damaged one leads to.
  private func damagedFiles() throws -> [String] {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: bare.path + "/objects")) ?? []
    return try bare.withObjects { objects, _ in
      names.filter { name in
        let parts = name.split(separator: "/")
        guard parts.count == 2, let id = GitObjectID(hex: parts.joined()) else { return false }
        return objects.read(id) == nil
      }
    } ?? []
  }

  /// Packs whose bytes, or whose table's, are not those that the SHA-1 at their end is of, and those without the other part.
  /// Source: git's pack-format.
  private func damagedPacks() -> [String] {
    let folder = bare.path + "/objects/pack/"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let stems = Set(
      names.filter { name in SnapshotRepository.packEnds.contains { name.hasSuffix("." + $0) } }
        .map { ($0 as NSString).deletingPathExtension })
    return stems.sorted().filter { stem in
      !SnapshotRepository.packEnds.allSatisfy {
        SnapshotRepository.endsInItsHash("\(folder)\(stem).\($0)")
      }
    }
  }

  private static func endsInItsHash(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path), let size = try? file.seekToEnd(),
      size >= 40, (try? file.seek(toOffset: 0)) != nil
    else { return false }
    defer { try? file.close() }
    var hash = Insecure.SHA1()
    var left = Int(size) - 20
    while left > 0 {
      guard let piece = try? file.read(upToCount: min(left, 1 << 20)), !piece.isEmpty else {
        return false
      }
      hash.update(data: piece)
      left -= piece.count
    }
    return (try? file.read(upToCount: 20)).map { Array($0) } == Array(hash.finalize())
  }

  /// Writes what can still be read of packs that were set aside.
  private func save(_ objects: [GitObjectID], from aside: String, _ repository: OpaquePointer)
    throws
  {
    var raw: OpaquePointer?
    guard git_odb_open(&raw, aside + "/repository.git/objects") == 0, let raw else { return }
    defer { git_odb_free(raw) }
    let writer = try ObjectWriter(repository, path: bare.path)
    for object in objects where !writer.has(object) {
      var name = object.raw
      var found: OpaquePointer?
      guard git_odb_read(&found, raw, &name) == 0, let found else { continue }
      defer { git_odb_object_free(found) }
      let bytes = UnsafeRawBufferPointer(
        start: git_odb_object_data(found), count: git_odb_object_size(found))
      _ = try writer.add(git_odb_object_type(found), Array(bytes))
    }
    try writer.finish()
  }

  /// Those that something is lacking of.
  private func broken(_ runs: [String: GitObjectID], _ repository: OpaquePointer) throws
    -> [String: GitObjectID]
  {
    let objects = try ObjectDatabase(repository, path: bare.path)
    var known: [GitObjectID: Bool] = [:]
    func isWhole(_ object: GitObjectID, _ depth: Int) -> Bool {
      if let answer = known[object] { return answer }
      let below = depth < 256 ? objects.reached(object) : nil
      let answer = below?.allSatisfy { isWhole($0, depth + 1) } ?? false
      known[object] = answer
      return answer
    }
    return runs.filter { !isWhole($0.value, 0) }
  }
}
