import FieldbookModel
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Synchronization
import Testing

@testable import FieldbookSync

@Suite("A watch that is left on", .timeLimit(.minutes(10))) struct WatchTests {
  /// What a watch said, for one who waits for it.
  private struct Heard: Sendable {
    let stream: AsyncStream<Watch.Event>
    let continuation: AsyncStream<Watch.Event>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(of: Watch.Event.self) }

    func next(_ isMeant: @Sendable (Watch.Event) -> Bool) async {
      for await event in stream where isMeant(event) { return }
    }

    func failure() async { await next { if case .failed = $0 { true } else { false } } }
    func success() async { await next { if case .synced = $0 { true } else { false } } }
    func waiting() async { await next { if case .waits = $0 { true } else { false } } }
  }

  private func watching(
    _ watch: Watch, _ heard: Heard, _ body: @Sendable () async throws -> Void
  ) async throws {
    let task = Task { try await watch.run { heard.continuation.yield($0) } }
    do { try await body() } catch {
      task.cancel()
      throw error
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }

  /// A watch that would not try again for as long as a test lasts.
  private func patient(_ workspace: Workspace) -> Watch {
    var watch = Watch(workspace, remote: "origin")
    watch.patience.firstMilliseconds = 3_600_000
    watch.patience.longestMilliseconds = 3_600_000
    return watch
  }

  /// A port where nobody listens now.
  private func freePort() async throws -> Int {
    try await serving(SyncServer(workspace: Team(["x"], seed: 50).hub)) { url in
      try #require(URL(string: url)?.port)
    }
  }

  @Test("after a sleep, which is a jump of the clock, the peer is tried at once") func sleep()
    async throws
  {
    let team = try Team(["hub", "ana"])
    let ana = team.ana
    let port = try await freePort()
    _ = try ana.origin("http://127.0.0.1:\(port)")
    let heard = Heard()
    try await watching(patient(ana), heard) { () async throws in
      await heard.failure()
      #expect(try ana.remote("origin").failure != nil)
      try await serving(SyncServer(workspace: team.hub), port: port) { (_) async throws in
        team.clock.advance(milliseconds: 3_000_000)
        await heard.success()
        #expect(try ana.remote("origin").failure == nil)
      }
    }
  }

  @Test("in another network the peer is tried at once") func network() async throws {
    let team = try Team(["hub", "ana"])
    let ana = team.ana
    let port = try await freePort()
    _ = try ana.origin("http://127.0.0.1:\(port)")
    let place = Place()
    var watch = patient(ana)
    watch.addresses = { place.addresses }
    let heard = Heard()
    try await watching(watch, heard) { () async throws in
      await heard.failure()
      try await serving(SyncServer(workspace: team.hub), port: port) { (_) async throws in
        place.move(to: ["192.0.2.7"])
        await heard.success()
      }
    }
  }

  @Test(
    "a hub that is stopped is noticed at once, and met again; the remote remembers since when it failed"
  )
  func restart() async throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let port = try await freePort()
    _ = try ana.origin("http://127.0.0.1:\(port)")
    let heard = Heard()
    var watch = Watch(ana, remote: "origin")
    watch.patience.firstMilliseconds = 20
    watch.patience.longestMilliseconds = 40
    try await watching(watch, heard) { () async throws in
      try await serving(SyncServer(workspace: hub), port: port) { _ in await heard.waiting() }
      await heard.failure()
      let first = try #require(try ana.remote("origin").failingSince)
      team.clock.advance(milliseconds: 5000)
      await heard.failure()
      await heard.failure()
      #expect(try ana.remote("origin").failingSince == first)
      try ana.record("while-away")
      try await serving(SyncServer(workspace: hub), port: port) { (_) async throws in
        await heard.success()
        await heard.waiting()
        #expect(try ana.remote("origin").failingSince == nil)
        #expect(try hub.stateHash() == ana.stateHash())
        // The other way, while both wait.
        try hub.record("news")
        await heard.success()
        #expect(try hub.stateHash() == ana.stateHash())
      }
    }
  }

  @Test("what wakes: a clock that jumps either way, and other addresses") func waking() {
    var waking = Waking(now: 1000, addresses: ["a"])
    func isOther(_ now: Int64, _ addresses: Set<String> = ["a"]) -> Bool {
      waking.isOther(now: now, addresses: addresses)
    }
    for now: Int64 in [2000, 3000, 17_000] { #expect(!isOther(now), "\(now)") }
    for now: Int64 in [32_001, 10_000] { #expect(isOther(now), "\(now)") }
    #expect(isOther(10_001, ["a", "b"]))
    #expect(isOther(10_002, []))
  }

  private final class Place: Sendable {
    private let stored = Mutex<Set<String>>(["198.51.100.1"])
    var addresses: Set<String> { stored.withLock { $0 } }
    func move(to addresses: Set<String>) { stored.withLock { $0 = addresses } }
  }
}
