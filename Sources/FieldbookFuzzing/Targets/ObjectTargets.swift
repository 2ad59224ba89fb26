import FieldbookModel
import FieldbookObjectStorage
import FieldbookRepository

extension FuzzTarget {
  /// What object storages answer, what tells of them, and notes of packs that lie there.
  static let objects: [FuzzTarget] = [
    FuzzTarget("object-page", seeds: [page, lastPage]) { bytes in
      guard let page = ObjectPage(bytes) else { return }
      try promise(page.entries.count <= ObjectPage.entriesMax, "object-page: too many")
      try promise(page.entries.allSatisfy { $0.byteCount >= 0 }, "object-page: less than nothing")
      try promise(page.next != "", "object-page: a next page without a name")
    },
    FuzzTarget("object-error", seeds: [refusal]) { bytes in
      guard let error = ObjectError(bytes) else { return }
      let text = error.code + error.message + (error.region ?? "")
      try promise(
        text.unicodeScalars.allSatisfy { (0x20..<0x7f).contains($0.value) },
        "object-error: it would write to the terminal")
      try promise(text.utf8.count <= 320, "object-error: a long text")
    },
    FuzzTarget("object-profiles", seeds: [profiles]) { bytes in
      let file = ProfileFile(String(decoding: bytes, as: UTF8.self))
      let values = file.profiles.values.flatMap { $0 }
      try promise(
        values.allSatisfy { !$0.key.isEmpty && !$0.value.contains("\n") },
        "object-profiles: a value of several lines")
    },
    FuzzTarget("object-address", seeds: [Array("s3://models/team/a".utf8)]) { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let address = try ObjectAddress(text)
      try promise(
        try ObjectAddress(address.description) == address, "object-address: read otherwise again")
      try promise(
        !address.prefix.contains("//") && !("/" + address.prefix + "/").contains("/../"),
        "object-address: a prefix that leads elsewhere")
    },
    FuzzTarget("pack-note", seeds: [note]) { bytes in
      let whole = bytes.dropLast(32) + ContentDigest(sha256: Array(bytes.dropLast(32))).bytes
      guard let note = PackNote(encoded: Array(whole)) else { return }
      try promise(note.encoded == Array(whole), "pack-note: what was read is written otherwise")
      let table = note.table
      try promise(table.entry(table.count) == nil, "pack-note: an entry behind its end")
      for index in 0..<table.count {
        try promise(table.entry(index) != nil, "pack-note: a hole")
      }
    },
  ]

  private static let page = Array(
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>models</Name><Prefix>p/</Prefix>\
    <MaxKeys>2</MaxKeys><KeyCount>2</KeyCount><IsTruncated>true</IsTruncated>\
    <NextContinuationToken>1ueGcxLPRx1Tr</NextContinuationToken><Contents><Key>p/a&amp;b</Key>\
    <LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;70ee1738b6b21e2c8a43f3a5ab0eee71&quot;</ETag>\
    <Size>11</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>p/c</Key><Size>0</Size>\
    <Owner><ID>x</ID></Owner></Contents></ListBucketResult>
    """.utf8)
  private static let lastPage = Array(
    "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>".utf8)
  private static let refusal = Array(
    """
    <?xml version="1.0"?><Error><Code>AuthorizationHeaderMalformed</Code><Message>the region \
    'us-east-1' is wrong</Message><Region>eu-west-1</Region><RequestId>4442587FB7D0A2F9</RequestId></Error>
    """.utf8)
  private static let profiles = Array(
    """
    # kept here
    [default]
    aws_access_key_id = AKIAIOSFODNN7EXAMPLE
    aws_secret_access_key=a/b+c=
    [profile team]
    region = eu-central-1
      nested = x
    """.utf8)

  private static let note: [UInt8] = {
    var head = PackFormat.head()
    head.replaceSubrange(8..<16, with: [8, 7, 6, 5, 4, 3, 2, 1])
    let table = ChunkTable.encode(
      (0..<3).map {
        ChunkTable.Entry(
          digest: ContentDigest(sha256: [UInt8($0)]), pack: 0, offset: 16 + UInt32($0) * 100,
          frameBytes: 100)
      })
    let tail = PackFormat.tail(
      name: PackFormat.name(table: table, head: head), start: 316, count: 3)
    let store = BucketStore(bytes: [UInt8](repeating: 5, count: 16))
    return store.flatMap { PackNote(store: $0, head: head, ending: table + tail) }?.encoded ?? []
  }()
}
