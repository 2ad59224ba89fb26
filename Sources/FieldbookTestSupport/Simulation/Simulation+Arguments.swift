import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// Several values of one field, which come one after the other.
extension Simulation {
  /// Everybody writes the same field before any has seen the others; then one hears from each of them, now with this
  /// process and now with that.
  func argue(_ who: Int, _ step: Int) throws {
    guard let run = runs.randomElement(using: &arguing) else { return }
    let key = try EntryKey(arguing.chance(50) ? "a" : "b")
    let writers = try replicas.indices.shuffled(using: &arguing).filter { writer in
      try replicas[writer].workspace.store.inspect { try $0.kind(of: run.key) } == .run
    }
    guard writers.count > 1, writers.contains(who) else { return }
    trace("step \(step): \(writers.count) argue about \(key.text) of run \(run.hex.prefix(8))")
    fault("argument")
    for writer in writers {
      replicas[writer].clock.advance(milliseconds: Int64.random(in: 0...9, using: &arguing))
      let value = "v\(step) of \(replicas[writer].name)"
      try noting(writer, run.key, .tag(key), value) {
        try replicas[writer].workspace.setTag(run.key, key, value, durability: .script)
      }
    }
    for other in writers where other != who {
      replicas[who].acting = Int.random(in: 0..<replicas[who].processes.count, using: &arguing)
      try give(other, to: who, faulty: false)
      if let wrong = try replicas[who].workspace.store.inspect({ try $0.checkInvariants() }) {
        throw broken("tables agree", "after \(replicas[other].name): \(wrong)")
      }
    }
  }
}
