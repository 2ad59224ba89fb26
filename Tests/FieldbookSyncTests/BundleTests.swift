import Crypto
import FieldbookModel
import FieldbookReplication
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookSync

@Suite("Bundles") struct BundleTests {
  @Test("a bundle carries everything, artifacts included, and twice does no harm") func whole()
    throws
  {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let run = try hub.record("h1", points: 100)
    _ = try hub.putArtifact(run, path: "model.bin", bytes: [UInt8](repeating: 9, count: 5000))
    let path = team.folder.path + "/all.bundle"
    let made = try BundleFile.create(path, from: hub, needs: [])
    let seen = try BundleFile.verify(path)
    #expect(seen.ops == made.ops)
    #expect(seen.points == 100)
    #expect(seen.objects == 1)
    let first = try BundleFile.apply(path, to: ana).report
    #expect(first.ops > 0)
    #expect(try BundleFile.apply(path, to: ana).report.ops == 0)
    #expect(try ana.stateHash() == hub.stateHash())
    #expect(try ana.metricHistory(run, key: "m0").count == 100)
    _ = try ana.heldArtifact(run, path: "model.bin")
  }

  @Test("an old bundle brings nothing back that was purged since") func purged() throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    let run = try hub.record("h1", points: 100)
    let file = try hub.putArtifact(run, path: "secret.txt", bytes: [1, 2, 3])
    let path = team.folder.path + "/old.bundle"
    _ = try BundleFile.create(path, from: hub, needs: [])
    _ = try BundleFile.apply(path, to: ana)
    #expect(ana.contentStore.contains(file.digest))
    _ = try hub.purge(run.key, .everything, reason: "r", label: nil)
    _ = try ana.apply(
      hub.segments(notIn: ana.heads(), maxBytes: 1 << 24, after: nil).segments, from: "hub")
    for one in [hub, ana] {
      _ = try BundleFile.apply(path, to: one)
      #expect(!one.contentStore.contains(file.digest))
      #expect(try one.store.inspect { try $0.payloadCount() } == 0)
    }
  }

  @Test("as many heads as a flood leaves are read; a header that claims more is refused in words")
  func manyHeads() throws {
    let log = LogID(device: DeviceKey(bytes: [UInt8](repeating: 7, count: 32))!, epoch: 1)
    let heads = (0..<240_000).map { index in
      let hash = (0..<32).map { UInt8(truncatingIfNeeded: index >> ($0 % 3 * 8)) }
      return Head(log: log, number: UInt64(index), hash: SegmentHash(bytes: hash)!)
    }
    var header = ByteWriter()
    header.bytes([UInt8](repeating: 1, count: 16))
    header.text("flooded")
    header.lengthPrefixed(HeadsCoding.encode(heads))
    header.lengthPrefixed([])
    let team = try Team(["hub"])
    let path = team.folder.path + "/many.bundle"
    func write(_ header: [UInt8], length: Int) throws {
      var file = ByteWriter()
      file.bytes(Array("FBB1".utf8) + [1])
      file.fixed64(UInt64(length))
      file.bytes(header)
      file.bytes(Array(SHA256.hash(data: file.bytes)))
      try Data(file.bytes).write(to: URL(fileURLWithPath: path))
    }
    #expect(header.bytes.count > 16 << 20)
    try write(header.bytes, length: header.bytes.count)
    #expect(try BundleFile.verify(path).heads == heads)
    try write([0], length: 1 << 28 + 1)
    #expect(throws: SyncFailure.damagedBundle("a record is longer than the file")) {
      try BundleFile.verify(path)
    }
  }

  @Test("cut at any byte it is refused, and nothing changes") func truncation() throws {
    try expectRefused { $0.cuts }
  }

  @Test("with any byte altered it is refused, and nothing changes") func alteration() throws {
    try expectRefused { $0.alterations(0x01) }
  }

  /// Of a small bundle each of these.
  private func expectRefused<Damaged: Sequence<Data>>(_ damage: (Data) -> Damaged) throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    try hub.record("h1", points: 3)
    let path = team.folder.path + "/small.bundle"
    _ = try BundleFile.create(path, from: hub, needs: ana.heads())
    let before = try ana.stateHash()
    for damaged in damage(try Data(contentsOf: URL(fileURLWithPath: path))) {
      try damaged.write(to: URL(fileURLWithPath: path))
      #expect(throws: SyncFailure.self) { try BundleFile.apply(path, to: ana) }
    }
    #expect(try ana.stateHash() == before)
  }

  @Test("a bundle that builds on what is not here is refused") func missingBase() throws {
    let team = try Team(["hub", "ana"])
    let (hub, ana) = (team.hub, team.ana)
    try hub.record("h1")
    let base = try hub.heads()
    try hub.record("h2")
    let path = team.folder.path + "/since.bundle"
    _ = try BundleFile.create(path, from: hub, needs: base)
    let before = try ana.stateHash()
    #expect(throws: SyncFailure.self) { try BundleFile.apply(path, to: ana) }
    #expect(try ana.stateHash() == before)
  }

  @Test("a bundle of another workspace is refused") func otherWorkspace() throws {
    let (team, other) = (try Team(["hub"]), try Team(["hub"], seed: 55))
    let path = team.folder.path + "/other.bundle"
    _ = try BundleFile.create(path, from: other.hub, needs: [])
    #expect(throws: SyncFailure.bundleOfOther(name: "team")) {
      try BundleFile.apply(path, to: team.hub)
    }
  }

  @Test("a clone of a bundle is pending, and remembers where it came from") func clone() throws {
    let team = try Team(["hub"])
    try team.hub.record("h1")
    let path = team.folder.path + "/all.bundle"
    _ = try BundleFile.create(path, from: team.hub, needs: [])
    let ana = try CloneClient.clone(
      bundle: path, into: team.folder.path + "/ana", device: "ana", owner: "ana",
      environment: team.environment("ana"))
    #expect(ana.isPending)
    #expect(try ana.stateHash() == team.hub.stateHash())
    #expect(try ana.remotes().map(\.name) == ["origin"])
  }
}
