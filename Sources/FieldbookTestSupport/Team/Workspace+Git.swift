import FieldbookWorkspace

extension Workspace {
  /// What stock git says of the replica's repository; what ends with another status than 0 throws.
  @discardableResult
  package func git(_ words: String...) throws -> String {
    try GitFolder(reading: folder + "/repository.git").run(words)
  }
}
