/// How much of a folder a snapshot takes.
package struct SnapshotLimits: Equatable, Sendable {
  /// Files. More are no project, but a disk: then nothing is taken.
  package var files = 50_000
  /// Of a folder without git, where nothing says what belongs to the project.
  package var filesWithoutGit = 5_000
  /// Bytes of one file.
  package var fileBytes: Int64 = 100 << 20
  /// Bytes of all files together.
  package var allBytes: Int64 = 1 << 30
  /// Files of more bytes than this are kept beside git: git holds a pointer.
  package var wholeBytes: Int64 = 1 << 20

  package init() {}
}
