import FieldbookModel
import Foundation
import Synchronization

/// How far the reading of some data has come.
package struct DataProgress: Equatable, Sendable {
  package var bytes: Int64
  package var bytesInAll: Int64
  package var files: Int
  package var filesInAll: Int
}

/// Takes the digest of data: of each file that may have changed, on several processors at once.
package struct DataReader: Sendable {
  /// Nil: everything is read.
  private let cacheFolder: String?
  private let told: @Sendable (DataProgress) -> Void
  private let now: @Sendable () -> Int
  private static let workersMax = 8
  private static let cacheDays = 30

  /// - Parameters:
  ///   - now: seconds since 1970.
  ///   - told: called from several threads, at most once for each megabyte and file.
  package init(
    cacheFolder: String?, now: @escaping @Sendable () -> Int = { time(nil) },
    told: @escaping @Sendable (DataProgress) -> Void = { _ in }
  ) {
    self.cacheFolder = cacheFolder
    self.now = now
    self.told = told
  }

  /// - Parameters:
  ///   - path: a file or a folder, or a link to one. Links inside of a folder are kept as links.
  ///   - shown: the path as a person named it.
  package func read(_ path: String, shown: String) throws(DataFailure) -> DataVersion {
    guard let real = realpath(path, nil) else {
      throw .cannotRead(shown, reason: String(cString: strerror(errno)))
    }
    defer { free(real) }
    let root = String(cString: real)
    var info = stat()
    guard lstat(root, &info) == 0 else {
      throw .cannotRead(shown, reason: String(cString: strerror(errno)))
    }
    let cache = cacheFile(of: root)
    switch info.st_mode & S_IFMT {
    case S_IFREG:
      let whole = DataListing.Item(path: TreePath(bytes: []), info: info)
      let found = try digests(of: [whole], root, shown, cache)[0]
      return DataVersion(
        kind: .file, digest: found.digest, byteCount: Int64(found.info.st_size), files: 1,
        columns: ColumnNames.ofFile(root))
    case S_IFDIR:
      let items = try DataListing(root, shown: shown).items
      let files = items.filter { $0.target == nil }
      let found = try digests(of: files, root, shown, cache)
      return DataVersion(
        kind: .folder, digest: FolderDigest.of(DataReader.entries(items, found)),
        byteCount: found.reduce(0) { $0 + Int64($1.info.st_size) }, files: items.count)
    default: throw .odd(shown)
    }
  }

  private typealias Found = (digest: ContentDigest, info: stat)

  private static func entries(_ items: [DataListing.Item], _ found: [Found])
    -> [FolderDigest.Entry]
  {
    var rest = found[...]
    return items.map { item in
      if let target = item.target {
        return FolderDigest.Entry(
          path: item.path, kind: .link, digest: ContentDigest(sha256: target))
      }
      let (digest, info) = rest.removeFirst()
      return FolderDigest.Entry(
        path: item.path, kind: info.st_mode & S_IXUSR != 0 ? .program : .file, digest: digest)
    }
  }

  // MARK: Reading

  /// In the order of the files.
  private func digests(
    of files: [DataListing.Item], _ root: String, _ shown: String, _ cacheFile: String?
  ) throws(DataFailure) -> [Found] {
    let known = cacheFile.map { DigestCache(file: $0) } ?? DigestCache()
    var found: [Found?] = files.map { file in
      known.digest(of: file.path, file.info).map { ($0, file.info) }
    }
    let pending = found.indices.filter { found[$0] == nil }
    let moment = now()
    if !pending.isEmpty {
      let read = try hash(pending.map { files[$0] }, root, shown)
      for (place, one) in zip(pending, read) { found[place] = one }
    }
    if let cacheFile {
      var cache = DigestCache()
      for (file, one) in zip(files, found) {
        guard let one else { continue }
        cache.note(file.path, one.info, one.digest, at: moment)
      }
      keep(cache, unless: known, cacheFile)
    }
    return found.compactMap { $0 }
  }

  private func hash(
    _ files: [DataListing.Item], _ root: String, _ shown: String
  ) throws(DataFailure) -> [Found] {
    let bytesInAll = files.reduce(0) { $0 + Int64($1.info.st_size) }
    let state = Mutex<(found: [Found?], failure: DataFailure?)>(
      (Array(repeating: nil, count: files.count), nil))
    let progress = Mutex(
      DataProgress(bytes: 0, bytesInAll: bytesInAll, files: 0, filesInAll: files.count))
    let next = Atomic(0)
    let workers = min(
      DataReader.workersMax, ProcessInfo.processInfo.activeProcessorCount, files.count)
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard place < files.count, state.withLock({ $0.failure == nil }) else { return }
        let path = files[place].path
        do throws(DataFailure) {
          let one = try FileDigest.of(
            path, below: root, shown: path.bytes.isEmpty ? shown : shown + "/" + path.shown
          ) { count in
            told(
              progress.withLock { progress in
                progress.bytes += Int64(count)
                return progress
              })
          }
          state.withLock { $0.found[place] = one }
          progress.withLock { $0.files += 1 }
        } catch {
          state.withLock { $0.failure = $0.failure ?? error }
        }
      }
    }
    let (found, failure) = state.withLock { $0 }
    if let failure { throw failure }
    return found.compactMap { $0 }
  }

  // MARK: What is kept of it

  /// One for each place that data lies at.
  private func cacheFile(of root: String) -> String? {
    cacheFolder.map { $0 + "/" + ContentDigest(sha256: Array(root.utf8)).hex.prefix(32) }
  }

  private func keep(_ cache: DigestCache, unless known: DigestCache, _ file: String) {
    guard let cacheFolder else { return }
    if cache == known {
      // Used: it does not grow old.
      utimes(file, nil)
      return
    }
    try? FileManager.default.createDirectory(
      atPath: cacheFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700]
    )
    cache.save(file)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: cacheFolder)) ?? [] {
      let path = cacheFolder + "/" + name
      var info = stat()
      if stat(path, &info) == 0, info.st_mtim.tv_sec < time(nil) - 86400 * DataReader.cacheDays {
        unlink(path)
      }
    }
  }
}
