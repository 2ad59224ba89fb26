import Crypto
import FieldbookModel
import Foundation

/// Contents by their SHA-256, in a folder: small ones whole, as `objects/ab/cdef…`; large ones in chunks, in `large/`.
///
/// Invariant: a file under its digest's name is complete and has that digest. So a crash at any point leaves
/// either nothing or a whole object, besides temporary files that a start on a later day removes. `LargeStore` promises the
/// same of what it holds.
package final class ContentStore: Sendable {
  let folder: String
  let temporary: String
  /// Contents of more bytes than this lie in chunks. Those that lie whole from before stay so until they are put again.
  package let threshold: Int64
  /// Where they lie.
  package let large: LargeStore
  private static let bufferBytes = 1 << 20
  package static let threshold: Int64 = 1 << 20

  /// Opens or makes the store in `folder`.
  package init(
    folder: String, threshold: Int64 = threshold, disk: any StoreDisk = SystemDisk(),
    shelf: PackShelf? = nil
  ) throws {
    self.folder = folder
    self.threshold = threshold
    temporary = folder + "/tmp"
    large = LargeStore(path: folder + "/large", staging: temporary, disk: disk, shelf: shelf)
    for path in [folder + "/objects", temporary] {
      do {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      } catch {
        throw ContentFailure.cannotWrite(path, reason: SystemReason.words(error))
      }
    }
    removeRemains()
    // What could not be carried through, since others were putting, is tried again the next time.
    try? large.finishErasing(mayAsk: false)
  }

  /// Staging files that are a day old: one younger may be under way in another process. Unfinished downloads stay.
  private func removeRemains() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? []
    where UUID(uuidString: name) != nil {
      let path = temporary + "/" + name
      var info = stat()
      guard stat(path, &info) == 0, info.st_mtim.tv_sec < time(nil) - 86400 else { continue }
      unlink(path)
    }
  }

  // MARK: Looking

  package func contains(_ digest: ContentDigest) -> Bool {
    wholeFile(of: digest) != nil || large.contains(digest)
  }

  /// True if it was taken in here, also if it has been damaged since, and counts as not here.
  package func isKept(_ digest: ContentDigest) -> Bool {
    FileManager.default.fileExists(atPath: place(toName: digest))
  }

  /// Where a content lies that is one file; nil for one in chunks, and for one that is not here. Read only.
  package func wholeFile(of digest: ContentDigest) -> String? {
    let path = place(digest)
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// The file to name when something is wrong with a content: its own, or its recipe.
  package func place(toName digest: ContentDigest) -> String {
    wholeFile(of: digest) ?? large.folder.recipe(digest)
  }

  /// Bytes of a content; nil if it is not here.
  package func size(of digest: ContentDigest) -> Int64? {
    guard let path = wholeFile(of: digest) else { return large.size(of: digest) }
    var info = stat()
    return stat(path, &info) == 0 ? Int64(info.st_size) : nil
  }

  /// Reads the content again; false if its bytes are no longer what the digest says.
  package func verify(_ digest: ContentDigest) throws -> Bool {
    guard let path = wholeFile(of: digest) else { return try large.verify(digest) }
    return try ContentStore.digest(of: path).digest == digest
  }

  /// All contents that are here, whether or not something names them, in order.
  package func all() throws -> [ContentDigest] {
    let whole: [ContentDigest]
    do {
      whole = try FileManager.default.subpathsOfDirectory(atPath: folder + "/objects")
        .compactMap { Hex.decode($0.filter { $0 != "/" }).flatMap(ContentDigest.init) }
    } catch {
      throw ContentFailure.cannotRead(folder + "/objects", reason: SystemReason.words(error))
    }
    return Set(whole).union(try large.all()).sorted()
  }

  /// Of whole files that nothing named when `gc` looked.
  var trash: ContentTrash { ContentTrash(folder: folder + "/trash", disk: large.disk) }

  /// Bytes of a content, or what its file says that they are; 0 if that cannot be read.
  func bytes(of digest: ContentDigest) -> Int64 {
    if wholeFile(of: digest) != nil { return size(of: digest) ?? 0 }
    return (try? large.recipe(of: digest))?.size ?? 0
  }

  private func place(_ digest: ContentDigest) -> String {
    folder + "/" + ContentStore.name(of: digest)
  }

  // MARK: Putting

  /// Copies a file in, hashing as it goes; the file stays where it is.
  package func put(file: String) throws -> (ContentDigest, Int64) {
    var info = stat()
    if stat(file, &info) == 0, info.st_mode & S_IFMT == S_IFREG, Int64(info.st_size) > threshold {
      return try putLarge(file)
    }
    let staging = try stagingFile()
    defer { try? FileManager.default.removeItem(atPath: staging) }
    let (digest, size) = try ContentStore.digest(of: file, copyingTo: staging)
    // It has grown meanwhile, or does not say how large it is.
    if size > threshold { return try putLarge(staging) }
    try adopt(staging, as: digest)
    return (digest, size)
  }

  private func putLarge(_ file: String, expecting digest: ContentDigest? = nil) throws -> (
    ContentDigest, Int64
  ) {
    let (digest, size) = try large.put(file: file, expecting: digest)
    try removeWhole(digest)
    return (digest, size)
  }

  /// One that lies in chunks now.
  func removeWhole(_ digest: ContentDigest) throws {
    let path = place(digest)
    guard unlink(path) == 0 || errno == ENOENT else {
      throw ContentFailure.cannotWrite(path, reason: ContentStore.reason)
    }
  }

  /// Takes a content over from another store; false if it is not there, or damaged there.
  package func take(_ digest: ContentDigest, from other: ContentStore) throws -> Bool {
    guard !contains(digest) else { return true }
    let reader: ContentReader
    do { reader = try other.reader(of: digest) } catch is LargeFailure { return false }
    do {
      if reader.size > threshold {
        _ = try large.put(expecting: digest, from: reader.fill)
      } else {
        discardPartial(digest)
        while let piece = try reader.next() {
          try appendPartial(digest, bytes: piece[...], at: partialSize(digest))
        }
        if reader.size == 0 { try appendPartial(digest, bytes: [], at: 0) }
        try finishPartial(digest)
      }
    } catch ContentFailure.altered, ContentFailure.damaged {
      return false
    } catch is LargeFailure {
      return false
    }
    return true
  }

  package func put(bytes: [UInt8]) throws -> (ContentDigest, Int64) {
    if Int64(bytes.count) > threshold {
      var position = 0
      let (digest, size) = try large.put { room in
        let count = min(room.count, bytes.count - position)
        bytes.withUnsafeBytes {
          room.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: $0[position..<position + count]))
        }
        position += count
        return count
      }
      try removeWhole(digest)
      return (digest, size)
    }
    let digest = ContentDigest(bytes: Array(SHA256.hash(data: bytes)))!
    if try freshen(digest) { return (digest, Int64(bytes.count)) }
    let staging = try stagingFile()
    defer { try? FileManager.default.removeItem(atPath: staging) }
    try ContentStore.append(bytes[...], to: staging, at: 0)
    try adopt(staging, as: digest)
    return (digest, Int64(bytes.count))
  }

  /// A fresh empty file on the store's filesystem.
  package func stagingFile() throws -> String {
    let path = temporary + "/" + UUID().uuidString
    let file = open(path, O_CREAT | O_EXCL | O_WRONLY, 0o600)
    guard file >= 0 else { throw ContentFailure.cannotWrite(path, reason: ContentStore.reason) }
    close(file)
    return path
  }

  /// Makes a complete file on the store's filesystem an object: to the disk first, then its name.
  private func adopt(_ staging: String, as digest: ContentDigest) throws {
    let path = place(digest)
    if try freshen(digest) { return }
    let folder = PathText.folder(of: path)
    try makeFolder(of: path)
    chmod(staging, 0o444)
    try ContentStore.sync(staging)
    guard rename(staging, path) == 0 else {
      throw ContentFailure.cannotWrite(path, reason: ContentStore.reason)
    }
    try ContentStore.sync(folder)
    noteArrival()
  }

  /// Who puts what is here already is about to name it: it becomes as young as a new one. False if it is not here whole.
  private func freshen(_ digest: ContentDigest) throws -> Bool {
    // The one call that looks and makes young: what `gc` takes away after it, it gives back.
    if utimensat(AT_FDCWD, place(digest), nil, 0) == 0 { return true }
    guard errno == ENOENT else {
      throw ContentFailure.cannotWrite(place(digest), reason: ContentStore.reason)
    }
    return try large.freshen(digest)
  }

  func makeFolder(of path: String) throws {
    try? FileManager.default.createDirectory(
      atPath: PathText.folder(of: path), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
  }

  /// Takes a content away, what of it was under way or in the trash included.
  ///
  /// - Throws: `LargeFailure.busy` if chunks of it could not be removed, since others were putting: it is no longer here as a
  ///   content, and its chunks go when the store is opened again.
  package func remove(_ digest: ContentDigest) throws {
    discardPartial(digest)
    try removeWhole(digest)
    try removeDiscarded(digest)
    try large.erase(digest)
  }

  // MARK: Copying elsewhere

  /// Copies a content into a new file, verifying as it goes.
  ///
  /// - Returns: false, and nothing is at `target`, if it is not here or damaged.
  package func copy(_ digest: ContentDigest, to target: String) throws -> Bool {
    if let file = wholeFile(of: digest) {
      return try ContentStore.copy(file, to: target, expecting: digest)
    }
    let reader: ContentReader
    do { reader = try self.reader(of: digest) } catch is LargeFailure { return false }
    let disk = SystemDisk()
    let file = try disk.create(target)
    defer { close(file) }
    do {
      while let piece = try reader.next() {
        try piece.withUnsafeBytes { try disk.write($0, to: file, target) }
      }
    } catch let failure {
      unlink(target)
      if failure is LargeFailure { return false }
      throw failure
    }
    fchmod(file, 0o444)
    return true
  }

  /// Copies a file, hashing as it goes.
  ///
  /// - Returns: false, and nothing is at `target`, if the file cannot be read whole or has another digest.
  package static func copy(_ file: String, to target: String, expecting digest: ContentDigest)
    throws -> Bool
  {
    do {
      // An empty one is written to by nobody.
      let made = open(target, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
      guard made >= 0 else { throw ContentFailure.cannotWrite(target, reason: reason) }
      close(made)
      guard try self.digest(of: file, copyingTo: target).digest == digest else {
        unlink(target)
        return false
      }
    } catch ContentFailure.cannotRead {
      unlink(target)
      return false
    }
    chmod(target, 0o444)
    return true
  }

  /// Where a content lies below a store's folder.
  package static func name(of digest: ContentDigest) -> String {
    let hex = digest.hex
    return "objects/" + hex.prefix(2) + "/" + hex.dropFirst(2)
  }

  /// False for a file that is not, or cannot be read as, what its digest says.
  package static func holds(_ file: String, _ digest: ContentDigest) -> Bool {
    (try? self.digest(of: file).digest) == digest
  }

  // MARK: Receiving in parts

  /// Bytes of an unfinished download that are here already.
  package func partialSize(_ digest: ContentDigest) -> Int64 {
    var info = stat()
    return stat(partial(digest), &info) == 0 ? Int64(info.st_size) : 0
  }

  /// Adds bytes to an unfinished download.
  ///
  /// - Throws: `ContentFailure.gap` unless `offset` is where it ends.
  package func appendPartial(_ digest: ContentDigest, bytes: ArraySlice<UInt8>, at offset: Int64)
    throws
  {
    guard offset == partialSize(digest) else { throw ContentFailure.gap(digest) }
    try ContentStore.append(bytes, to: partial(digest), at: offset)
  }

  /// Verifies a download and makes it an object; one that is not what it should be is thrown away.
  package func finishPartial(_ digest: ContentDigest) throws {
    let path = partial(digest)
    var info = stat()
    if stat(path, &info) == 0, Int64(info.st_size) > threshold {
      do { _ = try putLarge(path, expecting: digest) } catch ContentFailure.altered {
        discardPartial(digest)
        throw ContentFailure.altered(digest)
      }
      return discardPartial(digest)
    }
    guard try ContentStore.digest(of: path).digest == digest else {
      try? FileManager.default.removeItem(atPath: path)
      throw ContentFailure.altered(digest)
    }
    try adopt(path, as: digest)
    try? FileManager.default.removeItem(atPath: path)
  }

  /// Throws an unfinished download away.
  package func discardPartial(_ digest: ContentDigest) {
    try? FileManager.default.removeItem(atPath: partial(digest))
  }

  /// Contents of which a download was begun.
  func partials() -> [ContentDigest] {
    ((try? LargeFolder.digests(in: temporary, suffix: ".part")) ?? []).sorted()
  }

  func partial(_ digest: ContentDigest) -> String { temporary + "/" + digest.hex + ".part" }

  // MARK: Files

  private static func digest(of file: String, copyingTo copy: String? = nil) throws -> (
    digest: ContentDigest, size: Int64
  ) {
    let input = open(file, O_RDONLY)
    guard input >= 0 else { throw ContentFailure.cannotRead(file, reason: reason) }
    defer { close(input) }
    var hasher = SHA256()
    var size: Int64 = 0
    var buffer = [UInt8](repeating: 0, count: bufferBytes)
    while true {
      let count = read(input, &buffer, buffer.count)
      guard count >= 0 else { throw ContentFailure.cannotRead(file, reason: reason) }
      if count == 0 { break }
      hasher.update(data: buffer[..<count])
      if let copy { try append(buffer[..<count], to: copy, at: size) }
      size += Int64(count)
    }
    return (ContentDigest(bytes: Array(hasher.finalize()))!, size)
  }

  private static func append(_ bytes: ArraySlice<UInt8>, to path: String, at offset: Int64) throws {
    let file = open(path, O_CREAT | O_WRONLY, 0o600)
    guard file >= 0 else { throw ContentFailure.cannotWrite(path, reason: reason) }
    defer { close(file) }
    var rest = bytes
    var position = offset
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count, off_t(position)) }
      guard written > 0 else { throw ContentFailure.cannotWrite(path, reason: reason) }
      rest = rest.dropFirst(written)
      position += Int64(written)
    }
  }

  private static func sync(_ path: String) throws {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw ContentFailure.cannotRead(path, reason: reason) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw ContentFailure.cannotWrite(path, reason: reason) }
  }

  private static var reason: String { String(cString: strerror(errno)) }
}

package enum ContentFailure: Failure, Equatable {
  case cannotRead(String, reason: String)
  case cannotWrite(String, reason: String)
  case gap(ContentDigest)
  case altered(ContentDigest)
  /// Here, not on its way.
  case damaged(ContentDigest)

  package var message: String {
    switch self {
    case .cannotRead(let path, let reason): "\(path) cannot be read: \(reason)"
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .gap(let digest): "a part of content \(digest.hex.prefix(12)) came out of order"
    case .altered(let digest): "content \(digest.hex.prefix(12)) was altered on its way"
    case .damaged(let digest):
      "content \(digest.hex.prefix(12)) is no longer what was recorded, on this disk"
    }
  }

  package var hint: String {
    switch self {
    case .cannotRead: "check that the file exists and may be read"
    case .cannotWrite: "check the folder's permissions and free space"
    case .gap, .altered: "fetch it again: fieldbook sync"
    case .damaged: "set it aside and fetch it again: fieldbook doctor --fix, then: fieldbook sync"
    }
  }
}
