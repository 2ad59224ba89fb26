import FieldbookReplication

/// What many histories met: how often each fault struck, and what was going on when it did.
package struct Coverage: Codable, Sendable {
  private var seeds: [String: Int] = [:]
  private var failed: [String: Int] = [:]
  private var operations = 0
  private var conflicts = 0
  private var faults: [String: Int] = [:]
  /// By fault, then by what the step was about.
  private var met: [String: [String: Int]] = [:]
  /// What was refused for a reason, by kind.
  private var refusals: [String: Int] = [:]
  package var seconds = 0.0

  package init() {}

  package var failures: Int { failed.values.reduce(0, +) }

  package mutating func add(_ outcome: Simulation.Outcome, _ profile: Simulation.Profile) {
    seeds[profile.rawValue, default: 0] += 1
    operations += outcome.operations
    conflicts += outcome.conflicts
    faults.merge(outcome.faults, uniquingKeysWith: +)
    refusals.merge(outcome.refusals, uniquingKeysWith: +)
    add(met: outcome.met)
  }

  package mutating func add(failureOf profile: Simulation.Profile) {
    seeds[profile.rawValue, default: 0] += 1
    failed[profile.rawValue, default: 0] += 1
  }

  /// Of another process, at the same time.
  package mutating func add(_ other: Coverage) {
    seeds.merge(other.seeds, uniquingKeysWith: +)
    failed.merge(other.failed, uniquingKeysWith: +)
    operations += other.operations
    conflicts += other.conflicts
    faults.merge(other.faults, uniquingKeysWith: +)
    refusals.merge(other.refusals, uniquingKeysWith: +)
    add(met: other.met)
    seconds = max(seconds, other.seconds)
  }

  private mutating func add(met others: [String: [String: Int]]) {
    for (fault, what) in others { met[fault, default: [:]].merge(what, uniquingKeysWith: +) }
  }

  package var table: String {
    let total = seeds.values.reduce(0, +)
    let rate = seconds > 0 ? Double(total) / seconds : 0
    var lines = [
      "\(total) seeds, \(failures) failed, \((rate * 10).rounded() / 10) a second",
      "  "
        + seeds.sorted { $0.key < $1.key }.map {
          "\($0.key) \($0.value)" + (failed[$0.key].map { " (\($0) failed)" } ?? "")
        }
        .joined(separator: ", "),
      "\(operations) writes that the oracle followed, \(conflicts) conflicts left at the end",
      "refused: "
        + refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\($0.key) \($0.value)" }.joined(separator: ", "),
      "faults, and what they met:",
    ]
    for (fault, count) in faults.sorted(by: { $0.key < $1.key }) {
      let actions = (met[fault] ?? [:]).sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
      lines.append("  \(fault) \(count)" + (actions.isEmpty ? "" : ": " + actions))
    }
    return lines.joined(separator: "\n")
  }
}

extension Simulation {
  /// What segments carry: the kinds of their ops, and of the fields that they set.
  static func kinds(in segments: [EncodedSegment]) -> Set<String> {
    kinds(of: segments.map(\.bytes))
  }

  static func kinds(of segments: [[UInt8]]) -> Set<String> {
    var kinds: Set<String> = []
    for bytes in segments {
      for op in (try? Segment(encoded: bytes).body().ops) ?? [] {
        if op.kind == .set {
          kinds.formUnion(
            op.cells.map { $0.isWithheld ? "purged" : "set " + $0.field.split.family })
        } else {
          kinds.insert(name(of: op.kind))
        }
      }
    }
    return kinds
  }

  private static func name(of kind: OperationKind) -> String {
    if let created = kind.createdKind { return "create " + created.name }
    switch kind {
    case .addMetrics: return "metrics"
    case .settle: return "settle"
    case .witness: return "witness"
    case .purge: return "purge"
    default: return "unknown op"
    }
  }
}
