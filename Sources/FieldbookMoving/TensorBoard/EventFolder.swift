import FieldbookModel
import Foundation

/// A folder of TensorBoard's event files: each folder that holds some is a run, named by its path as TensorBoard does.
package final class EventFolder: Source {
  package let title: String
  private let root: String
  private let experiment: String
  /// Paths below the root, empty for the root itself.
  private let runs: [String]

  /// - Parameter experiment: the name that it gets; part of what the runs are known by.
  package init(path: String, experiment: String) throws {
    title = path
    root = path
    self.experiment = experiment
    try LocalFiles.requireFolder(path, what: "TensorBoard folder")
    var found: Set<String> = []
    try LocalFiles(root: path).each { file in
      if EventFolder.isEventFile(file.path) {
        found.insert(PathText.folder(of: file.path))
      }
    }
    runs = found.sorted()
    guard !runs.isEmpty else {
      throw MovingFailure.notA(
        what: "TensorBoard folder", path: path, reason: "no file in it is called …tfevents…")
    }
  }

  static func isEventFile(_ path: String) -> Bool {
    (path as NSString).lastPathComponent.contains("tfevents")
  }

  package func census() throws -> Census {
    var census = Census()
    census[.experiments] = 1
    census[.runs] = runs.count
    return census
  }

  package func read(_ sink: RecordSink) throws {
    try sink(.experiment(ForeignExperiment(name: experiment)))
    for run in runs { try read(run, sink) }
  }

  private func read(_ path: String, _ sink: RecordSink) throws {
    let folder = path.isEmpty ? root : root + "/" + path
    let files = EventFiles(folder: folder)
    var summary = EventSummary()
    for file in files.names {
      let end = try EventFolder.each(folder + "/" + file) { summary.take($0) }
      if case .cut(let at) = end {
        summary.ends.append("\(file) ends within a record (byte \(at))")
      }
      if case .damaged(let reason) = end {
        try sink(.left(Left(.points, "\(path)/\(file)", reason: "damaged: \(reason)")))
      }
    }
    let name = path.isEmpty ? "." : path
    // The first event is written when the run begins; later ones say what times they like.
    let key = ForeignKey.hashed(
      "tensorboard run", [experiment, name, String(summary.openingTime ?? 0)])
    var run = ForeignRun(key: key, id: name, experiment: experiment)
    run.name = name
    run.startTime = summary.firstTime
    run.state = RunState(
      status: summary.isFailed ? .failed : .finished,
      endTime: summary.lastTime.map(Timestamp.init(milliseconds:)))
    run.parameters = summary.parameters
    run.tags = summary.texts.mapValues(\.text)
    if !summary.others.isEmpty {
      let words = summary.others.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
      run.tags["tensorboard.in_files_only"] = words.joined(separator: ", ")
    }
    for end in summary.ends { run.tags["tensorboard.cut"] = end }
    run.files = files
    try sink(.run(run))
    for file in files.names {
      _ = try EventFolder.each(folder + "/" + file) { event in
        for value in event.values {
          guard case .scalar(let number) = value.content else { continue }
          try sink(
            .points(
              MetricSeries(
                key: value.tag,
                points: [MetricPoint(step: event.step, timestamp: event.time, value: number)])))
        }
      }
    }
    try sink(.endOfRun)
  }

  /// What comes before damage counts.
  static func each(
    _ path: String, _ body: (TensorBoardEvent) throws -> Void
  ) throws -> FileEnd {
    let file = try TFRecordFile(path)
    while true {
      let event: TensorBoardEvent
      do {
        guard let bytes = try file.next() else { break }
        event = try TensorBoardEvent(bytes)
      } catch MovingFailure.damaged(_, let reason) {
        return .damaged(reason)
      } catch is ProtobufFailure {
        return .damaged("a record is no event")
      }
      try body(event)
    }
    return file.end ?? .whole
  }
}

/// The event files of one folder, and not of those below.
private struct EventFiles: ForeignFiles {
  let folder: String

  /// In the order in which they were written: their names begin with the time.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      .filter { EventFolder.isEventFile($0) }
  }

  func each(_ body: (ForeignFile) throws -> Void) throws {
    for name in names {
      var info = stat()
      guard lstat(folder + "/" + name, &info) == 0 else { continue }
      let stamp = Int64(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_mtim.tv_nsec)
      try body(
        ForeignFile(path: "tensorboard/" + name, byteCount: Int64(info.st_size), stamp: stamp))
    }
  }

  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void
  ) throws {
    let name = (file.path as NSString).lastPathComponent
    try LocalFiles(root: folder).withContent(
      of: ForeignFile(path: name, byteCount: file.byteCount, stamp: file.stamp), staging: staging,
      body)
  }
}

/// What the events of a run say, its points aside.
private struct EventSummary {
  /// Of the first event of the first file.
  private(set) var openingTime: Int64?
  private(set) var firstTime: Int64?
  private(set) var lastTime: Int64?
  private(set) var parameters: [String: String] = [:]
  private(set) var texts: [String: (step: Int64, text: String)] = [:]
  private(set) var others: [String: Int] = [:]
  private(set) var isFailed = false
  var ends: [String] = []

  mutating func take(_ event: TensorBoardEvent) {
    openingTime = openingTime ?? event.time
    firstTime = min(firstTime ?? event.time, event.time)
    lastTime = max(lastTime ?? event.time, event.time)
    if event.others > 0 { others["graphs and the like", default: 0] += event.others }
    for value in event.values {
      switch value.content {
      case .scalar: break
      case .text(let text):
        // Of several the last.
        if (texts[value.tag]?.step ?? .min) <= event.step { texts[value.tag] = (event.step, text) }
      case .parameters(let found): parameters.merge(found) { _, later in later }
      case .ended(let status): isFailed = status == 2
      case .other(let kind):
        others[kind.isEmpty ? "tensors" : kind, default: 0] += 1
      }
    }
  }
}
