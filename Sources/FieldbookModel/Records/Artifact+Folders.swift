extension Artifact {
  /// Of these paths those that are folders of others as well: `out` where there is `out/x`. Two laptops can make them, and no
  /// filesystem holds both.
  package static func foldersToo(_ artifacts: [Artifact]) -> Set<String> {
    var folders: Set<String> = []
    for artifact in artifacts {
      var folder = PathText.folder(of: artifact.path)
      while !folder.isEmpty, folder != "/", folders.insert(folder).inserted {
        folder = PathText.folder(of: folder)
      }
    }
    return folders.intersection(artifacts.map(\.path))
  }

  /// What is put behind the name of such a file where it is written out.
  package static let folderTooMark = "~"
}
