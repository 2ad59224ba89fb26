import FieldbookModel
import FieldbookRepository
import Foundation

/// Copies of the repository that holds snapshots, while others write into it.
enum RepositoryCopy {
  /// References come first: all that they reach is there before them, and objects are never taken away.
  ///
  /// - Parameter old: an earlier copy; objects and packs that it has are linked.
  static func make(_ repository: String, to target: String, linking old: String?) throws {
    guard FileManager.default.fileExists(atPath: repository + "/HEAD") else { return }
    try BackupFiles.makeFolder(target)
    // First those of one file each: one that is put into the common file meanwhile is in neither place for nobody.
    for part in ["refs", "packed-refs", "objects", "config", "HEAD"] {
      try copy(repository, part, to: target, linking: part == "objects" ? old : nil)
    }
  }

  private static func copy(
    _ root: String, _ name: String, to target: String, linking old: String?
  ) throws {
    let path = root + "/" + name
    var info = stat()
    guard lstat(path, &info) == 0 else { return }
    if info.st_mode & S_IFMT == S_IFDIR {
      try BackupFiles.makeFolder(target + "/" + name)
      for below in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
        // Files that are being written.
        if below.hasPrefix("tmp_") || below.hasSuffix(".lock") { continue }
        try copy(root, name + "/" + below, to: target, linking: old)
      }
      return
    }
    guard info.st_mode & S_IFMT == S_IFREG else { return }
    let place = target + "/" + name
    if let old, BackupFiles.size(old + "/" + name) == Int64(info.st_size),
      link(old + "/" + name, place) == 0
    {
      return
    }
    do {
      try BackupFiles.copyLarge(path, to: place)
    } catch let failure as BackupFailure {
      // A reference that went into the common file.
      if lstat(path, &info) != 0, errno == ENOENT, name.hasPrefix("refs/") { return }
      throw failure
    }
  }

  /// What reading it whole finds wrong; nil if nothing is.
  static func problem(_ repository: String) -> String? {
    do {
      let audit = try BareRepository(repository).audit()
      guard let first = audit.damaged.first else { return nil }
      return Amount.of(audit.damaged.count, "object", ("of snapshots is", "of snapshots are"))
        + " damaged: \(first.object.hex)"
        + " of run \(first.run.prefix(8))" + (audit.damaged.count > 1 ? " and others" : "")
    } catch {
      return (error as? any Failure)?.message ?? SystemReason.words(error)
    }
  }
}
