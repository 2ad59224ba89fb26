import FieldbookModel
import Foundation

/// What a W&B log adds up to, its history aside.
struct WandBState {
  private(set) var run: WandBRun?
  private var config: [String: JSON] = [:]
  private var summary: [String: JSON] = [:]
  private var exitCode: Int64?
  private var lastTime: Int64?
  private var lastStep: Int64 = 0
  private var historyKeys: Set<String> = []
  private(set) var end: FileEnd?
  private var media = 0
  private var texts = 0

  init(_ log: String) throws {
    end = try WandBState.each(log) { record in
      switch record {
      case .run(let run):
        self.run = run
        take(run.config)
      case .config(let items): take(items)
      case .summary(let items, let removed):
        for path in removed { summary[path.joined(separator: ".")] = nil }
        for item in items {
          for (key, value) in item.leaves where !WandBState.isOwn(key) {
            if let value { summary[key] = value }
          }
        }
      case .history(let step, let items):
        let row = WandBRow(step: step, items)
        lastStep = max(lastStep, row.step)
        lastTime = row.time ?? lastTime
        historyKeys.formUnion(row.numbers.map(\.key))
        media += row.media
        texts += row.texts
      case .exit(let code): exitCode = code
      case .other: break
      }
    }
  }

  /// W&B's own book-keeping.
  static func isOwn(_ key: String) -> Bool { key.hasPrefix("_") }

  private mutating func take(_ items: [WandBItem]) {
    for item in items {
      for (key, value) in item.leaves where !WandBState.isOwn(key) {
        if let value { config[key] = value }
      }
    }
  }

  /// What comes before damage counts.
  private static func each(_ log: String, _ body: (WandBRecord) throws -> Void) throws -> FileEnd? {
    let file = try LogFile(log)
    while true {
      let record: WandBRecord
      do {
        guard let bytes = try file.next() else { return file.end }
        record = try WandBRecord(bytes)
      } catch MovingFailure.damaged(_, let reason) {
        return .damaged(reason)
      } catch is ProtobufFailure {
        return .damaged("a record is no message of W&B's")
      }
      try body(record)
    }
  }

  // MARK: Out

  func record(_ described: WandBRun, experiment: String, folder: String) -> ForeignRun {
    // Without the entity: offline it is often not known, and the id is drawn at random.
    let key = ForeignKey.hashed("wandb run", [described.project, described.id])
    var run = ForeignRun(key: key, id: described.id, experiment: experiment)
    run.name = described.name.isEmpty ? described.id : described.name
    run.description = described.notes.isEmpty ? nil : described.notes
    run.startTime = described.startTime
    let status: RunStatus =
      switch exitCode {
      case nil: .running
      case 0: .finished
      default: .failed
      }
    run.state = RunState(
      status: status,
      endTime: exitCode == nil ? nil : lastTime.map(Timestamp.init(milliseconds:)))
    run.labels = described.tags
    run.parameters = config.mapValues(WandBState.text)
    run.tags = ["wandb.run_id": described.id]
    for (key, value) in [
      ("wandb.entity", described.entity), ("wandb.group", described.group),
      ("wandb.job_type", described.jobType), ("wandb.sweep_id", described.sweep),
    ] where !value.isEmpty { run.tags[key] = value }
    if exitCode != nil, exitCode != 0 { run.tags["wandb.exit_code"] = String(exitCode ?? 0) }
    for (key, value) in summary where value.realNumber == nil {
      run.tags["wandb.summary." + key] = WandBState.text(value)
    }
    if !described.host.isEmpty { run.environment["host"] = described.host }
    if !described.gitCommit.isEmpty { run.environment["git_commit"] = described.gitCommit }
    if texts + media > 0 {
      run.tags["wandb.in_log_only"] = "\(texts) texts, \(media) pictures, tables and the like"
    }
    if case .cut(let at) = end {
      run.tags["wandb.cut"] = "the log ends within a record (byte \(at))"
    }
    run.files = WandBFiles(run: folder)
    return run
  }

  /// Of the history, and numbers that only the summary has.
  func eachPoint(of log: String, _ body: (MetricSeries) throws -> Void) throws {
    var last: Int64?
    _ = try WandBState.each(log) { record in
      guard case .history(let step, let items) = record else { return }
      let row = WandBRow(step: step, items)
      last = row.time ?? last
      let time = last ?? run?.startTime ?? 0
      for (key, value) in row.numbers {
        try body(
          MetricSeries(
            key: key, points: [MetricPoint(step: row.step, timestamp: time, value: value)]))
      }
    }
    for (key, value) in summary.sorted(by: { $0.key < $1.key }) where !historyKeys.contains(key) {
      guard let number = WandBRow.number(value) else { continue }
      let time = lastTime ?? run?.startTime ?? 0
      try body(
        MetricSeries(
          key: key, points: [MetricPoint(step: lastStep, timestamp: time, value: number)]))
    }
  }

  static func text(_ value: JSON) -> String {
    value.string ?? String(decoding: value.utf8, as: UTF8.self)
  }
}

/// One step of a history.
struct WandBRow {
  var step: Int64
  /// Milliseconds since 1970.
  var time: Int64?
  var numbers: [(key: String, value: Double)] = []
  var media = 0
  var texts = 0

  init(step: Int64?, _ items: [WandBItem]) {
    self.step = step ?? 0
    for item in items {
      for (key, value) in item.leaves {
        switch key {
        case "_step": self.step = value?.wholeNumber ?? self.step
        case "_timestamp":
          time = value?.realNumber.flatMap { Int64(exactly: ($0 * 1000).rounded()) }
        case _ where WandBState.isOwn(key): break
        default:
          if let number = value.flatMap(WandBRow.number) {
            numbers.append((key, number))
          } else if value == nil {
            media += 1
          } else {
            texts += 1
          }
        }
      }
    }
  }

  /// W&B writes NaN and infinities as words, too.
  static func number(_ value: JSON) -> Double? {
    if case .bool(let flag) = value { return flag ? 1 : 0 }
    if case .string(let text) = value, !["NaN", "Infinity", "-Infinity"].contains(text) {
      return nil
    }
    return value.realNumber
  }
}
