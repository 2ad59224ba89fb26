import FieldbookModel
import FieldbookRepository

extension FuzzTarget {
  /// What peers send of snapshots, and git's forms in it.
  static let snapshots: [FuzzTarget] = [
    FuzzTarget("object-frame", seeds: [[], frames]) { bytes in
      let found = try ObjectFrame.split(bytes)
      try promise(
        found.allSatisfy { $0.bytes.count <= ObjectFrame.objectBytesMax },
        "object-frame: a long object")
      try promise(
        try ObjectFrame.split(found.flatMap(\.encoded)) == found,
        "object-frame: what was read is written otherwise")
    },
    FuzzTarget("snapshot-tree", seeds: [tree]) { bytes in
      guard let entries = GitObject.entries(ofTree: bytes) else { return }
      let bad: Set<[UInt8]> = [[], [46], [46, 46], Array(".git".utf8)]
      try promise(
        entries.allSatisfy { !bad.contains($0.name) && !$0.name.contains(47) },
        "snapshot-tree: a name that leads elsewhere")
      let size = entries.reduce(0) {
        $0 + String($1.kind.rawValue, radix: 8).count + $1.name.count + 22
      }
      try promise(size <= bytes.count, "snapshot-tree: more than there is")
    },
    FuzzTarget("snapshot-commit", seeds: [commit]) { bytes in
      guard let tree = GitObject.tree(ofCommit: bytes) else { return }
      try promise(
        bytes.starts(with: Array("tree \(tree.hex)\n".utf8)), "snapshot-commit: another tree")
    },
    FuzzTarget("file-pointer", seeds: [pointer]) { bytes in
      guard let found = FilePointer(bytes) else { return }
      try promise(Array(found.text.utf8) == bytes, "file-pointer: not the only way to say it")
      try promise(found.byteCount >= 0, "file-pointer: less than nothing")
    },
  ]

  private static let tree =
    Array("100644 a\0".utf8) + [UInt8](repeating: 7, count: 20) + Array("40000 sub\0".utf8)
    + [UInt8](repeating: 9, count: 20)
  private static let commit = Array(
    """
    tree \(String(repeating: "ab", count: 20))
    author a <b> 1 +0000
    committer a <b> 1 +0000

    name

    Run: 00

    """.utf8)
  private static let pointer = Array(
    """
    version https://git-lfs.github.com/spec/v1
    oid sha256:\(String(repeating: "5f", count: 32))
    size 1048577

    """.utf8)
  private static let frames: [UInt8] = [
    (ObjectFrame.Kind.commit, commit), (.tree, tree), (.blob, pointer),
  ]
  .flatMap { kind, bytes -> [UInt8] in
    guard let id = GitObjectID(hex: String(repeating: "cd", count: 20)) else { return [] }
    return ObjectFrame(object: id, kind: kind, bytes: bytes).encoded
  }
}
