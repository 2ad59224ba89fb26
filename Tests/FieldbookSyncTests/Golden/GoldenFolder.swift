import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Synchronization
import Testing

@testable import FieldbookSync

/// A folder of Fixtures/golden: what a program of its time wrote.
struct GoldenFolder: Sendable, CustomTestStringConvertible {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../Fixtures/golden").standardized

  let url: URL

  init(_ name: String) { url = GoldenFolder.root.appendingPathComponent(name) }

  static let history = GoldenFolder("segment-2-database-4")
  /// Everything that the present level has words for.
  static let vocabulary = GoldenFolder("level-\(OperationKind.level)")

  static func all() throws -> [GoldenFolder] {
    try FileManager.default.contentsOfDirectory(atPath: root.path).sorted().map { GoldenFolder($0) }
  }

  var testDescription: String { url.lastPathComponent }
  var bundle: String { url.appendingPathComponent("history.bundle").path }
  private func file(_ name: String) -> URL { url.appendingPathComponent(name) }
  func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name).path) }

  func facts() throws -> GoldenFacts {
    try JSONDecoder().decode(GoldenFacts.self, from: Data(contentsOf: file("expected.json")))
  }

  /// A new replica's exchange with a hub, in turns, the new one first.
  func messages() throws -> [[UInt8]] {
    var reader = ByteReader(Array(try Data(contentsOf: file("exchange.bin"))))
    var out: [[UInt8]] = []
    while !reader.isAtEnd { out.append(Array(try reader.lengthPrefixed(limit: 1 << 24))) }
    return out
  }

  func session() throws -> GoldenSession {
    let greeting = try JSONDecoder().decode(
      GoldenSession.Greeting.self, from: Data(contentsOf: file("session.json")))
    return GoldenSession(greeting: greeting, messages: try messages())
  }

  func database() throws -> [UInt8] {
    try Zstd.decompress(
      Array(try Data(contentsOf: file("replica.sqlite.zst"))), limit: 1 << 26)
  }

  /// An empty replica that is to read what lies here.
  func reader(in folder: TemporaryFolder) throws -> Workspace {
    let id = WorkspaceID(hex: try facts().workspace)
    guard let id else { throw TestFailure("no id of a workspace") }
    return try Workspace.createClone(
      in: folder.path + "/reader", workspaceID: id, name: "team", device: "reader",
      owner: "reader",
      environment: TestMachine.environment(
        root: folder.path, clock: ManualClock(), seed: 5, name: "reader"))
  }

  /// The replica that lies here, copied and opened by this program.
  ///
  /// - Parameter draws: what it draws first, where others draw what is random.
  func replica(
    in folder: TemporaryFolder, clock: ManualClock = ManualClock(), draws: [[UInt8]] = []
  ) throws -> Workspace {
    let dir = folder.path + "/replica"
    if has("device.key") {
      try FileManager.default.createDirectory(
        atPath: dir + "/.fieldbook", withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      for name in ["device.key", "workspace.json"] {
        try FileManager.default.copyItem(
          atPath: file(name).path, toPath: dir + "/.fieldbook/" + name)
      }
    } else {
      // The first history kept no key: its hub's is what its seed says.
      try Workspace.create(
        in: dir, name: "team", device: "hub", owner: "hub", isHub: true,
        environment: TestMachine.environment(
          root: folder.path, clock: clock, seed: GoldenHistory.seed, name: "founder")
      ).close()
      for suffix in ["-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: dir + "/.fieldbook/replica.sqlite" + suffix)
      }
    }
    try Data(database()).write(to: URL(fileURLWithPath: dir + "/.fieldbook/replica.sqlite"))
    let usual = TestMachine.environment(
      root: folder.path, clock: clock, seed: 6, name: "replica")
    var environment = usual
    let script = Draws(draws)
    environment.random = { script.next($0) ?? usual.random($0) }
    return try Workspace.open(dir, environment: environment)
  }

  func write(_ contents: GoldenContents) throws {
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    var said = ByteWriter()
    for message in contents.messages { said.lengthPrefixed(message) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    var files = [
      "history.bundle": Data(contents.bundle), "exchange.bin": Data(said.bytes),
      "replica.sqlite.zst": Data(Zstd.compress(contents.database, level: 19)),
      "expected.json": try encoder.encode(contents.facts),
    ]
    if let greeting = contents.greeting {
      files["session.json"] = try encoder.encode(greeting)
      files.merge(contents.identity) { $1 }
    }
    for (name, bytes) in files { try bytes.write(to: file(name)) }
  }
}

/// What goes into a folder: what a hub held, and then said to a new replica.
struct GoldenContents {
  let facts: GoldenFacts
  let bundle: [UInt8]
  let database: [UInt8]
  /// The hub's files that say which replica it is.
  let identity: [String: Data]
  var messages: [[UInt8]] = []
  var greeting: GoldenSession.Greeting?

  init(_ hub: Workspace, in folder: TemporaryFolder) throws {
    facts = try GoldenFacts(hub)
    let (bundle, copy) = (folder.path + "/history.bundle", folder.path + "/copy.sqlite")
    _ = try BundleFile.create(bundle, from: hub, needs: [])
    _ = try hub.store.copy(to: copy)
    self.bundle = Array(try Data(contentsOf: URL(fileURLWithPath: bundle)))
    database = Array(try Data(contentsOf: URL(fileURLWithPath: copy)))
    identity = try Dictionary(
      uniqueKeysWithValues: ["device.key", "workspace.json"].map {
        ($0, try Data(contentsOf: URL(fileURLWithPath: hub.dir + "/.fieldbook/" + $0)))
      })
  }
}

/// What a replica draws where others draw what is random, one behind the other.
private final class Draws: Sendable {
  private let left: Mutex<[[UInt8]]>

  init(_ draws: [[UInt8]]) { left = Mutex(draws) }

  /// Nil when there are no more.
  func next(_ count: Int) -> [UInt8]? {
    left.withLock { left in
      guard left.first?.count == count else { return nil }
      return left.removeFirst()
    }
  }
}
