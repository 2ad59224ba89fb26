import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace
import Synchronization

/// Serves large contents by chunks, and takes them in: the server's side of what `ChunkTransfer` asks.
///
/// Chunks are taken of contents alone that the log names and that are lacking, and only those of the recipe that was shown
/// before. A content whose recipe turned out to make something else is taken whole from then on.
final class ChunkReceiving: Sendable {
  private struct UnderWay {
    /// Of the recipe as it was sent.
    let recipe: ContentDigest
    let names: Recipe.Names
    let intake: ChunkIntake
    var lastUse: UInt64
  }

  private struct State {
    var contents: [ContentDigest: UnderWay] = [:]
    var wholeOnly: Set<ContentDigest> = []
    var uses: UInt64 = 0
  }

  private let workspace: Workspace
  private let state = Mutex(State())

  init(_ workspace: Workspace) { self.workspace = workspace }

  private var store: ContentStore { workspace.contentStore }

  // MARK: Giving

  /// - Throws: `SyncRefusal.notHere` also for a content that does not lie in chunks, or has too many: it travels whole.
  func recipe(of content: ContentDigest) throws -> [UInt8] {
    guard store.wholeFile(of: content) == nil, store.contains(content),
      let recipe = try? store.large.recipe(of: content)?.encoded,
      recipe.count <= SyncLimits.recipeBytes
    else { throw SyncRefusal.notHere }
    return recipe
  }

  /// Frames of chunks that are here, in the order of the digests, as many as one message carries.
  func frames(of wanted: [UInt8]) throws -> [UInt8] {
    guard !wanted.isEmpty, wanted.count % 32 == 0 else { throw SyncRefusal.malformed }
    let chunks = stride(from: 0, to: wanted.count, by: 32).compactMap {
      ContentDigest(bytes: Array(wanted[$0..<$0 + 32]))
    }
    let ahead = try store.large.fetchAhead(chunks, bytesMax: SyncLimits.chunkBytes)
    var out: [UInt8] = []
    for chunk in chunks where out.count < SyncLimits.chunkBytes {
      // One that has rotted here is left out.
      do { out += try store.large.frame(of: chunk, ahead: ahead) ?? [] } catch is LargeFailure {
        continue
      }
    }
    return out
  }

  // MARK: Taking

  /// Which chunks of the recipe are missing here, one bit for each. With none, the content is verified, and here.
  func missing(_ content: ContentDigest, recipe bytes: [UInt8]) throws -> [UInt8] {
    guard let recipe = try? Recipe(encoded: bytes), recipe.content == content else {
      throw SyncRefusal.malformed
    }
    guard !store.contains(content) else { return recipe.marks(of: []) }
    guard let size = try workspace.missingSize(content) else {
      throw SyncRefusal.code("this content is not one that the peer lacks")
    }
    guard recipe.size == size, !state.withLock({ $0.wholeOnly.contains(content) }) else {
      throw SyncRefusal.wantsWhole
    }
    try store.keepPartialAsChunks(content)
    try begin(recipe, named: ContentDigest(bytes: Array(bytes.suffix(32)))).flush()
    let missing = try store.large.missingChunks(of: recipe)
    guard missing.isEmpty else { return recipe.marks(of: missing) }
    return recipe.marks(of: try finish(recipe))
  }

  /// - Returns: chunks that have to be sent again.
  private func finish(_ recipe: Recipe) throws -> [ContentDigest] {
    do { try store.finishChunks(recipe) } catch ContentFailure.altered {
      _ = state.withLock { state in
        state.contents[recipe.content] = nil
        return state.wholeOnly.insert(recipe.content)
      }
      throw SyncRefusal.wantsWhole
    } catch let failure as LargeFailure {
      let missing = try store.large.missingChunks(of: recipe)
      guard !missing.isEmpty else { throw failure }
      return missing
    }
    state.withLock { $0.contents[recipe.content] = nil }
    return []
  }

  /// - Parameter name: tells one recipe from another.
  private func begin(_ recipe: Recipe, named name: ContentDigest?) throws -> ChunkIntake {
    let name = name ?? recipe.content
    if let known = use(recipe.content), known.recipe == name { return known.intake }
    let fresh = UnderWay(
      recipe: name, names: Recipe.Names(recipe), intake: try store.large.intake(), lastUse: 0)
    let gone = state.withLock { state -> UnderWay? in
      state.uses += 1
      var gone = state.contents.updateValue(fresh, forKey: recipe.content)
      state.contents[recipe.content]?.lastUse = state.uses
      if gone == nil, state.contents.count > SyncLimits.chunkedContents,
        let silent = state.contents.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
      {
        gone = state.contents.removeValue(forKey: silent)
      }
      return gone
    }
    // What it had so far is not sent again.
    try gone?.intake.flush()
    return fresh.intake
  }

  private func use(_ content: ContentDigest) -> UnderWay? {
    state.withLock { state in
      state.uses += 1
      state.contents[content]?.lastUse = state.uses
      return state.contents[content]
    }
  }

  /// - Throws: `SyncRefusal.notHere` for a content whose recipe was not shown lately: it is to be shown again.
  func take(_ frames: [UInt8], of content: ContentDigest) throws {
    guard let underWay = use(content) else { throw SyncRefusal.notHere }
    guard let parts = try? ChunkBatch.split(frames),
      parts.allSatisfy({ underWay.names.contains($0.chunk) })
    else { throw SyncRefusal.malformed }
    do { for part in parts { try underWay.intake.add(part.frame) } } catch LargeFailure.badFrame {
      throw SyncRefusal.malformed
    }
  }
}
