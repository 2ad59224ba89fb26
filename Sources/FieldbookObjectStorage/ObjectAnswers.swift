import FieldbookRepository

/// A page of a list of objects. Source: Amazon S3 API Reference, `ListObjectsV2`.
package struct ObjectPage: Equatable, Sendable {
  package var entries: [BucketEntry] = []
  /// What asks for the next page; nil if this is the last.
  package var next: String?

  package static let entriesMax = 10_000

  /// Nil for what is no such page, or has more than was asked for.
  package init?(_ bytes: [UInt8]) {
    guard let tree = BoundedXML.read(bytes, top: "ListBucketResult") else { return nil }
    var isTruncated = false
    for field in tree.fields {
      switch field.path {
      case ["IsTruncated"]: isTruncated = field.text == "true"
      case ["NextContinuationToken"]: next = field.text
      case ["Contents"]:
        guard let size = field.members["Size"].flatMap({ Int64($0) }), size >= 0,
          let key = field.members["Key"], entries.count < ObjectPage.entriesMax
        else { return nil }
        entries.append(BucketEntry(key: key, byteCount: size))
      default: continue
      }
    }
    if !isTruncated { next = nil } else if next?.isEmpty != false { return nil }
  }
}

/// What a storage says when it refuses. Source: Amazon S3 API Reference, "Error Responses".
package struct ObjectError: Equatable, Sendable {
  package var code: String
  package var message: String
  /// Where the bucket is, for those who asked elsewhere.
  package var region: String?

  /// Nil for anything else: a proxy's page, nothing.
  package init?(_ bytes: [UInt8]) {
    guard let tree = BoundedXML.read(bytes, top: "Error") else { return nil }
    func text(_ name: String) -> String? { tree.fields.first { $0.path == [name] }?.text }
    guard let code = text("Code"), !code.isEmpty else { return nil }
    self.code = ObjectError.plain(code, 60)
    message = ObjectError.plain(text("Message") ?? "", 200)
    region = text("Region").map { ObjectError.plain($0, 60) }
  }

  /// Printable ASCII in one line: it is shown on a terminal.
  static func plain(_ text: String, _ count: Int) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(count).map { (0x20..<0x7f).contains($0.value) ? $0 : "?" }))
  }
}
