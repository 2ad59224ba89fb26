import FieldbookModel

/// Values as a replica would give them.
enum Samples {
  static let now = Timestamp(milliseconds: 1_763_703_608_412)

  static func conflict(
    kind: ConflictKind = .value, field: String = "description", entity: String = "baseline",
    entityKind: EntityKind = .run, isBlocking: Bool = false, base: String? = "old",
    values: [String?] = ["yes", "no"], devices: [String] = ["ana-laptop", "bo-laptop"]
  ) -> Conflict {
    Conflict(
      id: "4be1" + String(repeating: "0", count: 60), kind: kind, isBlocking: isBlocking,
      entity: EntityReference(
        kind: entityKind, key: EntityKey(high: 0, low: entityKind == .run ? 7 : 8), name: entity),
      field: FieldName(field), base: base, shown: values.last ?? nil,
      sides: zip(values, devices).enumerated().map { index, side in
        ConflictSide(
          letter: String(UnicodeScalar(UInt8(97 + index))), value: side.0,
          author: String(side.1.prefix { $0 != "-" }), device: side.1, isMine: index == 0,
          time: Timestamp(milliseconds: now.milliseconds - 300_000 + Int64(index) * 60_000),
          isSuspect: false, op: "\(index)abc")
      })
  }

  static func run(
    _ digit: UInt64 = 1, name: String = "brisk-heron-412", params: [String: String] = [:],
    metrics: [String: Double] = [:], status: RunStatus = .finished
  ) -> Run {
    Run(
      id: RunID(EntityKey(high: digit << 60, low: 0)), name: name,
      experiment: ExperimentID(EntityKey(high: 4, low: 0)), experimentName: "churn",
      state: RunState(
        status: status, endTime: status.isFinal ? Timestamp(milliseconds: now.milliseconds) : nil),
      lifecycle: .active, startTime: Timestamp(milliseconds: now.milliseconds - 12_000),
      user: "ana", parent: nil, device: "ana-laptop", description: nil, parameters: params,
      metrics: metrics.mapValues { value in
        MetricSummary(
          count: 2, last: MetricPoint(step: 3, timestamp: 5, value: value), minimum: 0,
          maximum: value)
      }, tags: [:], labels: [], comments: [], datasets: [], artifacts: [],
      environment: ["command": "python train.py", "git_commit": "4be1c02a", "git_dirty": "true"],
      conflicts: [])
  }
}
