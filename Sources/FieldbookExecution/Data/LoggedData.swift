import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation
import Synchronization

/// Data that a command tells of itself, by MLflow's `log_input`: files and folders of this machine get a content digest as
/// soon as they are seen, at the latest when the command has ended.
final class LoggedData: Sendable {
  private struct State {
    var tried: Set<[String]> = []
    var captured: [String] = []
    var notCaptured: [String] = []
  }

  private let workspace: Workspace
  private let run: RunID
  private let folder: String
  private let began: Int64
  private let told: @Sendable (String, DataProgress) -> Void
  private let state = Mutex(State())
  private static let interval = Duration.seconds(1)

  /// - Parameter folder: what relative paths begin at.
  init(
    _ workspace: Workspace, _ run: RunID, folder: String,
    told: @escaping @Sendable (String, DataProgress) -> Void
  ) {
    self.workspace = workspace
    self.run = run
    self.folder = folder
    self.told = told
    began = workspace.environment.now()
  }

  /// Looks every second until the task is cancelled.
  func watch() -> Task<Void, Never> {
    Task.detached(priority: .utility) { [self] in
      while (try? await Task.sleep(for: LoggedData.interval)) != nil, !Task.isCancelled {
        await Blocking.run { self.look(ContentTag.during) }
      }
    }
  }

  /// To be called when the watching has ended.
  ///
  /// - Parameter isLooking: false if there is no time for it: what was not seen yet is said to be not captured.
  func finish(isLooking: Bool = true) async -> (captured: [String], notCaptured: [String]) {
    await Blocking.run { isLooking ? self.look(ContentTag.end) : self.leave() }
    return state.withLock { ($0.captured, $0.notCaptured) }
  }

  private func leave() {
    for (dataset, _) in unseen() {
      state.withLock {
        $0.notCaptured.append("the content of data \(dataset.name) (the command was killed)")
      }
    }
  }

  /// Those that nobody looked at yet; each is told once.
  private func unseen() -> [(dataset: Dataset, path: String)] {
    ((try? workspace.datasets(of: run)) ?? []).compactMap { dataset in
      guard dataset.tags[ContentTag.content] == nil,
        let path = LoggedData.path(of: dataset, in: folder),
        state.withLock({ $0.tried.insert([dataset.name, dataset.digest]).inserted })
      else { return nil }
      return (dataset, path)
    }
  }

  private func look(_ when: String) {
    for (dataset, path) in unseen() {
      let words = "data \(dataset.name)"
      do {
        let version = try workspace.readData(path, shown: path) { [told] in
          told(dataset.name, $0)
        }
        var known = dataset
        known.tags[ContentTag.content] = version.digestText
        known.tags[ContentTag.when] = when
        if isYoung(path) { known.tags[ContentTag.made] = "true" }
        try workspace.addDatasets(run, [known], durability: .script)
        let place = when == ContentTag.end ? "at the end of the run" : "while the command ran"
        state.withLock { $0.captured.append("\(words) (\(version.shortDigest), taken \(place))") }
      } catch {
        let reason = (error as? any Failure)?.message ?? SystemReason.words(error)
        state.withLock { $0.notCaptured.append("the content of \(words) (\(reason))") }
      }
    }
  }

  private func isYoung(_ path: String) -> Bool {
    var info = stat()
    guard stat(path, &info) == 0 else { return false }
    return Int64(info.st_mtim.tv_sec) * 1000 + Int64(info.st_mtim.tv_nsec) / 1_000_000 >= began
  }

  private struct Source: Decodable {
    var uri: String?
    var path: String?
  }

  /// Where a dataset with a local source lies; nil for all others. Source: MLflow's `LocalArtifactDatasetSource`.
  static func path(of dataset: Dataset, in folder: String) -> String? {
    guard dataset.sourceType == "local",
      let source = try? JSONDecoder().decode(Source.self, from: Data(dataset.source.utf8)),
      let given = source.uri ?? source.path, !given.isEmpty, !given.utf8.contains(0),
      let data = try? GivenData("data=" + given), !data.isURI
    else { return nil }
    return DataPath.absolute(given, in: folder)
  }
}
