import FieldbookModel
import FieldbookRepository

/// What a run takes over from the one that it does again.
package struct RunOrigin: Sendable {
  package var run: RunID
  /// Its snapshot, whose code the new run's snapshot has.
  package var commit: GitObjectID
  package var large: [FolderSnapshot.LargeFile]
  package var facts: CodeFacts
  /// The project's top as it lies here.
  package var root: String
  package var parameters: [String: String]
  /// Names of those that were given on the command line.
  package var overridden: Set<String>
  /// The files of the config, as artifacts.
  package var config: [(path: String, bytes: [UInt8])]
  /// What its environment tells of the config.
  package var configFacts: [String: String]
}
