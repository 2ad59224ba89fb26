import FieldbookModel
import Foundation

extension LargeStore {
  /// Takes a file in; it stays where it is. Safe from a power cut on return.
  ///
  /// - Parameter expected: what it has to be, if that is known.
  /// - Throws: `ContentFailure.altered` if it is something else: then no content is here that was not.
  package func put(file path: String, expecting expected: ContentDigest? = nil) throws -> (
    ContentDigest, Int64
  ) {
    try reading(path) { try put(expecting: expected, from: $0) }
  }

  /// Takes a file's chunks in, which no recipe names yet: a part of a content, most of whose chunks are the content's.
  func keepChunks(file path: String) throws {
    try folder.make(disk)
    try reading(path) { read in
      try locks.whilePutting { _ = try ContentCutting(self, read).run() }
    }
  }

  private func reading<Result>(
    _ path: String,
    _ body: (@escaping (UnsafeMutableRawBufferPointer) throws -> Int) throws -> Result
  ) throws -> Result {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw ContentFailure.cannotRead(path, reason: SystemDisk.reason) }
    defer { close(file) }
    posix_fadvise(file, 0, 0, Int32(POSIX_FADV_SEQUENTIAL))
    var size: Int64 = 0
    return try body { out in
      while true {
        let count = Foundation.read(file, out.baseAddress, out.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw ContentFailure.cannotRead(path, reason: SystemDisk.reason) }
        size += Int64(count)
        guard size <= ChunkLimits.contentBytesMax else { throw LargeFailure.tooLarge(path: path) }
        return count
      }
    }
  }

  /// Takes a stream in.
  ///
  /// - Parameter read: fills the room from its beginning and returns how many bytes; 0 at the end. Called from one thread
  ///   at a time, not always the same one.
  package func put(
    expecting expected: ContentDigest? = nil,
    from read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int
  ) throws -> (ContentDigest, Int64) {
    try folder.make(disk)
    return try locks.whilePutting {
      let recipe = try ContentCutting(self, read).run()
      if let expected, recipe.content != expected { throw ContentFailure.altered(expected) }
      try place(recipe)
      return (recipe.content, recipe.size)
    }
  }

  /// Gives a recipe its name. All of its chunks are in packs that are on the disk.
  func place(_ recipe: Recipe) throws {
    // Another process may have given a pack that this content shares its name a moment ago: names are safe in this order.
    try disk.syncFolder(folder.packs)
    if let old = try? self.recipe(of: recipe.content), old == recipe {
      // Who puts it is about to name it: it is as young as a new one.
      return try disk.freshen(folder.recipe(recipe.content))
    }
    try disk.place(
      recipe.encoded, at: folder.recipe(recipe.content), staging: folder.fresh())
    try ChunkDamage.forget(recipe: recipe.content, folder, disk)
  }
}
