/// How many there are, by kind.
package struct Census: Sendable, Equatable {
  private var counts: [MovedKind: Int] = [:]

  package init() {}

  package subscript(kind: MovedKind) -> Int {
    get { counts[kind] ?? 0 }
    set { counts[kind] = newValue }
  }

  /// Kinds of which there are any, in the order in which they are shown.
  package var kinds: [MovedKind] { MovedKind.allCases.filter { has($0) } }

  package func has(_ kind: MovedKind) -> Bool { self[kind] != 0 }

  /// Of each kind the greater count.
  package mutating func raise(to other: Census) {
    for (kind, count) in other.counts { self[kind] = max(self[kind], count) }
  }
}
