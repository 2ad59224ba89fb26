import FieldbookModel

/// How an archive is packed, told by its name.
package enum ArchiveForm: String, Sendable, CaseIterable {
  case zip, tar
  case tarGzip = "tar.gz"

  /// Nil for a name that ends otherwise.
  package init?(fileName: String) {
    let name = fileName.lowercased()
    if name.hasSuffix(".zip") {
      self = .zip
    } else if name.hasSuffix(".tar") {
      self = .tar
    } else if name.hasSuffix(".tar.gz") || name.hasSuffix(".tgz") {
      self = .tarGzip
    } else {
      return nil
    }
  }
}
