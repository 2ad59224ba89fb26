import FieldbookModel

/// The merge of several texts of one config that were written unseen by each other.
///
/// It is found from what the ops say alone, so that replicas which hold the same ops find the same text. Two ops with one text that
/// replaced the same are one here: two replicas that merged at the same time. Where several texts come nearest to being the base of
/// two sides, the merge of those is. Source of the latter: the recursive strategy of git-merge(1).
package struct ConfigMerge {
  private struct Node {
    var text: String?
    var parents: [Int]
    /// Of the ops that are one here.
    var least: String
  }

  private struct Likeness: Hashable {
    var text: String?
    var parents: [Int]
  }

  private var nodes: [Node] = []
  private var place: [String: Int] = [:]
  private let merge: (_ base: String, _ left: String, _ right: String) throws -> String?
  private static let depthLimit = 8

  /// - Parameters:
  ///   - changes: all ops on the config, each after those whose texts it replaces.
  ///   - merge: of two texts; nil where it needs a person.
  package init(
    _ changes: [ConfigChange],
    merge: @escaping (_ base: String, _ left: String, _ right: String) throws -> String?
  ) {
    self.merge = merge
    var known: [Likeness: Int] = [:]
    for change in changes {
      guard let write = change.text else { continue }
      let parents = Set(write.replaces.compactMap { place[$0] }).sorted()
      let likeness = Likeness(text: write.value, parents: parents)
      if let twin = known[likeness], write.value != nil {
        place[change.op] = twin
        nodes[twin].least = min(nodes[twin].least, change.op)
      } else {
        known[likeness] = nodes.count
        place[change.op] = nodes.count
        nodes.append(Node(text: write.value, parents: parents, least: change.op))
      }
    }
  }

  /// - Parameter ops: whose texts stand.
  /// - Returns: nil where a person has to decide.
  package func merged(_ ops: [String]) throws -> String? {
    let sides = ops.map { place[$0] }
    guard !sides.isEmpty, !sides.contains(nil) else { return nil }
    return try merged(Set(sides.compactMap { $0 }), depth: 0)
  }

  /// What several texts started from, to be shown to a person.
  ///
  /// - Parameter ops: whose texts stand.
  /// - Returns: nil where nothing is before all of them.
  package func base(of ops: [String]) throws -> (text: String, origin: ConflictBase)? {
    let sides = ops.map { place[$0] }
    guard !sides.contains(nil) else { return nil }
    let apart = newest(Set(sides.compactMap { $0 }))
    guard apart.count > 1 else { return nil }
    let pasts = apart.map(past)
    let bases = newest(pasts.dropFirst().reduce(pasts[0]) { $0.intersection($1) })
    if bases.count == 1 { return nodes[bases.first!].text.map { ($0, .nearest) } }
    if let text = try merged(bases, depth: 1) { return (text, .merged) }
    return bases.sorted(by: >).lazy.compactMap { nodes[$0].text }.first
      .map { ($0, .oneOfSeveral) }
  }

  private func merged(_ sides: Set<Int>, depth: Int) throws -> String? {
    guard depth < ConfigMerge.depthLimit else { return nil }
    let sides = newest(sides).sorted { nodes[$0].least < nodes[$1].least }
    guard let first = sides.first, var text = nodes[first].text else { return nil }
    var past = self.past(first)
    for side in sides.dropFirst() {
      let other = self.past(side)
      let bases = newest(past.intersection(other))
      guard !bases.isEmpty, let new = nodes[side].text else { return nil }
      let base = try bases.count == 1 ? nodes[bases.first!].text : merged(bases, depth: depth + 1)
      guard let base, let both = try merge(base, text, new) else { return nil }
      text = both
      past.formUnion(other)
    }
    return text
  }

  /// Those that no other of them comes after.
  private func newest(_ all: Set<Int>) -> Set<Int> {
    var out = all
    // Later ones have greater places: what an earlier one comes after is gone already where it is itself.
    for node in all.sorted(by: >) where out.contains(node) {
      out.subtract(past(node).subtracting([node]))
    }
    return out
  }

  /// The node and all that it came from.
  private func past(_ node: Int) -> Set<Int> {
    var seen: Set<Int> = []
    var open = [node]
    while let next = open.popLast() {
      if seen.insert(next).inserted { open += nodes[next].parents }
    }
    return seen
  }
}
