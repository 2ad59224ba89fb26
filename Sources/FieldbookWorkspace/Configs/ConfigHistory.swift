import FieldbookModel
import FieldbookReplication
import FieldbookStore

/// What the changes of all shared configs add up to, one after the other: the log as a line.
///
/// The order is that of time and, at one time, of ops' hashes; nothing comes before what it replaces. Of several values of a field
/// that stand at a point of the line the newest counts, as everywhere. A change after which all is as before is left out.
package struct ConfigHistory: Sendable {
  package enum Deed: String, Sendable {
    case add, edit, merge, rename, remove, restore
  }

  package struct Entry: Sendable {
    package var change: ConfigChange
    package var deed: Deed
    /// As it is called now, and as it was called before, which is the same unless it was renamed.
    package var name: String
    package var before: String
    /// Nil for a config without one.
    package var text: String?
    /// All configs as they are now: texts by name.
    package var files: [String: String]
  }

  package private(set) var entries: [Entry] = []

  package init(_ changes: [ConfigChange]) {
    var state: [ConfigID: ConfigState] = [:]
    var files: [String: String] = [:]
    for change in ConfigHistory.ordered(changes) where !change.isVoid {
      let id = change.config
      var config = state[id] ?? ConfigState(key: id.key)
      let before = config
      config.take(change)
      state[id] = config
      let oldName = before.name
      let names = ConfigHistory.names(state)
      let new = state.reduce(into: [String: String]()) { out, one in
        if let name = names[one.key], let text = one.value.text { out[name] = text }
      }
      guard new != files else { continue }
      files = new
      let name = names[id] ?? oldName ?? config.name ?? id.key.short
      entries.append(
        Entry(
          change: change, deed: ConfigHistory.deed(change, before, config), name: name,
          before: before.name ?? name, text: config.text, files: new))
    }
  }

  private static func deed(_ change: ConfigChange, _ before: ConfigState, _ now: ConfigState)
    -> Deed
  {
    if before.isVisible != now.isVisible {
      if !now.isVisible { return .remove }
      return before.isMade ? .restore : .add
    }
    if before.name != now.name { return .rename }
    return (change.text?.replaces.count ?? 0) > 1 ? .merge : .edit
  }

  /// Of those that are there. Where several have one name the first that was made keeps it.
  private static func names(_ state: [ConfigID: ConfigState]) -> [ConfigID: String] {
    let visible = state.filter { $0.value.isVisible }
    var out: [ConfigID: String] = [:]
    for (name, claims) in Dictionary(grouping: visible.keys, by: { state[$0]?.name ?? "" }) {
      let sorted = claims.sorted { left, right in
        let times = (state[left]?.made, state[right]?.made)
        guard let one = times.0, let other = times.1, one != other else { return left < right }
        return one < other
      }
      for (index, id) in sorted.enumerated() {
        out[id] = index == 0 ? name : ConfigName.apart(name, id.key)
      }
    }
    return out
  }

  /// By time and hash, each after what it replaces, which a wrong clock can contradict.
  package static func ordered(_ changes: [ConfigChange]) -> [ConfigChange] {
    let byOp = Dictionary(changes.map { ($0.op, $0) }) { first, _ in first }
    let sorted =
      Mutant.isOn(.configsByArrival)
      ? changes.map { byOp[$0.op] ?? $0 }
      : byOp.values.sorted { ($0.clock, $0.op) < ($1.clock, $1.op) }
    var done: Set<String> = []
    var out: [ConfigChange] = []
    for change in sorted {
      var open = [change]
      while let next = open.last {
        guard !done.contains(next.op) else {
          open.removeLast()
          continue
        }
        let waits = next.replaced.filter { !done.contains($0) }.compactMap { byOp[$0] }
          .sorted { ($0.clock, $0.op) > ($1.clock, $1.op) }
        if waits.isEmpty {
          done.insert(next.op)
          out.append(next)
          open.removeLast()
        } else {
          open += waits
        }
      }
    }
    return out
  }

  /// Versions of one config's text, the newest first.
  package func versions(of config: ConfigID) -> [Entry] {
    entries.filter { $0.change.config == config && $0.change.text?.value != nil && $0.text != nil }
      .reversed()
  }
}

extension ConfigChange {
  fileprivate var replaced: [String] {
    [name, text, lifecycle].flatMap { $0?.replaces ?? [] }
  }
}

/// One config at a point of the line.
private struct ConfigState {
  typealias Value = (rank: (HybridTime, String), value: String?)

  let key: EntityKey
  var made: HybridTime?
  var names: [Value] = []
  var texts: [Value] = []
  var lifecycles: [Value] = []

  init(key: EntityKey) { self.key = key }

  var isMade: Bool { made != nil }
  var name: String? { ConfigState.newest(names) }
  var text: String? { ConfigState.newest(texts) }
  var isVisible: Bool {
    isMade && text != nil && name != nil
      && ConfigState.newest(lifecycles) != Lifecycle.deleted.rawValue
  }

  mutating func take(_ change: ConfigChange) {
    if change.creates { made = made.map { min($0, change.stated) } ?? change.stated }
    let rank = (change.clock, change.op)
    func write(_ field: inout [Value], _ write: ConfigChange.Write?, keeping: Bool) {
      guard let write else { return }
      let gone = Set(write.replaces)
      field.removeAll { gone.contains($0.rank.1) }
      if keeping { field.append((rank, write.value)) }
    }
    write(&names, change.name, keeping: true)
    write(&texts, change.text, keeping: true)
    write(&lifecycles, change.lifecycle, keeping: !change.isDisputed)
  }

  private static func newest(_ values: [Value]) -> String? {
    values.max { $0.rank < $1.rank }?.value
  }
}
