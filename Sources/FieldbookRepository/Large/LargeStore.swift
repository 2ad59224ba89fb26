import FieldbookModel
import Foundation
import Synchronization

/// Large contents by their SHA-256: cut into chunks that are stored once, in packs.
///
/// Invariants: a pack or recipe under its final name is whole and was on the disk before it got the name; a recipe is written
/// when all of its chunks are safe. So a crash at any point leaves contents that are here whole or not here, and chunks that
/// nothing names, which `collect` removes. Reading never waits for anybody; several processes may use one folder.
package final class LargeStore: Sendable {
  let folder: LargeFolder
  let disk: any StoreDisk
  let packBytes: Int
  private let state = Mutex(State())

  private struct State {
    var index: ChunkIndex?
    /// Packs that are open for reading, the one that was opened last at the end.
    var open: [(pack: ContentDigest, file: OpenFile)] = []
    var shelf: PackShelf?
    /// Of packs that lie in the bucket, as far as somebody asked.
    var stores: [ContentDigest: BucketStore] = [:]
    /// Of contents, as long as the index is the same: whether all of their chunks that were found damaged are made up for.
    var verdicts: [ContentDigest: Bool] = [:]

    mutating func reload(_ folder: LargeFolder) throws -> ChunkIndex {
      let new = try ChunkIndex(folder, after: index)
      index = new
      verdicts = [:]
      stores = [:]
      // The space of a pack that has no name any more is free when nobody has it open.
      open.removeAll { !new.packs.contains($0.pack) }
      return new
    }
  }

  private static let openFilesMax = 32

  /// - Parameters:
  ///   - path: its folder; made when the first content comes.
  ///   - staging: a folder of the same filesystem for unfinished files.
  ///   - packBytes: from how many bytes on a pack is sealed.
  ///   - shelf: where packs lie that are not on this disk.
  package init(
    path: String, staging: String, packBytes: Int = ChunkLimits.packBytes,
    disk: any StoreDisk = SystemDisk(), shelf: PackShelf? = nil
  ) {
    folder = LargeFolder(path: path, staging: staging)
    state.withLock { $0.shelf = shelf }
    self.packBytes = min(max(packBytes, 1), ChunkLimits.packBytes)
    self.disk = disk
  }

  // MARK: Looking

  /// True if the content is here whole, as far as is known: a chunk that was found damaged, and that no other pack has,
  /// makes it one to be fetched again.
  package func contains(_ content: ContentDigest) -> Bool {
    guard access(folder.recipe(content), F_OK) == 0 else { return false }
    // What cannot be looked at is not here.
    guard let index = try? freshIndex() else { return false }
    if index.damage.isEmpty { return true }
    if index.damage.recipes.contains(content) { return false }
    if let known = state.withLock({ $0.verdicts[content] }) { return known }
    guard let recipe = try? recipe(of: content) else { return false }
    let isWhole = !recipe.prefixes.indices.contains { position in
      let chunk = recipe[position].digest
      return index.damage.chunks.contains(chunk) && !index.contains(chunk)
    }
    state.withLock { $0.verdicts[content] = isWhole }
    return isWhole
  }

  /// Bytes of a content; nil if it is not here.
  package func size(of content: ContentDigest) -> Int64? {
    contains(content) ? (try? recipe(of: content))?.size : nil
  }

  /// All contents with a recipe, whole or not, in order.
  package func all() throws -> [ContentDigest] {
    try LargeFolder.digests(in: folder.recipes).sorted()
  }

  /// What the content is made of; nil if it is not here.
  ///
  /// - Throws: `LargeFailure.badRecipe` if the recipe's file is damaged.
  package func recipe(of content: ContentDigest) throws -> Recipe? {
    try recipe(at: folder.recipe(content), of: content)
  }

  func recipe(at path: String, of content: ContentDigest) throws -> Recipe? {
    guard let file = try OpenFile(path) else { return nil }
    do { return try LargeStore.recipe(in: file, of: content) } catch {
      ChunkDamage.mark(recipe: content, folder)
      throw error
    }
  }

  static func recipe(in file: OpenFile, of content: ContentDigest) throws -> Recipe {
    guard file.count <= Recipe.bytesMax(ofContent: ChunkLimits.contentBytesMax),
      let bytes = StoredBytes.file(file).read(at: 0, count: file.count)
    else { throw LargeFailure.badRecipe(reason: "it cannot be read") }
    let recipe = try Recipe(encoded: bytes)
    guard recipe.content == content else {
      throw LargeFailure.badRecipe(reason: "it is of another content")
    }
    return recipe
  }

  // MARK: The index

  func index() throws -> ChunkIndex {
    if let index = state.withLock({ $0.index }) { return index }
    return try freshIndex()
  }

  /// As it is now, with what other processes did.
  func freshIndex() throws -> ChunkIndex {
    let (index, isNew) = try state.withLock { state in
      if let index = state.index, index.isCurrent(folder) { return (index, false) }
      return (try state.reload(folder), true)
    }
    guard isNew, index.loosePacks >= ChunkIndex.loosePacksMax, mergeIndex(index) else {
      return index
    }
    return try reloadIndex()
  }

  func reloadIndex() throws -> ChunkIndex {
    try state.withLock { try $0.reload(folder) }
  }

  /// Makes the index again from the packs.
  package func rebuildIndex() throws {
    for name in try LargeFolder.names(in: folder.index) { unlink(folder.index + "/" + name) }
    state.withLock {
      $0.index = nil
      $0.verdicts = [:]
    }
    _ = try freshIndex()
  }

  // MARK: Packs

  /// Where packs go, and lie that are not on this disk.
  package var shelf: PackShelf? {
    get { state.withLock { $0.shelf } }
    set { state.withLock { $0.shelf = newValue } }
  }

  /// True if packs may lie elsewhere.
  var hasShelf: Bool { shelf != nil || access(folder.away, F_OK) == 0 }

  /// Where a pack lies in the bucket; nil for one that does not.
  func awayStore(of pack: ContentDigest) -> BucketStore? {
    if let known = state.withLock({ $0.stores[pack] }) { return known }
    guard let store = PackNote.store(at: folder.note(pack)) else { return nil }
    state.withLock { $0.stores[pack] = store }
    return store
  }

  /// Nil for one that is gone.
  func packFile(_ pack: ContentDigest) throws -> OpenFile? {
    if let file = state.withLock({ $0.open.last { $0.pack == pack } })?.file { return file }
    guard let file = try OpenFile(folder.pack(pack)) else { return nil }
    if hasShelf { file.noteUse() }
    state.withLock { state in
      if state.open.count >= LargeStore.openFilesMax { state.open.removeFirst() }
      state.open.append((pack, file))
    }
    return file
  }
}
