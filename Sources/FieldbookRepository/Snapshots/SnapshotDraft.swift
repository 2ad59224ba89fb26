import FieldbookModel

/// What a snapshot is to be made of.
package struct SnapshotDraft {
  /// The rest of the tree, and what the commit says.
  package struct Rest {
    /// Below `config`, `environment` and so on; never below `code`.
    package var files: [(path: TreePath, bytes: [UInt8])]
    /// As git's messages are: a line, an empty one, text, trailers.
    package var message: String

    package init(files: [(path: TreePath, bytes: [UInt8])], message: String) {
      self.files = files
      self.message = message
    }
  }

  package enum Code {
    case folder(FolderListing)
    /// The code of another commit of the same repository, with the large files of which it holds pointers.
    case asIn(GitObjectID, large: [FolderSnapshot.LargeFile])
  }

  /// The run's id.
  package var run: String
  /// Nil if no code is taken.
  package var code: Code?
  package var limits = SnapshotLimits()
  package var author: String
  package var address: String
  package var time: Timestamp
  /// The kind of secret in a file's bytes; nil if there is none.
  package var secret: ([UInt8]) -> String?

  package init(
    run: String, code: Code?, author: String, address: String, time: Timestamp,
    secret: @escaping ([UInt8]) -> String?
  ) {
    self.run = run
    self.code = code
    self.author = author
    self.address = address
    self.time = time
    self.secret = secret
  }

  package init(
    run: String, listing: FolderListing?, author: String, address: String, time: Timestamp,
    secret: @escaping ([UInt8]) -> String?
  ) {
    self.init(
      run: run, code: listing.map { .folder($0) }, author: author, address: address, time: time,
      secret: secret)
  }

  /// A name as a commit may hold it: one line, without what ends a name there.
  package static func line(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { $0.value >= 32 && $0 != "<" && $0 != ">" })
    ).trimmingPrefix { $0 == " " || $0 == "." }.description
  }
}
