import FieldbookModel

/// One hash over everything that a replica knows.
package enum HeadsDigest {
  package static func of(_ heads: [Head]) -> ContentDigest {
    var out = ByteWriter()
    for head in heads.sorted() { out.bytes(head.hash.bytes) }
    return ContentDigest(bytes: OperationHash.sha256(out.bytes))!
  }
}
