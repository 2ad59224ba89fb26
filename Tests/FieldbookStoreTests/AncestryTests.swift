import FieldbookTestSupport
import Testing

@testable import FieldbookStore

@Suite("How branches hang on each other") struct AncestryTests {
  private struct Naive {
    let parent: Int64
    let fork: UInt64
  }

  /// Chain 1 is the log's first. A branch goes on after an op of its parent's own, or where that one began.
  private func grow(_ count: Int64, _ generator: inout SeededGenerator, deep: Bool) -> [Int64:
    Naive]
  {
    var branches: [Int64: Naive] = [:]
    for id in 2...count {
      let parent =
        deep && generator.chance(95) ? id - 1 : Int64.random(in: 1..<id, using: &generator)
      let began = branches[parent]?.fork ?? 0
      let fork = began + UInt64.random(in: 0...3, using: &generator)
      branches[id] = Naive(parent: parent, fork: fork)
    }
    return branches
  }

  @Test("the way up ends where it ends link by link", arguments: [false, true])
  func holders(deep: Bool) {
    var generator = SeededGenerator(seed: deep ? 1 : 2)
    let branches = grow(400, &generator, deep: deep)
    var ancestry = Ancestry()
    for (id, branch) in branches.sorted(by: { $0.key < $1.key }) {
      ancestry.add(id, parent: branch.parent, fork: branch.fork)
    }
    for id in Int64(1)...400 {
      for number in stride(from: UInt64(1), through: (branches[id]?.fork ?? 0) + 2, by: 1) {
        var holder = id
        while let branch = branches[holder], number <= branch.fork { holder = branch.parent }
        #expect(ancestry.holder(of: number, from: id) == holder)
      }
      var above: [Int64: UInt64] = [:]
      var current = id
      while let branch = branches[current] {
        above[branch.parent] = branch.fork
        current = branch.parent
      }
      for ancestor in Int64(1)...400 {
        #expect(ancestry.inheritedNumber(of: ancestor, from: id) == above[ancestor])
      }
    }
  }

  @Test("a hundred thousand forks behind each other are no long way")
  func deepForks() {
    var ancestry = Ancestry()
    for id in Int64(2)...100_001 { ancestry.add(id, parent: id - 1, fork: UInt64(id) - 1) }
    for id in Int64(2)...100_001 {
      #expect(ancestry.holder(of: 1, from: id) == 1)
      #expect(ancestry.inheritedNumber(of: 1, from: id) == 1)
    }
  }
}
