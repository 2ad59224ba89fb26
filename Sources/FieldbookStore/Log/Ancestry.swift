import FieldbookModel
import FieldbookReplication

/// How branches hang on each other, so that the way up is short however often a log was forked behind a fork: from each one
/// goes a link to the one that it left, and another far up (Myers, "An applicative random-access stack", 1983).
///
/// On the way up chains are older and begin earlier.
struct Ancestry {
  struct Branch {
    let parent: Int64
    /// The last op of the parent that it goes on after.
    let fork: UInt64
    /// A chain further up, or the parent.
    let far: Int64
    /// 1 for one that left the log's first chain.
    let depth: Int
  }

  private(set) var branches: [Int64: Branch] = [:]

  mutating func add(_ id: Int64, parent: Int64, fork: UInt64) {
    let above = branches[parent]
    let depth = (above?.depth ?? 0) + 1
    var far = parent
    if let above, let beyond = branches[above.far],
      above.depth - beyond.depth == beyond.depth - (branches[beyond.far]?.depth ?? 0)
    {
      far = beyond.far
    }
    branches[id] = Branch(parent: parent, fork: fork, far: far, depth: depth)
  }

  /// The chain that holds op `number` of a branch.
  func holder(of number: UInt64, from id: Int64) -> Int64 {
    var id = id
    while let branch = branches[id], number <= branch.fork {
      let isFarTooLow = branches[branch.far].map { number <= $0.fork } ?? false
      id = isFarTooLow ? branch.far : branch.parent
    }
    return id
  }

  /// Up to which op a branch goes on after a chain above it; nil if that one is not above it.
  func inheritedNumber(of ancestor: Int64, from id: Int64) -> UInt64? {
    var id = id
    while let branch = branches[id], branch.parent >= ancestor {
      if branch.parent == ancestor { return branch.fork }
      id = branch.far > ancestor ? branch.far : branch.parent
    }
    return nil
  }
}

extension WriteTransaction {
  /// The dot of op `number` in the ancestry of a chain: on the chain itself, or where it branched off.
  func dot(_ chainID: Int64, _ number: UInt64) throws -> Dot {
    let chain = try chain(chainID)
    guard number <= chain.fork, chain.parent != nil else {
      return Dot(chain: chainID, number: number)
    }
    try readAncestry(of: chainID)
    return Dot(chain: known.ancestry.holder(of: number, from: chainID), number: number)
  }

  /// Up to which op a branch goes on after another chain of its log; 0 if it does not.
  func inheritedNumber(of ancestor: Int64, by chainID: Int64) throws -> UInt64 {
    guard ancestor < chainID, try chain(chainID).parent != nil else { return 0 }
    try readAncestry(of: chainID)
    return known.ancestry.inheritedNumber(of: ancestor, from: chainID) ?? 0
  }

  /// Where a chain branched off never changes.
  private func readAncestry(of chainID: Int64) throws {
    var path: [Chain] = []
    var current = chainID
    while known.ancestry.branches[current] == nil {
      let branch = try chain(current)
      guard let parent = branch.parent else { break }
      path.append(branch)
      current = parent
    }
    for branch in path.reversed() {
      guard let parent = branch.parent else { continue }
      known.ancestry.add(branch.id, parent: parent, fork: branch.fork)
    }
  }
}
