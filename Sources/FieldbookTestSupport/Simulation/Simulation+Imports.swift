import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookWorkspace

/// Runs that several take in from one store, which has them deleted: made twice, with one key, and seen by some before they take
/// it in themselves.
extension Simulation {
  func takeInDeleted(_ who: Int, _ step: Int) throws {
    let workspace = replicas[who].workspace
    let number = UInt64.random(in: 1...2, using: &importing)
    let run = RunID(EntityKey(high: seed &+ 2, low: number))
    let isHere = try workspace.store.inspect { try $0.kind(of: run.key) } == .run
    action = "import"
    switch Int.random(in: 0..<4, using: &importing) {
    case 0, 1:
      trace("step \(step): \(replicas[who].name) takes in deleted run \(number)")
      try deleting(run, who) {
        _ = try workspace.takeIn([
          Arrival(
            .createRun, run.key,
            founding: [(.experiment, .reference(Experiment.defaultID.key))],
            fields: [(.name, .text("imported")), (.tag(try EntryKey("store")), .text("old"))],
            isDeleted: true)
        ])
      }
    case 2 where isHere && !lacks(who, .label):
      trace("step \(step): \(replicas[who].name) puts a label on deleted run \(number)")
      try workspace.addLabels(run, ["kept"])
    case 3 where isHere && !lacks(who, .deletion):
      trace("step \(step): \(replicas[who].name) deletes run \(number)")
      try deleting(run, who) { try workspace.delete(run.key, durability: .person) }
    default: break
    }
  }

  /// Whoever resolves its conflict later has seen it.
  private func deleting(_ run: RunID, _ who: Int, body: () throws -> Void) throws {
    try notingIfToldApart(who, run.key, .lifecycle, Lifecycle.deleted.rawValue, body: body)
  }
}
