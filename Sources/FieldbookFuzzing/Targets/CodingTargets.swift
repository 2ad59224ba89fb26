import FieldbookModel
import FieldbookReplication

extension FuzzTarget {
  /// What every format of ours is made of.
  static let coding: [FuzzTarget] = [
    FuzzTarget("zstd", seeds: [Zstd.compress([]), Zstd.compress(Array("aaaaaaaab".utf8))]) {
      bytes in
      let limit = 1 << 20
      let content = try Zstd.decompress(bytes, limit: limit)
      try promise(content.count <= limit, "zstd: more was unpacked than is allowed")
      try promise(
        try Zstd.decompress(Zstd.compress(content), limit: content.count) == content,
        "zstd: what was packed again unpacks otherwise")
    },
    FuzzTarget("hex-base32", maxBytes: 256, seeds: [Array("00ffAB".utf8), Array("mzxw6".utf8)]) {
      bytes in
      if let raw = Hex.decode(bytes.text) {
        try promise(Hex.decode(Hex.encode(raw)) == raw, "hex: read otherwise")
      }
      if let raw = Base32.decode(bytes.text) {
        try promise(Base32.decode(Base32.encode(raw)) == raw, "base32: read otherwise")
      }
      try promise(Base32.decode(Base32.encode(bytes)) == bytes, "base32: does not read")
    },
  ]
}
