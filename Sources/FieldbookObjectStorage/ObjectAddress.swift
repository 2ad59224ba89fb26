import FieldbookModel

/// `s3://BUCKET/PREFIX`: where packs lie. The prefix may be empty, and has no slash at its ends.
package struct ObjectAddress: Equatable, Sendable, CustomStringConvertible {
  package let bucket: String
  package let prefix: String

  /// - Throws: `InvalidInput` for anything else. Bucket names: Amazon S3 User Guide, "General purpose bucket naming rules", without those
  ///   about names that are taken.
  package init(_ text: String) throws(InvalidInput) {
    func refuse(_ reason: String) -> InvalidInput {
      InvalidInput(
        "'\(text.prefix(200))' is no place for objects: \(reason)",
        hint: "write s3://BUCKET/PREFIX, or folder")
    }
    guard text.hasPrefix("s3://") else { throw refuse("it does not begin with s3://") }
    let rest = text.dropFirst(5)
    let bucket = rest.prefix { $0 != "/" }
    let isNamed = bucket.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: ".")
    }
    guard (3...63).contains(bucket.utf8.count), isNamed, bucket.first != ".", bucket.first != "-",
      bucket.last != ".", bucket.last != "-", !bucket.contains("..")
    else {
      throw refuse(
        "a bucket's name has 3 to 63 small letters, digits, hyphens and dots, and credentials do not"
          + " belong here")
    }
    var prefix = rest.dropFirst(bucket.count)
    while prefix.first == "/" { prefix.removeFirst() }
    while prefix.last == "/" { prefix.removeLast() }
    guard prefix.utf8.count <= 512, prefix.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }),
      !prefix.split(separator: "/", omittingEmptySubsequences: false).contains(where: {
        $0 == "." || $0 == ".." || $0.isEmpty && !prefix.isEmpty
      })
    else { throw refuse("its prefix has to be plain ASCII, without '//', '.' and '..'") }
    self.bucket = String(bucket)
    self.prefix = String(prefix)
  }

  package var description: String { "s3://" + bucket + (prefix.isEmpty ? "" : "/" + prefix) }
}
