import FieldbookModel
import Foundation

/// Chunks that were found damaged or gone: empty files whose names say which, and where.
///
/// `CHUNK.PACK.OFFSET` for a place that does not hold the chunk, `CHUNK` for one that a recipe names and no pack has, `CONTENT.recipe`
/// for a recipe that does not read. They are what was found out, not what is true for ever: a good copy in another pack makes up for them.
struct ChunkDamage: Sendable {
  private(set) var chunks: Set<ContentDigest> = []
  /// Contents whose recipe does not read.
  private(set) var recipes: Set<ContentDigest> = []
  private var places: Set<String> = []

  init() {}

  init(_ folder: LargeFolder) throws {
    for name in try LargeFolder.names(in: folder.damaged) {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard let chunk = ContentDigest(hex: parts[0]) else { continue }
      if parts.count == 2, parts[1] == "recipe" {
        recipes.insert(chunk)
        continue
      }
      chunks.insert(chunk)
      if parts.count == 3 { places.insert(name) }
    }
  }

  var isEmpty: Bool { chunks.isEmpty && recipes.isEmpty }

  func isBad(_ place: ChunkPlace, of chunk: ContentDigest) -> Bool {
    !places.isEmpty && places.contains(ChunkDamage.name(chunk, place))
  }

  private static func name(_ chunk: ContentDigest, _ place: ChunkPlace?) -> String {
    guard let place else { return chunk.hex }
    return "\(chunk.hex).\(place.pack.hex).\(place.offset)"
  }

  /// Notes it. Where it cannot be noted it is found again.
  static func mark(_ chunk: ContentDigest, at place: ChunkPlace?, _ folder: LargeFolder) {
    mark(name(chunk, place), folder)
  }

  static func mark(recipe content: ContentDigest, _ folder: LargeFolder) {
    mark(name(recipe: content), folder)
  }

  private static func mark(_ name: String, _ folder: LargeFolder) {
    let file = open(folder.damaged + "/" + name, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
    if file >= 0 { close(file) }
  }

  private static func name(recipe content: ContentDigest) -> String { content.hex + ".recipe" }

  /// A recipe that reads is there again.
  static func forget(recipe content: ContentDigest, _ folder: LargeFolder, _ disk: any StoreDisk)
    throws
  {
    try disk.remove(folder.damaged + "/" + name(recipe: content))
  }

  /// Removes the marks of chunks that nothing names any more, and those of packs that are gone.
  static func forget(
    _ folder: LargeFolder, packs: Set<ContentDigest>, isNamed: (ContentDigest) -> Bool
  )
    throws
  {
    for name in try LargeFolder.names(in: folder.damaged) {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      guard let chunk = ContentDigest(hex: parts[0]), parts.count != 2 else { continue }
      let isGone =
        parts.count == 3 && !(ContentDigest(hex: parts[1]).map(packs.contains) ?? false)
      if isGone || !isNamed(chunk) { unlink(folder.damaged + "/" + name) }
    }
  }
}
