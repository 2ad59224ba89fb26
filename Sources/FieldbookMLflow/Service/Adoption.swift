import FieldbookModel
import Synchronization

/// The run that `fieldbook run` opened for its command, until the command's first `runs/create`
/// takes it over.
///
/// Exactly one create gets the run, however many come at once; every later run is its child.
final class Adoption: Sendable {
  /// The run to adopt; nil when the server was not started for one.
  let parent: RunID?
  private let isWaiting: Mutex<Bool>

  init(adopting run: RunID?) {
    parent = run
    isWaiting = Mutex(run != nil)
  }

  /// Calls `takeOver` with the waiting run; nil when there is none, or none any more.
  ///
  /// Others wait meanwhile. When `takeOver` throws, the run goes on waiting for the next.
  func adopt<Result>(_ takeOver: (RunID) throws -> sending Result) throws -> sending Result? {
    guard let parent else { return nil }
    return try isWaiting.withLock { isWaiting in
      guard isWaiting else { return nil }
      let result = try takeOver(parent)
      isWaiting = false
      return result
    }
  }
}
