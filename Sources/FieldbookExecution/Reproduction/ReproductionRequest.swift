import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace

/// Which run is to be done again, and how.
package struct ReproductionRequest: Sendable {
  package enum Environment: String, CaseIterable, Sendable {
    /// The interpreter at hand.
    case reuse
    /// A new one, with the recorded packages.
    case create
  }

  package var run: RunID
  package var environment: Environment
  package var allowsDataChange: Bool
  /// Where data lies here: `NAME=PATH`.
  package var data: [GivenData]
  /// A folder that is not there yet, or empty; nil: one for a while.
  package var folder: String?
  /// Words that are put behind the command.
  package var extra: [String]
  /// Where the person stands.
  package var here: String
  package var variables: [String: String]
  package var isStdoutTaken: Bool
  /// Lines for the person.
  package var tell: @Sendable (_ line: String, _ isWarning: Bool) -> Void
  package var told: @Sendable (String, DataProgress) -> Void
  /// What is under way, for a terminal.
  package var progress: @Sendable (String) -> Void

  package init(
    run: RunID, environment: Environment, allowsDataChange: Bool, data: [GivenData],
    folder: String?, extra: [String], here: String, variables: [String: String],
    isStdoutTaken: Bool, tell: @escaping @Sendable (String, Bool) -> Void,
    told: @escaping @Sendable (String, DataProgress) -> Void,
    progress: @escaping @Sendable (String) -> Void
  ) {
    self.run = run
    self.environment = environment
    self.allowsDataChange = allowsDataChange
    self.data = data
    self.folder = folder
    self.extra = extra
    self.here = here
    self.variables = variables
    self.isStdoutTaken = isStdoutTaken
    self.tell = tell
    self.told = told
    self.progress = progress
  }
}
