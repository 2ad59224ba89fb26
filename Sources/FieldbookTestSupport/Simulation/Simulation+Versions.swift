import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// Programs of two levels in one mesh: what the earlier one does not know, it keeps and passes on, until it is replaced.
extension Simulation {
  /// Of what the present program knows, an earlier one may lack these.
  enum Novelty: String, CaseIterable {
    case comment, label, description, deletion, metrics, param, alias, state, lease
    case config

    func isIn(_ op: Operation<Dot>) -> Bool {
      switch self {
      case .metrics: op.kind == .addMetrics
      case .comment: op.kind == .set && op.cells.contains { $0.field == .comments }
      case .description: op.kind == .set && op.cells.contains { $0.field == .description }
      case .deletion: op.kind == .set && op.cells.contains { $0.field == .lifecycle }
      case .lease:
        op.cells.contains { [.leases, .leaseRequests, .leasedNumber].contains($0.field) }
      case .config:
        op.kind == .createConfig || op.cells.contains { $0.field == .configText }
      case .state: op.kind == .set && op.cells.contains { $0.field == .status }
      case .label: op.kind == .set && op.cells.contains { $0.field.family == .labels }
      case .param: op.kind == .set && op.cells.contains { $0.field.family == .params }
      case .alias: op.kind == .set && op.cells.contains { $0.field.family == .aliases }
      }
    }

    init?(_ field: FieldName) {
      switch (field.family, field) {
      case (.labels, _): self = .label
      case (.params, _): self = .param
      case (.aliases, _): self = .alias
      case (_, .description): self = .description
      case (_, .lifecycle): self = .deletion
      case (_, .status): self = .state
      default: return nil
      }
    }
  }

  /// The earlier program of this history; nil in profiles that have none.
  func drawEarlier() -> Vocabulary? {
    guard profile == .versions else { return nil }
    novelties = Set(Novelty.allCases.filter { $0 != .config && generator.chance(35) })
    if configuring.chance(50) { novelties.insert(.config) }
    let lacked = novelties
    return .earlier(level: OperationKind.level - 1) { op in lacked.contains { $0.isIn(op) } }
  }

  /// The program that a process starts with.
  func program() -> Vocabulary {
    guard let earlier, generator.chance(50) else { return .present }
    return earlier
  }

  /// True where the process that acts knows nothing of it.
  func lacks(_ who: Int, _ novelty: Novelty?) -> Bool {
    guard earlier != nil, let novelty, novelties.contains(novelty) else { return false }
    return replicas[who].workspace.environment.vocabulary.level < OperationKind.level
  }

  /// A program is replaced by another, a later or an earlier one.
  func changeProgram(_ who: Int) throws {
    let next = program()
    trace("\(replicas[who].name) is opened by a program of level \(next.level)")
    fault(next.level < OperationKind.level ? "earlier program" : "later program")
    try reopen(who, with: next)
  }

  /// Equal heads and equal level, equal state; then everybody has the present program.
  func endVersions() throws {
    try becomeQuiet()
    let levels = try Dictionary(grouping: replicas) { replica in
      try replica.workspace.store.inspect { try $0.level() }
    }
    for (level, group) in levels.sorted(by: { $0.key < $1.key }) where level > 0 {
      guard Set(try group.map { try $0.workspace.stateHash() }).count == 1 else {
        throw broken(
          "1 equal heads, equal level, equal state", "at level \(level): \(try difference(group))")
      }
    }
    for who in replicas.indices { try reopen(who, with: .present) }
  }
}
