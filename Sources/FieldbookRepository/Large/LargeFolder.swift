import FieldbookModel
import Foundation

/// Where the chunk store has its files.
struct LargeFolder: Sendable {
  let path: String
  /// For files that have no name yet; on the same filesystem. What a day has passed over there, `ContentStore` removes.
  let staging: String

  var packs: String { path + "/packs" }
  var recipes: String { path + "/recipes" }
  /// Recipes of contents that are to be gone: their chunks go as soon as nobody is putting.
  var erasing: String { path + "/erasing" }
  /// Recipes of contents that nothing named when `gc` looked: their chunks stay as long as they do.
  var trash: String { path + "/trash" }
  /// Names of chunks that were found damaged; see `ChunkDamage`.
  var damaged: String { path + "/damaged" }
  /// Notes of packs that lie in a bucket, whether or not they are here, too; see `PackNote`.
  var away: String { path + "/away" }
  /// Notes of packs that are to be removed from the bucket: `PACK.SECONDS`, since when.
  var leaving: String { path + "/leaving" }
  /// Derived from the packs.
  var index: String { path + "/index" }

  var isThere: Bool { access(packs, F_OK) == 0 }

  func pack(_ name: ContentDigest) -> String { packs + "/" + name.hex + ".pack" }
  func note(_ pack: ContentDigest) -> String { away + "/" + pack.hex + ".note" }
  func recipe(_ content: ContentDigest) -> String { recipes + "/" + content.hex }
  func erasing(_ content: ContentDigest) -> String { erasing + "/" + content.hex }
  func fresh() -> String { staging + "/" + UUID().uuidString }

  /// Makes what is missing, and lets it survive a power cut.
  func make(_ disk: any StoreDisk) throws {
    guard access(damaged, F_OK) != 0 else { return }
    try disk.makeFolder(path)
    // `damaged` comes last: where it is, all are.
    for folder in [packs, recipes, erasing, index, damaged] { try disk.makeFolder(folder) }
    try disk.syncFolder(path)
    try disk.syncFolder(PathText.folder(of: path))
  }

  /// Makes the folders that only a store with a bucket has.
  func makeAway(_ disk: any StoreDisk) throws {
    try make(disk)
    guard access(leaving, F_OK) != 0 else { return }
    for folder in [away, leaving] { try disk.makeFolder(folder) }
    try disk.syncFolder(path)
  }

  /// Packs that lie in the bucket, by their notes.
  func awayPacks() throws -> [ContentDigest] {
    try LargeFolder.digests(in: away, suffix: ".note")
  }

  /// Names in one of the folders; none if it is not there.
  static func names(in folder: String) throws -> [String] {
    guard let stream = opendir(folder) else {
      if errno == ENOENT { return [] }
      throw ContentFailure.cannotRead(folder, reason: SystemDisk.reason)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  static func digests(in folder: String, suffix: String = "") throws -> [ContentDigest] {
    try names(in: folder).compactMap {
      $0.hasSuffix(suffix) ? ContentDigest(hex: $0.dropLast(suffix.count)) : nil
    }
  }
}

/// What tells whether a folder's names have changed: its time of change, unless it is so near that another change could have
/// the same.
struct FolderStamp: Equatable, Sendable {
  private let seconds: Int
  private let nanoseconds: Int
  private let isSettled: Bool

  init(_ path: String) {
    var info = stat()
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    if stat(path, &info) == 0 {
      (seconds, nanoseconds) = (info.st_mtim.tv_sec, info.st_mtim.tv_nsec)
    } else {
      (seconds, nanoseconds) = (0, 0)
    }
    let age = Double(now.tv_sec - seconds) + Double(now.tv_nsec - nanoseconds) / 1e9
    isSettled = age > 0.05 || age < -1
  }

  static func == (left: FolderStamp, right: FolderStamp) -> Bool {
    left.isSettled && left.seconds == right.seconds && left.nanoseconds == right.nanoseconds
  }
}
