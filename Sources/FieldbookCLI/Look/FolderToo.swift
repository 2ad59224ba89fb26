import FieldbookModel

/// A file whose name is a folder of other files: what a person is told of it.
enum FolderToo {
  static func words(_ path: String) -> Phrase {
    Phrase(
      "\(path) is a folder of other files, too: written as \(path)\(Artifact.folderTooMark)",
      .yellow)
  }
}
