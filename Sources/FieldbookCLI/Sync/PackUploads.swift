import FieldbookModel
import FieldbookRepository
import FieldbookServing
import FieldbookWorkspace
import Foundation
import ServiceLifecycle
import Synchronization

/// Brings packs into the object storage while a hub or a server runs. What fails is said once, waits here, and is tried again after
/// pauses that grow; nobody who asks the server waits for it.
struct PackUploads: Service {
  private let workspace: Workspace
  private let console: Console

  static let lookSeconds = 2.0
  static let pauseSecondsMax = 300.0

  init(_ workspace: Workspace, _ console: Console) {
    self.workspace = workspace
    self.console = console
  }

  func run() async throws {
    guard try workspace.objectsAddress() != nil else {
      // A service that ends would end the others.
      return try await gracefulShutdown()
    }
    await cancelWhenGracefulShutdown { await repeatedly() }
  }

  private func repeatedly() async {
    let stop = Stop()
    var pause = PackUploads.lookSeconds
    var told: String?
    await withTaskCancellationHandler {
      while !Task.isCancelled {
        let trouble = await pass { stop.isAsked }
        if let trouble, trouble.message != told {
          console.warning("large files wait here: \(trouble.message)")
          console.hint(trouble.hint)
        } else if trouble == nil, told != nil {
          console.status(Phrase("large files go to the object storage again"))
        }
        told = trouble?.message
        pause =
          trouble == nil ? PackUploads.lookSeconds : min(pause * 2, PackUploads.pauseSecondsMax)
        try? await Task.sleep(for: .seconds(pause))
      }
    } onCancel: {
      stop.ask()
    }
  }

  private final class Stop: Sendable {
    private let state = Mutex(false)
    var isAsked: Bool { state.withLock { $0 } }
    func ask() { state.withLock { $0 = true } }
  }

  /// Returns at once when it is cancelled: what is half done is done again, as after a kill.
  private func pass(_ isStopped: @escaping @Sendable () -> Bool) async -> (
    message: String, hint: String
  )? {
    let outcome = Outcome()
    let workspace = workspace
    Task.detached {
      do {
        let report = try await Blocking.run { try workspace.uploadPacks(isStopped: isStopped) }
        outcome.set(report?.failure.map { ($0.message, $0.hint) })
      } catch let failure as any Failure {
        outcome.set((failure.message, failure.hint))
      } catch {
        outcome.set(("\(error)", "fieldbook doctor"))
      }
    }
    while !Task.isCancelled {
      if let done = outcome.value { return done.trouble }
      try? await Task.sleep(for: .milliseconds(100))
    }
    return nil
  }

  private final class Outcome: Sendable {
    struct Done { var trouble: (message: String, hint: String)? }
    private let state = Mutex<Done?>(nil)
    var value: Done? { state.withLock { $0 } }
    func set(_ trouble: (String, String)?) { state.withLock { $0 = Done(trouble: trouble) } }
  }
}
