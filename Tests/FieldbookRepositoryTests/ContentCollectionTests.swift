import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("Contents that nothing names")
struct ContentCollectionTests {
  let fixture: LargeFixture
  let store: ContentStore
  private let small = LargeFixture.noise(3000, seed: 1)
  private let large = LargeFixture.noise(1_500_000, seed: 2)
  private let kept = LargeFixture.noise(1_400_000, seed: 3)
  private let start = LargeStore.presentSeconds
  private static let day: Int64 = 86400

  init() throws {
    fixture = try LargeFixture()
    store = try ContentStore(folder: fixture.path)
  }

  private func rules(days: Double, grace: Int64 = 10, mayRemove: Bool = true) -> CollectionRules {
    CollectionRules(
      grace: grace * Self.day, now: start + Int64(days * Double(Self.day)), mayRemove: mayRemove)
  }

  private func only(_ contents: [UInt8]...) -> ContentStore.Naming {
    let named = Set(contents.map { LargeFixture.digest($0) })
    return { $0.intersection(named) }
  }

  /// True if some file holds bytes from the middle of a content.
  private func isAnywhere(_ bytes: [UInt8]) throws -> Bool {
    let mark = Data(bytes[bytes.count / 2..<bytes.count / 2 + 48])
    return try FileManager.default.subpathsOfDirectory(atPath: fixture.path).contains {
      FileManager.default.contents(atPath: fixture.path + "/" + $0)?.range(of: mark) != nil
    }
  }

  @Test("stay, then lie in the trash, then go; what is named stays")
  func life() throws {
    let (a, _) = try store.put(bytes: small)
    let (b, _) = try store.put(bytes: large)
    let (c, _) = try store.put(bytes: kept)
    let young = try store.collect(rules(days: 9.9), named: only(kept))
    #expect(Set(young.young.map(\.content)) == [a, b] && young.discarded == [])
    let plan = try store.planCollection(rules(days: 10.1), named: only(kept))
    #expect(Set(plan.discarded.map(\.content)) == [a, b])
    #expect(plan.discarded.bytes == 1_503_000)
    #expect(store.contains(a) && store.contains(b), "a plan does nothing")
    #expect(try store.collect(rules(days: 10.1), named: only(kept)) == plan)
    #expect(!store.contains(a) && !store.contains(b))
    #expect(try store.all() == [c])
    let waiting = try store.collect(rules(days: 20), named: only(kept))
    #expect(Set(waiting.waiting.map(\.content)) == [a, b] && waiting.removed == [])
    #expect(try isAnywhere(small) && isAnywhere(large))
    let held = try store.collect(rules(days: 21, mayRemove: false), named: only(kept))
    #expect(held.removed == [] && held.waiting.count == 2)
    let last = try store.planCollection(rules(days: 21), named: only(kept))
    #expect(Set(last.removed.map(\.content)) == [a, b])
    #expect(last.chunks.unneededBytes - last.chunks.keptBytes > 1_400_000)
    #expect(try store.collect(rules(days: 21), named: only(kept)) == last)
    #expect(try !isAnywhere(small) && !isAnywhere(large))
    #expect(try store.verify(c))
    #expect(try store.planCollection(rules(days: 60), named: only(kept)).isEmpty)
  }

  @Test("what was put within the last hour stays, whatever the grace period is")
  func lastHour() throws {
    let (a, _) = try store.put(bytes: large)
    let none: ContentStore.Naming = { _ in [] }
    let rules = CollectionRules(grace: 0, now: start + 3000)
    #expect(try store.collect(rules, named: none).young.map(\.content) == [a])
    let later = CollectionRules(grace: 0, now: start + 3700)
    #expect(try store.collect(later, named: none).discarded.map(\.content) == [a])
  }

  @Test("named again, they come back, and by hand")
  func back() throws {
    let (a, _) = try store.put(bytes: small)
    let (b, _) = try store.put(bytes: large)
    _ = try store.collect(rules(days: 11), named: only())
    #expect(try store.discarded() == [a, b])
    let again = try store.collect(rules(days: 30), named: only(large))
    #expect(again.returned.map(\.content) == [b] && again.removed.map(\.content) == [a])
    #expect(try store.verify(b))
    _ = try store.collect(rules(days: 60), named: only())
    #expect(!store.contains(b))
    #expect(try store.putBack(b) && store.verify(b))
    #expect(try !store.putBack(b), "it is no longer in the trash")
    #expect(try !store.putBack(a))
  }

  @Test("what is put again is as young as what is new, and a copy in the trash does no harm")
  func again() throws {
    for bytes in [small, large] {
      let (content, _) = try store.put(bytes: bytes)
      let path = store.place(toName: content)
      var old = [timespec](repeating: timespec(tv_sec: 1_000_000, tv_nsec: 0), count: 2)
      #expect(utimensat(AT_FDCWD, path, &old, 0) == 0)
      _ = try store.put(bytes: bytes)
      #expect(try store.collect(rules(days: 1), named: only()).discarded == [])
      #expect(utimensat(AT_FDCWD, path, &old, 0) == 0)
      #expect(try store.collect(rules(days: 1), named: only()).discarded.count == 1)
      _ = try store.put(bytes: bytes)
      #expect(try store.verify(content))
      let done = try store.collect(rules(days: 12), named: only(small, large))
      #expect(done.removed.map(\.content) == [content] && done.returned == [])
      #expect(try store.verify(content) && store.discarded().isEmpty)
    }
  }

  @Test("a purge takes what lies in the trash as well")
  func purge() throws {
    for bytes in [small, large] {
      let (content, _) = try store.put(bytes: bytes)
      _ = try store.collect(rules(days: 11), named: only())
      #expect(try store.discarded() == [content])
      _ = try store.put(bytes: bytes)
      try store.remove(content)
      #expect(try !isAnywhere(bytes) && store.discarded().isEmpty)
    }
  }

  @Test("an erasure beside leaves alone what lies in the trash and shares its chunks")
  func erase() throws {
    let (a, _) = try store.put(bytes: large)
    let (b, _) = try store.put(bytes: large + small)
    _ = try store.collect(rules(days: 11), named: only(large + small))
    try store.remove(b)
    #expect(try store.putBack(a) && store.verify(a))
  }

  @Test("downloads that nobody goes on with go, unless something names them")
  func downloads() throws {
    let (a, b) = (LargeFixture.digest(small), LargeFixture.digest(large))
    try store.appendPartial(a, bytes: small[..<100], at: 0)
    try store.appendPartial(b, bytes: large[..<100], at: 0)
    let done = try store.collect(rules(days: 11), named: only(large))
    #expect(done.unfinished == [.init(content: a, bytes: 100)])
    #expect(store.partialSize(a) == 0 && store.partialSize(b) == 100)
  }

  @Test("only one removes at a time")
  func underWay() throws {
    _ = try store.put(bytes: small)
    let other = try ContentStore(folder: fixture.path)
    _ = try store.collect(rules(days: 11)) { contents in
      #expect(throws: CollectionFailure.underWay) {
        try other.collect(self.rules(days: 11)) { _ in [] }
      }
      return contents
    }
  }

  @Test("what is named between the look and the removal is kept")
  func meanwhile() throws {
    let (a, _) = try store.put(bytes: small)
    let (b, _) = try store.put(bytes: large)
    _ = try store.collect(rules(days: 11), named: only(large))
    // `a` is to go for good, `b` into the trash; after the first look both are named.
    var looks = 0
    let done = try store.collect(rules(days: 30)) { contents in
      looks += 1
      return looks == 1 ? [] : contents
    }
    #expect(looks == 2 && done.removed == [] && done.discarded == [])
    #expect(try store.verify(a) && store.verify(b))
  }

  @Test("while others put and remove, all that they put is here")
  func crowd() async throws {
    let contents = (0..<6).map { seed in
      LargeFixture.noise(seed.isMultiple(of: 2) ? 2000 : 1_200_000, seed: UInt64(seed) + 50)
    }
    for bytes in contents { _ = try store.put(bytes: bytes) }
    let path = fixture.path
    let rules = rules(days: 0)
    for bytes in contents {
      var old = [timespec](repeating: timespec(tv_sec: 1_000_000, tv_nsec: 0), count: 2)
      utimensat(AT_FDCWD, store.place(toName: LargeFixture.digest(bytes)), &old, 0)
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        let putting = try ContentStore(folder: path)
        for bytes in contents { _ = try putting.put(bytes: bytes) }
      }
      group.addTask {
        let removing = try ContentStore(folder: path)
        for _ in 0..<8 {
          do {
            _ = try removing.collect(rules, patience: 20) { _ in [] }
          } catch LargeFailure.busy {}
        }
      }
      try await group.waitForAll()
    }
    // Those that were put after they had been taken away are here, and those before stayed.
    let after = try ContentStore(folder: path)
    for bytes in contents { #expect(try after.verify(LargeFixture.digest(bytes))) }
  }

  @Test(
    "broken off at any call to the disk, it loses nothing that is named, and is done again",
    arguments: FaultyStoreDisk.Fault.allCases)
  func crash(fault: FaultyStoreDisk.Fault) throws {
    let wanted = [LargeFixture.noise(2000, seed: 8), LargeFixture.noise(90_000, seed: 9)]
    let unwanted = [
      LargeFixture.noise(2100, seed: 10), wanted[1] + LargeFixture.noise(80_000, seed: 11),
    ]
    let doomed = [LargeFixture.noise(2200, seed: 12), LargeFixture.noise(95_000, seed: 13)]
    let returning = LargeFixture.noise(91_000, seed: 14)
    let names: ContentStore.Naming = { $0.intersection(wanted.map { LargeFixture.digest($0) }) }
    let later: ContentStore.Naming = { contents in
      try names(contents).union(contents.intersection([LargeFixture.digest(returning)]))
    }
    for call in 1...200 {
      let fixture = try LargeFixture()
      let disk = try FaultyStoreDisk(attic: fixture.path + "/attic", seed: UInt64(call))
      let victim = try ContentStore(folder: fixture.path, threshold: 65536, disk: disk)
      for bytes in wanted + doomed + [returning] { _ = try victim.put(bytes: bytes) }
      _ = try victim.collect(rules(days: 11), named: names)
      for bytes in unwanted { _ = try victim.put(bytes: bytes) }
      disk.arm(fault, at: call)
      var isDone = false
      do {
        _ = try victim.collect(rules(days: 40), named: later)
        isDone = true
      } catch let failure as ContentFailure {
        #expect(failure.message.contains("No space left") && disk.hasStruck)
      }
      let hasStruck = disk.hasStruck
      disk.revive()
      let store = try ContentStore(folder: fixture.path, threshold: 65536)
      for bytes in wanted { #expect(try store.verify(LargeFixture.digest(bytes)), "call \(call)") }
      for bytes in unwanted {
        let content = LargeFixture.digest(bytes)
        let isBack = try store.contains(content) || store.putBack(content)
        #expect(try isBack && store.verify(content), "in its place or in the trash")
      }
      _ = try store.collect(rules(days: 40), named: later)
      #expect(try store.verify(LargeFixture.digest(returning)))
      for bytes in wanted { #expect(try store.verify(LargeFixture.digest(bytes))) }
      _ = try store.collect(rules(days: 80), named: later)
      _ = try store.collect(rules(days: 120), named: later)
      #expect(try Set(store.all()) == Set((wanted + [returning]).map { LargeFixture.digest($0) }))
      #expect(try store.discarded().isEmpty)
      #expect(try store.large.planCollection(grace: 0).unneededBytes == 0)
      if !hasStruck {
        #expect(isDone && call > 8, "it was broken off \(call) times")
        return
      }
    }
    Issue.record("it never came through")
  }
}
