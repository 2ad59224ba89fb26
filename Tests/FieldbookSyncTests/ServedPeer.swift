import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Hummingbird
import Logging

@testable import FieldbookSync

/// Serves a workspace to peers on a loopback port of its own while `body` runs, as the hub does.
@discardableResult
func serving<Result: Sendable>(
  _ server: SyncServer, _ identity: TLSIdentity? = nil, port wanted: Int = 0,
  bounds: ListeningBounds = ListeningBounds(),
  _ body: @escaping @Sendable (_ url: String) async throws -> Result
) async throws -> Result {
  let listener = Listener(
    port: wanted, identity: identity, bounds: bounds, complaints: server.complaints)
  let (ports, port) = AsyncStream.makeStream(of: Int.self)
  return try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      defer { port.finish() }
      let router = Router(context: PeerContext.self)
      SyncRoutes(server).add(to: router)
      try await listener.run(
        router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
      ) {
        port.yield($0)
      }
    }
    guard let number = await ports.first(where: { _ in true }) else { throw CancellationError() }
    let result = try await body("\(identity == nil ? "http" : "https")://127.0.0.1:\(number)")
    group.cancelAll()
    return result
  }
}

/// A founder that serves, and others that it let in, in folders that go with the value.
struct Team: Sendable {
  let folder: TemporaryFolder
  let clock: ManualClock
  let members: [Workspace]

  var hub: Workspace { members[0] }

  init(_ names: [String] = ["hub", "ana", "bo"], seed: UInt64 = 1) throws {
    folder = try TemporaryFolder()
    clock = ManualClock()
    members = try TestMachine.team(
      names, root: folder.path, clock: clock, seed: seed, founderIsHub: true)
  }

  func environment(_ name: String, seed: UInt64 = 99) -> WorkspaceEnvironment {
    TestMachine.environment(root: folder.path, clock: clock, seed: seed, name: name)
  }
}

extension Workspace {
  /// One run with a few fields, and metrics if asked for.
  @discardableResult
  func record(_ name: String, points: Int = 0, keys: Int = 1) throws -> RunID {
    let experiment = try ensureExperiment(named: "digits", durability: .script)
    let run = try createRun(
      RunDraft(experiment: experiment, name: name, parameters: [EntryKey(unchecked: "lr"): "0.1"]),
      durability: .script)
    if points > 0 {
      var generator = SeededGenerator(seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
      let series = (0..<keys).map { key in
        MetricSeries(
          key: "m\(key)",
          points: (0..<points).map { step in
            MetricPoint(
              step: Int64(step), timestamp: Int64(step) * 1000,
              value: Double(bitPattern: generator.next() >> 2 | 1))
          })
      }
      try logBatch(run, parameters: [], metrics: series, tags: [], durability: .script)
    }
    return run
  }

  func origin(_ url: String) throws -> Remote {
    if let known = try remotes().first(where: { $0.name == "origin" }) {
      if known.url == url { return known }
      try removeRemote(name: "origin")
    }
    try addRemote(name: "origin", url: url)
    return try remote("origin")
  }
}
