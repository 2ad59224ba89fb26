import FieldbookModel

/// A file whose name is a folder of other files: what a person is told of it.
enum FolderToo {
  static func words(_ path: String) -> Phrase {
    Phrase(
      "\(path) is a folder of other files, too: written as \(path)\(Artifact.folderTooMark)",
      .yellow)
  }

  /// The same of a file whose name the file system takes for another's.
  static func foldedWords(_ path: String, writtenAs place: String) -> Phrase {
    Phrase(
      "\(path) has the name of another file, as the file system here sees it: written as \(place)",
      .yellow)
  }
}
