import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// What a replica holds, as `expected.json` says it.
struct GoldenFacts: Codable, Equatable {
  var workspace: String
  var stateHash: String
  var segments: [String]
  var payloads: [String]

  init(_ workspace: Workspace) throws {
    try workspace.seal()
    let offers = try workspace.segments(notIn: [], maxBytes: .max, after: nil).segments
    self.workspace = workspace.id.hex
    stateHash = try workspace.stateHash()
    segments = offers.map(\.hash.hex).sorted()
    payloads = try workspace.chunkPayloads(of: offers.map(\.hash)).map(\.0.hex).sorted()
  }
}
