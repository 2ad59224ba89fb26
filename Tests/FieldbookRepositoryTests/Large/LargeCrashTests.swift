import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

/// Each act is broken off at its first call to the disk, then at its second, and so on until it comes through.
@Suite("A chunk store whose disk fails at any call")
struct LargeCrashTests {
  private static let old = LargeFixture.noise(320_000, seed: 1)
  private static let new = Array(old.prefix(150_000)) + LargeFixture.noise(280_000, seed: 2)
  private static let oldDigest = LargeFixture.digest(old)
  private static let newDigest = LargeFixture.digest(new)

  /// - Parameters:
  ///   - act: what is broken off; the store holds `old` before.
  ///   - check: what holds after it, in a store that is opened anew; `isDone` says that `act` came through.
  private func tryAll(
    _ fault: FaultyStoreDisk.Fault, prepare: (LargeStore) throws -> Void = { _ in },
    act: (LargeStore) throws -> Void, check: (LargeStore, _ isDone: Bool) throws -> Void
  ) throws {
    for call in 1...400 {
      let fixture = try LargeFixture()
      let disk = try FaultyStoreDisk(attic: fixture.path + "/attic", seed: UInt64(call))
      let victim = fixture.store(packBytes: 150_000, disk: disk)
      try victim.put(Self.old)
      try prepare(victim)
      disk.arm(fault, at: call)
      var isDone = false
      do {
        try act(victim)
        isDone = true
      } catch let failure as ContentFailure {
        #expect(failure.message.contains("No space left") && disk.hasStruck)
      }
      let hasStruck = disk.hasStruck
      disk.revive()
      try check(fixture.store(packBytes: 150_000), isDone)
      if !hasStruck {
        #expect(isDone && call > 3, "it was broken off \(call) times")
        return
      }
    }
    Issue.record("it never came through")
  }

  @Test(
    "put: all of it is here, or none; what was here stays",
    arguments: FaultyStoreDisk.Fault.allCases)
  func putting(fault: FaultyStoreDisk.Fault) throws {
    try tryAll(fault) { store in
      try store.put(Self.new)
    } check: { store, isDone in
      #expect(try store.verify(Self.oldDigest))
      if isDone { #expect(store.contains(Self.newDigest)) }
      if store.contains(Self.newDigest) { #expect(try store.verify(Self.newDigest)) }
      try store.put(Self.new)
      #expect(try store.verify(Self.newDigest))
      #expect(try store.verify(Self.oldDigest))
    }
  }

  @Test("the first put of all", arguments: FaultyStoreDisk.Fault.allCases)
  func first(fault: FaultyStoreDisk.Fault) throws {
    for call in 1...100 {
      let fixture = try LargeFixture()
      let disk = try FaultyStoreDisk(attic: fixture.path + "/attic", seed: UInt64(call))
      disk.arm(fault, at: call)
      let isDone = (try? fixture.store(packBytes: 150_000, disk: disk).put(Self.old)) != nil
      let hasStruck = disk.hasStruck
      disk.revive()
      let store = fixture.store(packBytes: 150_000)
      #expect(store.contains(Self.oldDigest) || !isDone)
      if store.contains(Self.oldDigest) { #expect(try store.verify(Self.oldDigest)) }
      try store.put(Self.old)
      #expect(try store.verify(Self.oldDigest))
      if !hasStruck { return }
    }
    Issue.record("it never came through")
  }

  @Test(
    "chunks that were sent: none is believed that was not written",
    arguments: FaultyStoreDisk.Fault.allCases)
  func receiving(fault: FaultyStoreDisk.Fault) throws {
    let source = try LargeFixture()
    try source.store().put(Self.new)
    let recipe = try #require(try source.store().recipe(of: Self.newDigest))
    func send(to store: LargeStore) throws {
      let intake = try store.intake()
      for chunk in try store.missingChunks(of: recipe) {
        try intake.add(try #require(try source.store().frame(of: chunk)))
      }
      try intake.flush()
      try store.finish(recipe)
    }
    try tryAll(fault) { store in
      try send(to: store)
    } check: { store, isDone in
      #expect(try store.verify(Self.oldDigest))
      if isDone { #expect(store.contains(Self.newDigest)) }
      if store.contains(Self.newDigest) { #expect(try store.verify(Self.newDigest)) }
      try send(to: store)
      #expect(try store.verify(Self.newDigest))
    }
  }

  @Test("collect and erase: what is named stays", arguments: FaultyStoreDisk.Fault.allCases)
  func removing(fault: FaultyStoreDisk.Fault) throws {
    try tryAll(fault) { store in
      try store.put(Self.new)
    } act: { store in
      try store.erase(Self.oldDigest)
      try store.collect(grace: 0)
    } check: { store, isDone in
      #expect(try store.verify(Self.newDigest))
      if isDone { #expect(!store.contains(Self.oldDigest) || fault == .powerCut) }
      if store.contains(Self.oldDigest) { #expect(try store.verify(Self.oldDigest)) }
      try store.collect(grace: 0)
      #expect(try store.planCollection(grace: 0).unneededBytes == 0)
      #expect(try store.verify(Self.newDigest))
      #expect(try store.put(Self.old) == Self.oldDigest)
      #expect(try store.verify(Self.oldDigest))
    }
  }
}
