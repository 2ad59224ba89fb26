import Cgit2
import FieldbookModel
import Foundation

/// A snapshot as files again.
package struct CheckoutReport: Equatable, Sendable {
  package var files = 0
  package var bytes: Int64 = 0
  /// Large files whose bytes are not on this replica: the pointer stands in their place.
  package var missing: [TreePath] = []
}

extension SnapshotRepository {
  /// Writes a snapshot into a folder that is not there yet, or empty. Whoever made the snapshot, nothing is written outside
  /// of it: folders are made anew, files are never written over, links come last. It is there whole or not at all.
  ///
  /// - Parameter contents: large files of the snapshot by their paths in it.
  package func checkout(
    _ commit: GitObjectID, to folder: String, contents known: [TreePath: ContentDigest]
  ) throws -> CheckoutReport {
    let files = try bare.files(of: commit)
    guard let repository = try bare.open() else { throw SnapshotFailure.notHere(commit) }
    defer { git_repository_free(repository) }
    func refusal(_ reason: String) -> any Error {
      SnapshotFailure.cannotWrite(folder, reason: reason)
    }
    return try PartFile.fill(folder, making: makeEmpty, refusal: refusal) {
      try write(files, known, to: $0, repository)
    }
  }

  private func write(
    _ files: [SnapshotFile], _ known: [TreePath: ContentDigest], to folder: String,
    _ repository: OpaquePointer
  ) throws -> CheckoutReport {
    var report = CheckoutReport()
    for file in files where file.entry.kind != .link {
      switch file.entry.kind {
      case .folder: try write(file.path, folder) { mkdir($0, 0o777) == 0 }
      case .link: break
      case .file, .program:
        let mode: mode_t = file.entry.kind == .program ? 0o777 : 0o666
        report.bytes += try write(file, mode, folder, known[file.path], repository, &report)
        report.files += 1
      }
    }
    for file in files where file.entry.kind == .link {
      let target = try bare.bytes(of: file.entry.object, repository)
      guard !target.contains(0), !target.isEmpty else {
        throw SnapshotFailure.hostile("\(file.path.shown) leads nowhere")
      }
      try TreePath(bytes: target).withPath(below: "") { pointer in
        try write(file.path, folder) { symlink(pointer + 1, $0) == 0 }
      }
      report.files += 1
    }
    return report
  }

  private func write(
    _ file: SnapshotFile, _ mode: mode_t, _ folder: String, _ content: ContentDigest?,
    _ repository: OpaquePointer, _ report: inout CheckoutReport
  ) throws -> Int64 {
    var output: Int32 = -1
    try write(file.path, folder) { path in
      output = Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode)
      return output >= 0
    }
    defer { close(output) }
    func put(_ bytes: some Collection<UInt8>) throws -> Int64 {
      guard FileWriting.all(Array(bytes), to: output) else {
        throw SnapshotFailure.cannotWrite(
          file.path.shown, reason: String(cString: strerror(errno)))
      }
      return Int64(bytes.count)
    }
    if let content {
      if let reader = try? contents.reader(of: content) {
        var count: Int64 = 0
        while let piece = try reader.next() { count += try put(piece) }
        return count
      }
      report.missing.append(file.path)
    }
    return try put(try bare.bytes(of: file.entry.object, repository))
  }

  private func write(
    _ path: TreePath, _ folder: String, _ body: (UnsafePointer<CChar>) -> Bool
  ) throws {
    guard path.withPath(below: folder, body) else {
      throw SnapshotFailure.cannotWrite(
        folder + "/" + path.shown, reason: String(cString: strerror(errno)))
    }
  }

  private func makeEmpty(_ folder: String) throws {
    if mkdir(folder, 0o777) == 0 { return }
    guard errno == EEXIST else {
      throw SnapshotFailure.cannotWrite(folder, reason: String(cString: strerror(errno)))
    }
    PartFile.sweep(folder)
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder), names.isEmpty
    else { throw SnapshotFailure.notEmpty(folder) }
  }
}

private enum FileWriting {
  static func all(_ bytes: [UInt8], to file: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { write(file, $0.baseAddress! + done, bytes.count - done) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return true
  }
}
