import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace

/// Large contents by the chunks that the other side lacks: a second version of a model sends what changed.
///
/// Only with peers that say in their greeting that they can; what cannot travel so travels whole. What came before a connection
/// broke is kept: chunks are in packs that have a name after 16 MiB at most, and all of them when the process ends by itself.
enum ChunkTransfer {
  /// Contents of one message are not worth asking about.
  private static func isWorthIt(_ size: Int64, _ connection: PeerConnection) -> Bool {
    connection.hasChunks && size > Int64(SyncLimits.objectBytes)
  }

  /// - Parameter size: what the log says.
  /// - Returns: false if it is to be asked for whole.
  /// - Throws: `ContentFailure.altered` if a chunk was altered on its way.
  static func fetch(
    _ digest: ContentDigest, _ size: Int64, _ workspace: Workspace, _ connection: PeerConnection
  ) async throws -> Bool {
    guard isWorthIt(size, connection) else { return false }
    guard let recipe = try await recipe(of: digest, size, connection) else { return false }
    let store = workspace.contentStore
    try store.keepPartialAsChunks(digest)
    var missing = try store.large.missingChunks(of: recipe)
    while !missing.isEmpty {
      let intake = try store.large.intake()
      do { try await fetch(missing, of: digest, into: intake, connection) } catch {
        try? intake.flush()
        throw error
      }
      try intake.flush()
      let before = missing.count
      missing = try store.large.missingChunks(of: recipe)
      // The peer lacks the rest as well.
      if missing.count >= before { return false }
    }
    do {
      try store.finishChunks(recipe)
      return true
    } catch is LargeFailure {
      return false
    } catch ContentFailure.altered {
      return false
    }
  }

  /// Nil if the peer has none, or one that does not fit what the log says.
  private static func recipe(
    of digest: ContentDigest, _ size: Int64, _ connection: PeerConnection
  ) async throws -> Recipe? {
    let limit = min(SyncLimits.recipeBytes, Recipe.bytesMax(ofContent: size))
    do {
      let bytes = try await connection.recipe(digest, limit: limit)
      let recipe = try? Recipe(encoded: bytes)
      return recipe?.content == digest && recipe?.size == size ? recipe : nil
    } catch SyncFailure.contentNotThere {
      return nil
    }
  }

  private static func fetch(
    _ missing: [ContentDigest], of content: ContentDigest, into intake: ChunkIntake,
    _ connection: PeerConnection
  ) async throws {
    var rest = missing[...]
    while !rest.isEmpty {
      let asked = rest.prefix(SyncLimits.chunks)
      let answer = try await connection.chunks(asked)
      guard let frames = try? ChunkBatch.split(answer) else {
        throw ContentFailure.altered(content)
      }
      // In the order of the question; what is passed over is not there.
      var position = asked.startIndex
      for (chunk, frame) in frames {
        guard let found = asked[position...].firstIndex(of: chunk) else {
          throw SyncFailure.notAPeer(url: connection.url)
        }
        do { try intake.add(frame) } catch LargeFailure.badFrame {
          throw ContentFailure.altered(content)
        }
        position = found + 1
      }
      rest = frames.isEmpty ? rest.dropFirst(asked.count) : rest[position...]
    }
  }

  /// - Returns: true if the peer has it now, false if it is to be given whole.
  static func give(
    _ digest: ContentDigest, _ size: Int64, _ workspace: Workspace, _ connection: PeerConnection
  ) async throws -> Bool {
    let store = workspace.contentStore
    guard isWorthIt(size, connection), store.wholeFile(of: digest) == nil,
      let recipe = try? store.large.recipe(of: digest),
      Recipe.bytesMax(ofContent: size) <= SyncLimits.recipeBytes
        || recipe.encoded.count <= SyncLimits.recipeBytes
    else { return false }
    var (lacking, idle) = (Int.max, 0)
    do {
      while idle < idleRoundsMax {
        let missing = try await connection.missing(recipe)
        if missing.isEmpty { return true }
        idle = missing.count < lacking ? 0 : idle + 1
        lacking = missing.count
        do {
          try await give(missing, of: digest, store, connection)
        } catch SyncFailure.contentNotThere {
          // The peer was started anew, or has begun others meanwhile: it is shown the recipe once more.
          continue
        }
      }
    } catch SyncFailure.wantsWhole {
      return false
    } catch is LargeFailure {
      // A chunk has rotted here.
      return false
    }
    return false
  }

  /// Rounds that bring nothing before it is given up.
  private static let idleRoundsMax = 3

  /// - Throws: `LargeFailure` if a chunk has rotted here.
  private static func give(
    _ missing: [ContentDigest], of digest: ContentDigest, _ store: ContentStore,
    _ connection: PeerConnection
  ) async throws {
    var message: [UInt8] = []
    var ahead: FetchedFrames?
    for (number, chunk) in missing.enumerated() {
      // A message at a time comes from the bucket, if they lie there.
      if message.isEmpty {
        ahead = try store.large.fetchAhead(
          Array(missing[number...].prefix(SyncLimits.chunks)), bytesMax: SyncLimits.chunkBytes)
      }
      guard let frame = try store.large.frame(of: chunk, ahead: ahead) else {
        throw LargeFailure.chunkMissing(content: digest, chunk: chunk)
      }
      message += frame
      if message.count >= SyncLimits.chunkBytes {
        try await connection.putChunks(message, of: digest)
        message = []
      }
    }
    if !message.isEmpty { try await connection.putChunks(message, of: digest) }
  }
}
