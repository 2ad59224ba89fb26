import Cgit2
import FieldbookModel
import Foundation

/// What a folder was at one moment, as objects of the replica's repository.
package struct FolderSnapshot: Sendable {
  package struct LargeFile: Equatable, Sendable {
    package var path: TreePath
    package var digest: ContentDigest
    package var byteCount: Int64

    package init(path: TreePath, digest: ContentDigest, byteCount: Int64) {
      self.path = path
      self.digest = digest
      self.byteCount = byteCount
    }
  }

  package var root: String
  package var isGit: Bool
  package var tree: GitObjectID
  package var files: Int
  package var bytes: Int64
  /// Their bytes are in the content store; git holds pointers to them.
  package var large: [LargeFile]
  package var submodules: [(path: TreePath, commit: GitObjectID?)]
  package var leftOut: [LeftOut]
  /// What it differs in from its commit; nil where there is none.
  package var patch: CommitPatch?
}

/// Reads a folder's files into objects. Links are kept as links and never followed.
struct FolderReader {
  let limits: SnapshotLimits
  let contents: ContentStore
  let writer: ObjectWriter
  let cache: StatCache
  /// The kind of secret in a file's text; nil if there is none.
  let secret: (_ bytes: [UInt8]) -> String?
  private var out: [(path: TreePath, entry: TreeEntry)] = []
  private var large: [FolderSnapshot.LargeFile] = []
  private var leftOut: [LeftOut] = []
  private var bytes: Int64 = 0
  private var folders: [TreePath: Bool] = [:]
  private static let attempts = 3

  init(
    limits: SnapshotLimits, contents: ContentStore, writer: ObjectWriter, cache: StatCache,
    secret: @escaping ([UInt8]) -> String?
  ) {
    self.limits = limits
    self.contents = contents
    self.writer = writer
    self.cache = cache
    self.secret = secret
  }

  mutating func read(_ listing: FolderListing) throws -> FolderSnapshot {
    for path in listing.paths { try take(path, listing.root) }
    let tree = try writer.tree(out)
    return FolderSnapshot(
      root: listing.root, isGit: listing.isGit, tree: tree, files: out.count, bytes: bytes,
      large: large, submodules: listing.submodules, leftOut: listing.leftOut + leftOut)
  }

  /// After `read`.
  func patch(_ listing: FolderListing) -> CommitPatch? {
    CommitPatchMaker(
      listing: listing, taken: Dictionary(out) { first, _ in first }, read: writer.read,
      secret: secret
    ).make()
  }

  /// To be called when what `read` wrote is safe.
  func keepCache() { cache.save(keeping: Set(out.map(\.path))) }

  private mutating func take(_ path: TreePath, _ root: String) throws {
    guard isPlain(path.folder, root) else { return }
    var info = stat()
    guard path.withPath(below: root, { lstat($0, &info) }) == 0 else {
      if errno != ENOENT && errno != ENOTDIR { leave(path, .cannotRead(FolderReader.reason)) }
      return
    }
    guard FolderReader.isGoodName(path) else { return leave(path, .badName) }
    switch info.st_mode & S_IFMT {
    case S_IFLNK: try takeLink(path, root)
    case S_IFREG: try takeFile(path, root, info)
    case S_IFDIR: break
    default: leave(path, .special)
    }
  }

  /// False where a link stands on the way: what is behind it does not lie here.
  private mutating func isPlain(_ folder: TreePath?, _ root: String) -> Bool {
    guard let folder else { return true }
    if let known = folders[folder] { return known }
    var info = stat()
    let isFolder =
      folder.withPath(below: root) { lstat($0, &info) } == 0
      && info.st_mode & S_IFMT == S_IFDIR
    let answer = isFolder && isPlain(folder.folder, root)
    folders[folder] = answer
    return answer
  }

  private mutating func takeLink(_ path: TreePath, _ root: String) throws {
    var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = path.withPath(below: root) { readlink($0, &target, target.count) }
    guard count > 0 else { return leave(path, .cannotRead(FolderReader.reason)) }
    out.append((path, TreeEntry(.link, try writer.blob(Array(target[..<count])))))
  }

  private mutating func takeFile(_ path: TreePath, _ root: String, _ info: stat) throws {
    if SecretFile.isNamed(path) { return leave(path, .secretName) }
    let size = Int64(info.st_size)
    guard size <= limits.fileBytes else { return leave(path, .tooLarge(bytes: size)) }
    guard bytes + size <= limits.allBytes else { return leave(path, .tooMuch) }
    if let known = cache.entry(of: path, info), try reuse(path, known, size) { return }
    let file = path.withPath(below: root) {
      open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    }
    guard file >= 0 else { return leave(path, .cannotRead(FolderReader.reason)) }
    defer { close(file) }
    for _ in 0..<FolderReader.attempts {
      var before = stat()
      guard fstat(file, &before) == 0, before.st_mode & S_IFMT == S_IFREG else {
        return leave(path, .special)
      }
      guard let taken = try object(of: file, path, before) else { return }
      var after = stat()
      guard fstat(file, &after) == 0, FolderReader.isSame(before, after) else { continue }
      return keep(path, taken, before)
    }
    leave(path, .changing)
  }

  private enum Taken {
    case whole(GitObjectID)
    case pointer(GitObjectID, ContentDigest)
  }

  /// Nil if it was left out.
  private mutating func object(of file: Int32, _ path: TreePath, _ info: stat) throws -> Taken? {
    let size = Int64(info.st_size)
    guard size <= limits.fileBytes else {
      leave(path, .tooLarge(bytes: size))
      return nil
    }
    if size > limits.wholeBytes {
      guard let name = path.exactText, (try? Check.artifactPath("code/" + name)) != nil else {
        leave(path, .badName)
        return nil
      }
      let (digest, count) = try contents.put(file: "/proc/self/fd/\(file)")
      let pointer = FilePointer(digest: digest, byteCount: count)
      return .pointer(try writer.blob(Array(pointer.text.utf8)), digest)
    }
    guard let bytes = FolderReader.bytes(of: file, Int(size)) else {
      leave(path, .cannotRead(FolderReader.reason))
      return nil
    }
    if let kind = secret(bytes) {
      leave(path, .secret(kind))
      return nil
    }
    return .whole(try writer.blob(bytes))
  }

  /// All bytes from the start, and no more than one beyond `size`.
  private static func bytes(of file: Int32, _ size: Int) -> [UInt8]? {
    var count = 0
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, initialized in
      while count < size + 1 {
        let read = pread(file, buffer.baseAddress! + count, size + 1 - count, count)
        if read < 0 && errno == EINTR { continue }
        if read < 0 { failed = true }
        if read <= 0 { break }
        count += read
      }
      initialized = count
    }
    return failed ? nil : bytes
  }

  private mutating func keep(_ path: TreePath, _ taken: Taken, _ info: stat) {
    let kind: TreeEntry.Kind = info.st_mode & S_IXUSR != 0 ? .program : .file
    bytes += Int64(info.st_size)
    switch taken {
    case .whole(let id):
      let entry = TreeEntry(kind, id)
      cache.note(path, StatCache.Known(entry: entry, isPointer: false), info)
      out.append((path, entry))
    case .pointer(let id, let digest):
      let entry = TreeEntry(kind, id)
      cache.note(path, StatCache.Known(entry: entry, isPointer: true), info)
      out.append((path, entry))
      large.append(.init(path: path, digest: digest, byteCount: Int64(info.st_size)))
    }
  }

  /// False if what the cache tells of is not here any more.
  private mutating func reuse(_ path: TreePath, _ known: StatCache.Known, _ size: Int64) throws
    -> Bool
  {
    guard writer.has(known.entry.object) else { return false }
    if known.isPointer {
      guard let text = writer.read(known.entry.object), let pointer = FilePointer(text),
        contents.contains(pointer.digest)
      else { return false }
      large.append(.init(path: path, digest: pointer.digest, byteCount: pointer.byteCount))
    }
    out.append((path, known.entry))
    bytes += size
    return true
  }

  private mutating func leave(_ path: TreePath, _ reason: LeftOut.Reason) {
    leftOut.append(LeftOut(path, reason))
  }

  private static func isSame(_ one: stat, _ other: stat) -> Bool {
    one.st_size == other.st_size && one.st_mtim.tv_sec == other.st_mtim.tv_sec
      && one.st_mtim.tv_nsec == other.st_mtim.tv_nsec
  }

  /// Git refuses a few names, so that nothing that is fetched can take the place of a repository.
  private static func isGoodName(_ path: TreePath) -> Bool {
    path.names.allSatisfy { TreePath.isGoodName($0) }
  }

  private static var reason: String { String(cString: strerror(errno)) }
}

extension TreePath {
  /// Source: git's `verify_dotfile`, `is_ntfs_dotgit`.
  static func isGoodName(_ name: some Collection<UInt8>) -> Bool {
    let small = String(decoding: name, as: UTF8.self).lowercased()
    return !name.isEmpty && ![".", "..", ".git", "git~1"].contains(small) && !name.contains(slash)
      && !name.contains(0)
  }
}
