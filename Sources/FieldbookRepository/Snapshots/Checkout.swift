import Cgit2
import FieldbookModel
import Foundation

/// A snapshot as files again.
package struct CheckoutReport: Equatable, Sendable {
  package var files = 0
  package var bytes: Int64 = 0
  /// Large files whose bytes are not on this replica: the pointer stands in their place.
  package var missing: [TreePath] = []
  /// Files that stand under another name, since the file system takes their own for one that was written before: one that
  /// does not tell `A` from `a`.
  package var renamed: [Renamed] = []

  package struct Renamed: Equatable, Sendable {
    package var path: TreePath
    package var place: TreePath
  }
}

extension SnapshotRepository {
  /// Writes a snapshot into a folder that is not there yet, or empty. Whoever made the snapshot, nothing is written outside
  /// of it: folders are made anew, files are never written over, links come last. It is there whole or not at all.
  ///
  /// - Parameters:
  ///   - known: large files of the snapshot by their paths in it.
  ///   - entry: which entry the file system has for a path; tests fold case with it.
  package func checkout(
    _ commit: GitObjectID, to folder: String, contents known: [TreePath: ContentDigest],
    entry: (TreePath) -> TreePath = { $0 }
  ) throws -> CheckoutReport {
    let files = try bare.files(of: commit)
    guard let repository = try bare.open() else { throw SnapshotFailure.notHere(commit) }
    defer { git_repository_free(repository) }
    func refusal(_ reason: String) -> any Error {
      SnapshotFailure.cannotWrite(folder, reason: reason)
    }
    return try PartFile.fill(folder, making: makeEmpty, refusal: refusal) {
      try write(files, known, to: $0, repository, entry)
    }
  }

  private func write(
    _ files: [SnapshotFile], _ known: [TreePath: ContentDigest], to folder: String,
    _ repository: OpaquePointer, _ entry: (TreePath) -> TreePath
  ) throws -> CheckoutReport {
    var report = CheckoutReport()
    func write(_ path: TreePath, _ body: (UnsafePointer<CChar>) -> Bool) throws {
      let place = try self.write(path, folder, entry, body)
      if place != path { report.renamed.append(.init(path: path, place: place)) }
    }
    for file in files where file.entry.kind != .link {
      switch file.entry.kind {
      case .folder: try makeFolder(entry(file.path), folder)
      case .link: break
      case .file, .program:
        let mode: mode_t = file.entry.kind == .program ? 0o777 : 0o666
        var output: Int32 = -1
        try write(file.path) { path in
          output = Glibc.open(path, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode)
          return output >= 0
        }
        defer { close(output) }
        let content = known[file.path].flatMap { try? contents.reader(of: $0) }
        if known[file.path] != nil, content == nil { report.missing.append(file.path) }
        report.bytes += try fill(output, with: file, content, repository)
        report.files += 1
      }
    }
    for file in files where file.entry.kind == .link {
      let target = try bare.bytes(of: file.entry.object, repository)
      guard !target.contains(0), !target.isEmpty else {
        throw SnapshotFailure.hostile("\(file.path.shown) leads nowhere")
      }
      try TreePath(bytes: target).withPath(below: "") { pointer in
        try write(file.path) { symlink(pointer + 1, $0) == 0 }
      }
      report.files += 1
    }
    return report
  }

  /// - Returns: how many bytes were written.
  private func fill(
    _ output: Int32, with file: SnapshotFile, _ content: ContentReader?,
    _ repository: OpaquePointer
  ) throws -> Int64 {
    func put(_ bytes: some Collection<UInt8>) throws -> Int64 {
      guard FileWriting.all(Array(bytes), to: output) else {
        throw SnapshotFailure.cannotWrite(
          file.path.shown, reason: String(cString: strerror(errno)))
      }
      return Int64(bytes.count)
    }
    guard let content else { return try put(try bare.bytes(of: file.entry.object, repository)) }
    var count: Int64 = 0
    while let piece = try content.next() { count += try put(piece) }
    return count
  }

  /// - Returns: its path, or, where something that was written before stands there, one with a mark behind it.
  private func write(
    _ path: TreePath, _ folder: String, _ entry: (TreePath) -> TreePath,
    _ body: (UnsafePointer<CChar>) -> Bool
  ) throws -> TreePath {
    var place = path
    while !entry(place).withPath(below: folder, body) {
      guard errno == EEXIST, place.bytes.count < path.bytes.count + Checkout.marksMax else {
        throw SnapshotFailure.cannotWrite(
          folder + "/" + path.shown, reason: String(cString: strerror(errno)))
      }
      place = TreePath(bytes: place.bytes + Array(Artifact.folderTooMark.utf8))
    }
    return place
  }

  /// One that is there was made a moment ago: the folder was empty, and links come last.
  private func makeFolder(_ path: TreePath, _ folder: String) throws {
    try path.withPath(below: folder) { pointer in
      if mkdir(pointer, 0o777) == 0 { return }
      let reason = errno
      var info = stat()
      guard reason == EEXIST, lstat(pointer, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
        throw SnapshotFailure.cannotWrite(
          folder + "/" + path.shown, reason: String(cString: strerror(reason)))
      }
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

private enum Checkout {
  /// So many files of one name would have to differ by case alone.
  static let marksMax = 64
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
