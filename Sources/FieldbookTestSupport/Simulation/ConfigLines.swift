import FieldbookWorkspace

/// What every line of a config says, told from who changed it when: each line a register of its own, in which a write stands until
/// somebody who has seen it says something else. Of texts that were merged this says what has to come out, without any of the code
/// that merges.
struct ConfigLines {
  private struct Write: Hashable {
    var op: String
    var value: String
    /// Somebody before had said the same: one of several was chosen, or what was before came back. To whoever knows only that one, this is no
    /// change, and so it says nothing against a change of it: as with any merge from the nearest common text.
    var isReturn: Bool
  }

  /// What stands of one line.
  struct Standing {
    var values: Set<String> = []
    /// Those that were new when they were written.
    var written: Set<String> = []

    /// A merge may say this.
    func allows(_ value: String?) -> Bool {
      guard let value, values.contains(value) else { return false }
      return values.count == 1 || written.isEmpty || written == [value]
    }
  }

  private let keys: [String]
  private var past: [String: Set<String>] = [:]
  private var lines: [String: [String: Set<Write>]] = [:]
  /// By key, what a change took for one thing, since two that it had seen wrote the same.
  private var joined: [String: [(op: String, writes: Set<Write>)]] = [:]

  /// - Parameter changes: each after those whose texts it replaces.
  init(_ changes: [ConfigChange], keys: [String], values: (String) -> [String: String]) {
    self.keys = keys
    for change in changes {
      guard let text = change.text, let value = text.value else { continue }
      let parents = Set(text.replaces.filter { lines[$0] != nil })
      let before = parents.reduce(into: Set<String>()) { $0.formUnion(past[$1] ?? []) }
      let told = values(value)
      var own: [String: Set<Write>] = [:]
      for key in keys {
        let said = told[key] ?? ""
        let stood = writes(key, of: parents)
        // Who says what stood says nothing new; of several, who says one of them decides.
        let kept = Set(stood.map(\.value)) == [said] ? stood : []
        let isReturn = before.contains { lines[$0]?[key]?.contains { $0.value == said } == true }
        own[key] =
          kept.isEmpty ? [Write(op: change.op, value: said, isReturn: isReturn)] : kept
        if kept.count > 1 { joined[key, default: []].append((change.op, kept)) }
      }
      past[change.op] = before.union([change.op])
      lines[change.op] = own
    }
  }

  /// By key, what stands where these texts do.
  func standing(_ ops: Set<String>) -> [String: Standing] {
    keys.reduce(into: [:]) { out, key in
      let writes = writes(key, of: ops)
      out[key] = Standing(
        values: Set(writes.map(\.value)),
        written: Set(writes.filter { !$0.isReturn }.map(\.value)))
    }
  }

  /// What each of these texts says, without what another one has seen and says no more. Two that wrote the same wrote one thing, as
  /// soon as a change has seen both.
  private func writes(_ key: String, of ops: Set<String>) -> Set<Write> {
    func isOverruled(_ write: Write) -> Bool {
      ops.contains { op in
        past[op]?.contains(write.op) == true && lines[op]?[key]?.contains(write) == false
      }
    }
    let seen = ops.reduce(into: ops) { $0.formUnion(past[$1] ?? []) }
    let groups = (joined[key] ?? []).filter { seen.contains($0.op) }.map(\.writes)
    var out: Set<Write> = []
    for op in ops {
      let said = lines[op]?[key] ?? []
      if !ConfigLines.alike(said, groups).contains(where: isOverruled) { out.formUnion(said) }
    }
    return out
  }

  /// With all that is one thing with some of them.
  private static func alike(_ writes: Set<Write>, _ groups: [Set<Write>]) -> Set<Write> {
    var out = writes
    while let more = groups.first(where: { !$0.isDisjoint(with: out) && !$0.isSubset(of: out) }) {
      out.formUnion(more)
    }
    return out
  }
}
