import FieldbookModel
import Foundation

/// Runs that W&B recorded offline: folders with a log and the files of the run.
package final class WandBFolder: Source {
  package let title: String
  private let runs: [String]

  /// - Parameter path: a `wandb` folder, one above it, or one run's.
  package init(path: String) throws {
    title = path
    try LocalFiles.requireFolder(path, what: "W&B folder")
    let candidates = [path] + WandBFolder.below(path) + WandBFolder.below(path + "/wandb")
    runs = candidates.filter { WandBFolder.log(in: $0) != nil }
    guard !runs.isEmpty else {
      throw MovingFailure.notA(
        what: "W&B folder", path: path, reason: "no folder in it has a run's log (run-….wandb)")
    }
  }

  private static func below(_ path: String) -> [String] {
    StoreFiles.folders(path).map { path + "/" + $0 }
  }

  static func log(in folder: String) -> String? {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      .first { $0.hasPrefix("run-") && $0.hasSuffix(".wandb") }.map { folder + "/" + $0 }
  }

  package func census() throws -> Census {
    var census = Census()
    census[.runs] = runs.count
    return census
  }

  package func read(_ sink: RecordSink) throws {
    var known: Set<String> = []
    for folder in runs {
      guard let log = WandBFolder.log(in: folder) else { continue }
      let state = try WandBState(log)
      if case .damaged(let reason) = state.end {
        try sink(.left(Left(.points, log, reason: "damaged: \(reason)")))
      }
      guard let described = state.run else {
        try sink(.left(Left(.runs, log, reason: "its log says nothing of the run")))
        continue
      }
      let experiment = described.project.isEmpty ? "uncategorized" : described.project
      if known.insert(experiment).inserted {
        try sink(.experiment(ForeignExperiment(name: experiment)))
      }
      try sink(.run(state.record(described, experiment: experiment, folder: folder)))
      try state.eachPoint(of: log) { try sink(.points($0)) }
      try sink(.endOfRun)
    }
  }
}

/// Files of a run as W&B saved them, and its log, in which is all that has no other place here.
struct WandBFiles: ForeignFiles {
  private let saved: LocalFiles
  private let own: LocalFiles
  private let log: String?

  init(run folder: String) {
    // W&B saves files of the project as links.
    let project = PathText.folder(of: PathText.folder(of: folder))
    saved = LocalFiles(root: folder + "/files", isOptional: true, linksWithin: project)
    own = LocalFiles(root: folder)
    log = WandBFolder.log(in: folder).map { ($0 as NSString).lastPathComponent }
  }

  private static let logFolder = "wandb/"

  func each(_ body: (ForeignFile) throws -> Void) throws {
    try saved.each(body)
    try own.each { file in
      if file.path == log {
        try body(
          ForeignFile(
            path: WandBFiles.logFolder + file.path, byteCount: file.byteCount, stamp: file.stamp))
      }
    }
  }

  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void
  ) throws {
    guard let log, file.path == WandBFiles.logFolder + log else {
      return try saved.withContent(of: file, staging: staging, body)
    }
    let place = ForeignFile(path: log, byteCount: file.byteCount, stamp: file.stamp)
    try own.withContent(of: place, staging: staging, body)
  }
}
