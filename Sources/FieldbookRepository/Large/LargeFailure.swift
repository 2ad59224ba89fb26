import FieldbookModel

/// What the chunk store refuses, or finds wrong.
package enum LargeFailure: Failure, Equatable {
  /// A chunk of the content is on this disk, but is not what it was.
  case altered(content: ContentDigest, chunk: ContentDigest)
  /// The recipe is here and names a chunk that is not.
  case chunkMissing(content: ContentDigest, chunk: ContentDigest)
  case notHere(ContentDigest)
  case badRecipe(reason: String)
  case badFrame
  case badRange(size: Int64)
  case tooLarge(path: String)
  /// Others put contents for longer than was waited.
  case busy
  /// Written by a later version of the program.
  case laterFormat(path: String)

  package var message: String {
    switch self {
    case .altered(let content, let chunk):
      "content \(content.hex.prefix(12)) was altered on this disk: its chunk \(chunk.hex.prefix(12))"
        + " does not have its hash"
    case .chunkMissing(let content, let chunk):
      "content \(content.hex.prefix(12)) is not complete on this disk: its chunk"
        + " \(chunk.hex.prefix(12)) is gone"
    case .notHere(let content): "content \(content.hex.prefix(12)) is not on this replica"
    case .badRecipe(let reason): "the recipe of a content is damaged: \(reason)"
    case .badFrame: "a chunk was altered on its way"
    case .badRange(let size): "the range of bytes lies outside of the content's \(size) bytes"
    case .tooLarge(let path):
      "\(path) is larger than the \(ChunkLimits.contentBytesMax >> 40) TiB that a content may have"
    case .busy: "contents are being put, and have been for a while"
    case .laterFormat(let path): "\(path) was written by a later version of fieldbook"
    }
  }

  package var hint: String {
    switch self {
    case .altered, .chunkMissing, .notHere:
      "fieldbook sync fetches it from a peer that has it; putting the same file again mends it"
    case .badRecipe, .badFrame: "fetch it again: fieldbook sync"
    case .badRange: "ask for bytes inside of it"
    case .tooLarge: "split it"
    case .busy: "try again when they have ended"
    case .laterFormat: "update fieldbook"
    }
  }
}
