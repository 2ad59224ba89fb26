import FieldbookModel
import FieldbookWorkspace
import Foundation

/// How busy the machine is while a run goes on: metrics of the run, by the names that MLflow gives them.
///
/// Source of the names: MLflow's `system_metrics`, which has none for the memory of the command alone. Step and time count from the run's start; the first point comes after one
/// interval, so that short runs have none.
final class SystemMetrics: @unchecked Sendable {
  private let workspace: Workspace
  private let run: RunID
  private let interval: Duration
  private let variables: [String: String]
  private var processor: Processor?
  private var step: Int64 = 0
  private var hasCards = true

  static let prefix = "system/"
  private static let variable = "FIELDBOOK_SYSTEM_METRICS"
  private static let usual = Duration.seconds(10)
  /// A `nvidia-smi` that hangs must not hold anything up.
  private static let patience = Duration.seconds(5)

  private init(
    _ workspace: Workspace, _ run: RunID, _ interval: Duration, _ variables: [String: String]
  ) {
    self.workspace = workspace
    self.run = run
    self.interval = interval
    self.variables = variables
    processor = Processor(SystemMetrics.text("/proc/stat"))
  }

  /// Records until the task is cancelled.
  ///
  /// - Returns: nil if none are wanted.
  /// - Throws: `InvalidInput` for a setting that is no number of seconds.
  static func start(_ workspace: Workspace, _ run: RunID, _ variables: [String: String])
    throws(InvalidInput) -> Task<Void, Never>?
  {
    guard let interval = try interval(variables) else { return nil }
    let metrics = SystemMetrics(workspace, run, interval, variables)
    return Task.detached(priority: .utility) {
      while (try? await Task.sleep(for: metrics.interval)) != nil, !Task.isCancelled {
        await Blocking.run { metrics.record() }
      }
    }
  }

  static func interval(_ variables: [String: String]) throws(InvalidInput) -> Duration? {
    guard let text = variables[variable], !text.isEmpty else { return usual }
    if ["0", "off", "no", "false", "none"].contains(text.lowercased()) { return nil }
    guard let seconds = Double(text), seconds >= 0.1, seconds <= 86_400 else {
      throw InvalidInput(
        "\(variable) is '\(text)', which is no number of seconds", hint: "for example 10, or off")
    }
    return .milliseconds(Int64(seconds * 1000))
  }

  private func record() {
    let time = workspace.environment.now()
    var values = sample()
    if hasCards {
      let cards = cards()
      hasCards = !cards.isEmpty
      values.merge(cards) { $1 }
    }
    let series = values.sorted { $0.key < $1.key }.map { name, value in
      MetricSeries(
        key: SystemMetrics.prefix + name,
        points: [MetricPoint(step: step, timestamp: time, value: value)])
    }
    step += 1
    // A disk that is full now may have room again.
    try? workspace.logBatch(run, parameters: [], metrics: series, tags: [], durability: .script)
  }

  private func sample() -> [String: Double] {
    var values = SystemMetrics.memory(SystemMetrics.text("/proc/meminfo"))
    let now = Processor(SystemMetrics.text("/proc/stat"))
    if let now, let processor, let busy = now.busy(since: processor) {
      values["cpu_utilization_percentage"] = busy
    }
    processor = now
    // What we start besides the command is small, and short.
    if let bytes = ProcessTree.memory(below: getpid()) {
      values["process_memory_usage_megabytes"] = Double(bytes) / 1e6
    }
    return values
  }

  /// What nvidia-smi says; nothing where there is none.
  private func cards() -> [String: Double] {
    let command = [
      "nvidia-smi", "--query-gpu=utilization.gpu,memory.used,memory.total,power.draw",
      "--format=csv,noheader,nounits",
    ]
    guard
      let answer = Capture.output(
        command, folder: "/", variables: variables, patience: SystemMetrics.patience)
    else { return [:] }
    return SystemMetrics.cards(answer)
  }

  // MARK: What the system's files say

  /// Ticks of all processors together since the start. Source: proc(5), `/proc/stat`.
  struct Processor: Equatable {
    var all: UInt64
    var idle: UInt64

    init?(_ text: String) {
      guard let line = text.split(separator: "\n").first, line.hasPrefix("cpu ") else { return nil }
      let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { UInt64($0) }
      guard ticks.count >= 5 else { return nil }
      all = ticks.reduce(0, &+)
      idle = ticks[3] &+ ticks[4]
    }

    /// Percent; nil if no time has passed.
    func busy(since earlier: Processor) -> Double? {
      guard all > earlier.all, idle >= earlier.idle else { return nil }
      let share = Double(idle - earlier.idle) / Double(all - earlier.all)
      return max(0, min(100, 100 * (1 - share)))
    }
  }

  /// Megabytes (of a million bytes) and percent. Source: proc(5), `/proc/meminfo`.
  static func memory(_ text: String) -> [String: Double] {
    func kibibytes(_ name: String) -> Double? {
      text.split(separator: "\n").first { $0.hasPrefix(name + ":") }?
        .split(separator: " ").dropFirst().first.flatMap { Double($0) }
    }
    guard let total = kibibytes("MemTotal"), let free = kibibytes("MemAvailable"), total > 0 else {
      return [:]
    }
    return [
      "system_memory_usage_megabytes": (total - free) * 1024 / 1e6,
      "system_memory_usage_percentage": 100 * (total - free) / total,
    ]
  }

  /// A line a card: percent, MiB, MiB, watts; what a card does not tell is no number.
  static func cards(_ answer: String) -> [String: Double] {
    var values: [String: Double] = [:]
    for (number, line) in answer.split(separator: "\n").prefix(64).enumerated() {
      let parts = line.split(separator: ",").map {
        Double($0.trimmingCharacters(in: .whitespaces))
      }
      guard parts.count == 4 else { continue }
      values["gpu_\(number)_utilization_percentage"] = parts[0]
      values["gpu_\(number)_memory_usage_megabytes"] = parts[1].map { $0 * 1_048_576 / 1e6 }
      if let used = parts[1], let total = parts[2], total > 0 {
        values["gpu_\(number)_memory_usage_percentage"] = 100 * used / total
      }
      values["gpu_\(number)_power_usage_watts"] = parts[3]
    }
    return values
  }

  private static func text(_ path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
