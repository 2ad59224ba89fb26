import FieldbookModel

/// The forms of git's objects, as far as snapshots use them.
package enum GitObject {
  /// The tree that a commit's first line names. Nil for anything else, and for one with parents: snapshots have none.
  package static func tree(ofCommit bytes: [UInt8]) -> GitObjectID? {
    guard bytes.count > 46, bytes.starts(with: "tree ".utf8), bytes[45] == 10,
      !bytes[46...].starts(with: "parent ".utf8)
    else { return nil }
    return GitObjectID(hex: String(decoding: bytes[5..<45], as: UTF8.self))
  }

  /// `MODE NAME\0ID`, one after the other; nil for anything else.
  package static func entries(ofTree bytes: [UInt8]) -> [(
    name: [UInt8], kind: TreeEntry.Kind, object: GitObjectID
  )]? {
    var out: [(name: [UInt8], kind: TreeEntry.Kind, object: GitObjectID)] = []
    var index = 0
    while index < bytes.count {
      guard let space = bytes[index...].prefix(8).firstIndex(of: 32),
        let end = bytes[space...].firstIndex(of: 0), bytes.count - end > 20,
        let mode = UInt32(String(decoding: bytes[index..<space], as: UTF8.self), radix: 8),
        let kind = TreeEntry.Kind(rawValue: mode),
        String(mode, radix: 8).utf8.elementsEqual(bytes[index..<space]),
        let object = GitObjectID(hex: Hex.encode(Array(bytes[(end + 1)..<(end + 21)])))
      else { return nil }
      let name = Array(bytes[(space + 1)..<end])
      guard TreePath.isGoodName(name) else { return nil }
      out.append((name, kind, object))
      index = end + 21
    }
    return out
  }
}
