import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Hummingbird
import Synchronization
import Testing

@testable import FieldbookRepository
@testable import FieldbookSync

@Suite("Large artifacts travel by the chunks that are lacking")
struct ChunkTransferTests {
  let team: Team
  private static let bytes = 6_000_000

  init() throws { team = try Team() }

  private func content(seed: UInt64, count: Int = bytes) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count / 8).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) }
  }

  /// The same model with 200 kB in its middle changed, and a longer header.
  private func second(_ first: [UInt8]) -> [UInt8] {
    var out = content(seed: 77, count: 800) + first
    out.replaceSubrange(3_000_000..<3_200_000, with: content(seed: 78, count: 200_000))
    return out
  }

  @Test("a second version of a model sends what changed, up and down")
  func versions() async throws {
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let first = content(seed: 1)
    let run = try ana.record("a1")
    _ = try ana.putArtifact(run, path: "v1", bytes: first)
    try await serving(SyncServer(workspace: hub)) { url in
      let up = try await SyncClient.sync(ana, remote: ana.origin(url))
      let down = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect((first.count..<first.count + 100_000).contains(up.bytesOut))
      #expect((first.count..<first.count + 100_000).contains(down.bytesIn))
      _ = try ana.putArtifact(run, path: "v2", bytes: self.second(first))
      let upAgain = try await SyncClient.sync(ana, remote: ana.origin(url))
      let downAgain = try await SyncClient.sync(bo, remote: bo.origin(url))
      // 200 kB changed, in whole chunks, and the recipe.
      #expect((200_000..<1_000_000).contains(upAgain.bytesOut), "\(upAgain.bytesOut)")
      #expect((200_000..<1_000_000).contains(downAgain.bytesIn), "\(downAgain.bytesIn)")
    }
    #expect(try hub.content(run, "v2") == second(first))
    #expect(try bo.content(run, "v1") == first && bo.content(run, "v2") == second(first))
  }

  @Test("with a server, or a client, that knows whole contents only, they travel whole")
  func earlier() async throws {
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let first = content(seed: 1, count: 2_500_000)
    let run = try ana.record("a1")
    let artifact = try ana.putArtifact(run, path: "m", bytes: first)
    try await serving(SyncServer(workspace: hub, features: [])) { url in
      let report = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(report.bytesOut > first.count)
      _ = try await SyncClient.sync(bo, remote: bo.origin(url))
    }
    #expect(try hub.content(run, "m") == first && bo.content(run, "m") == first)
    // The same questions as a client of before asks.
    try await serving(SyncServer(workspace: hub)) { url in
      let connection = try PeerConnection(remote: bo.origin(url), workspace: bo)
      try await connection.prove(pin: hub.deviceKey)
      #expect(connection.hasChunks)
      _ = try? await connection.exchange(SyncOffer(digest: bo.headsDigest()))
      var read: [UInt8] = []
      while read.count < first.count {
        read += try await connection.object(artifact.digest, from: Int64(read.count))
      }
      #expect(read == first)
      await connection.close()
    }
  }

  @Test("what came before the connection broke is not sent again")
  func resumed() async throws {
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let first = content(seed: 3, count: 12_000_000)
    let run = try ana.record("a1")
    _ = try ana.putArtifact(run, path: "m", bytes: first)
    let server = SyncServer(workspace: hub)
    try await serving(server) { url in
      try await self.relaying(to: url, cuts: { place, _ in place > 1 }) { broken in
        await #expect(throws: (any Error).self) {
          try await SyncClient.sync(ana, remote: ana.origin(broken))
        }
      }
      let up = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(up.bytesOut < first.count - 3_000_000, "\(up.bytesOut)")
      #expect(try hub.content(run, "m") == first)
      try await self.relaying(to: url, cuts: { place, _ in place > 1 }) { broken in
        await #expect(throws: (any Error).self) {
          try await SyncClient.sync(bo, remote: bo.origin(broken))
        }
      }
      let down = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(down.bytesIn < first.count - 3_000_000, "\(down.bytesIn)")
      #expect(try bo.content(run, "m") == first)
    }
  }

  @Test("what came whole before serves as chunks, on both sides")
  func partial() async throws {
    let (hub, ana, bo) = (team.hub, team.ana, team.bo)
    let first = content(seed: 4)
    let run = try ana.record("a1")
    let artifact = try ana.putArtifact(run, path: "m", bytes: first)
    try hub.contentStore.appendPartial(artifact.digest, bytes: first[..<4_000_000], at: 0)
    try bo.contentStore.appendPartial(artifact.digest, bytes: first[..<4_000_000], at: 0)
    try await serving(SyncServer(workspace: hub)) { url in
      let up = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(up.bytesOut < 2_500_000)
      let down = try await SyncClient.sync(bo, remote: bo.origin(url))
      #expect(down.bytesIn < 2_500_000)
    }
    #expect(try hub.content(run, "m") == first && bo.content(run, "m") == first)
    #expect(bo.contentStore.partialSize(artifact.digest) == 0)
  }

  @Test("a chunk that has rotted at the peer is not taken, and the sync goes on")
  func rotten() async throws {
    let (hub, ana) = (team.hub, team.ana)
    let run = try hub.record("h1")
    let bad = try hub.putArtifact(run, path: "bad", bytes: content(seed: 5, count: 3_000_000))
    let pack = try #require(
      try FileManager.default.contentsOfDirectory(atPath: hub.folder + "/large/packs").first)
    let path = hub.folder + "/large/packs/" + pack
    chmod(path, 0o600)
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    try file.seek(toOffset: 1_000_000)
    try file.write(contentsOf: [1, 2, 3, 4])
    try file.close()
    _ = try hub.putArtifact(run, path: "good", bytes: content(seed: 6, count: 3_000_000))
    try await serving(SyncServer(workspace: hub)) { url in
      _ = try await SyncClient.sync(ana, remote: ana.origin(url))
    }
    #expect(try ana.content(run, "good") == content(seed: 6, count: 3_000_000))
    #expect(!ana.contentStore.contains(bad.digest) && !hub.contentStore.contains(bad.digest))
  }

  @Test("chunks are taken of contents alone that the log names and that are lacking")
  func uninvited() throws {
    let (hub, ana) = (team.hub, team.ana)
    let run = try ana.record("a1")
    let bytes = content(seed: 7, count: 2_000_000)
    let artifact = try ana.putArtifact(run, path: "m", bytes: bytes)
    let recipe = try #require(try ana.contentStore.large.recipe(of: artifact.digest))
    let desk = ChunkReceiving(hub)
    #expect(throws: SyncRefusal.self) { try desk.missing(artifact.digest, recipe: recipe.encoded) }
    try TestMachine.give(ana, to: hub)
    let frame = try #require(try ana.contentStore.large.frame(of: recipe[0].digest))
    #expect(throws: SyncRefusal.notHere) { try desk.take(frame, of: artifact.digest) }
    let marks = try desk.missing(artifact.digest, recipe: recipe.encoded)
    #expect(try recipe.chunks(marked: marks).count == recipe.count)
    let alien = ChunkFrame.pack([UInt8](repeating: 7, count: 20_000))
    #expect(throws: SyncRefusal.malformed) { try desk.take(alien, of: artifact.digest) }
    #expect(throws: SyncRefusal.malformed) { try desk.take([1, 2, 3], of: artifact.digest) }
    #expect(throws: SyncRefusal.malformed) { try desk.frames(of: [1, 2, 3]) }
    #expect(throws: SyncRefusal.malformed) {
      try desk.missing(artifact.digest, recipe: Array(recipe.encoded.dropLast()))
    }
    #expect(throws: SyncRefusal.notHere) { try desk.recipe(of: artifact.digest) }
    try desk.take(frame, of: artifact.digest)
    let rest = try recipe.chunks(marked: desk.missing(artifact.digest, recipe: recipe.encoded))
    #expect(rest.count == recipe.count - 1 && !rest.contains(recipe[0].digest))
    #expect(throws: LargeFailure.self) { try recipe.chunks(marked: marks + [0]) }
    #expect(throws: LargeFailure.self) { try recipe.chunks(marked: Array(marks.dropLast())) }
  }

  @Test("a recipe that makes something else is found out, and the content is taken whole")
  func lying() async throws {
    let (hub, ana) = (team.hub, team.ana)
    let run = try ana.record("a1")
    let bytes = content(seed: 8, count: 2_000_000)
    let artifact = try ana.putArtifact(run, path: "m", bytes: bytes)
    try TestMachine.give(ana, to: hub)
    let recipe = try #require(try ana.contentStore.large.recipe(of: artifact.digest))
    var draft = Recipe.Draft()
    for index in [1, 0] + Array(2..<recipe.count) {
      draft.add(recipe[index].digest, byteCount: recipe[index].byteCount)
    }
    let swapped = draft.finish(artifact.digest)
    let server = SyncServer(workspace: hub)
    _ = try server.chunkReceiving.missing(artifact.digest, recipe: swapped.encoded)
    for index in 0..<recipe.count {
      let frame = try #require(try ana.contentStore.large.frame(of: recipe[index].digest))
      try server.chunkReceiving.take(frame, of: artifact.digest)
    }
    #expect(throws: SyncRefusal.wantsWhole) {
      try server.chunkReceiving.missing(artifact.digest, recipe: swapped.encoded)
    }
    #expect(!hub.contentStore.contains(artifact.digest))
    #expect(throws: SyncRefusal.notHere) {
      try server.chunkReceiving.take([1], of: artifact.digest)
    }
    try await serving(server) { url in
      let report = try await SyncClient.sync(ana, remote: ana.origin(url))
      #expect(report.bytesOut > bytes.count)
    }
    #expect(try hub.content(run, "m") == bytes)
  }

  @Test("of more contents than may be begun at a time, all arrive")
  func many() throws {
    let (hub, ana) = (team.hub, team.ana)
    let run = try ana.record("a1")
    let count = SyncLimits.chunkedContents + 2
    let artifacts = try (0..<count).map { index in
      try ana.putArtifact(
        run, path: "m\(index)", bytes: content(seed: UInt64(index) + 20, count: 1_200_000))
    }
    try TestMachine.give(ana, to: hub)
    let desk = ChunkReceiving(hub)
    let recipes = try artifacts.map {
      try #require(try ana.contentStore.large.recipe(of: $0.digest))
    }
    for recipe in recipes {
      _ = try desk.missing(recipe.content, recipe: recipe.encoded)
      let frame = try #require(try ana.contentStore.large.frame(of: recipe[0].digest))
      try desk.take(frame, of: recipe.content)
    }
    #expect(throws: SyncRefusal.notHere) { try desk.take([], of: recipes[0].content) }
    for recipe in recipes {
      let marks = try desk.missing(recipe.content, recipe: recipe.encoded)
      let missing = try recipe.chunks(marked: marks)
      #expect(missing.count == recipe.count - 1, "the first was kept")
      for chunk in missing {
        try desk.take(
          try #require(try ana.contentStore.large.frame(of: chunk)), of: recipe.content)
      }
      #expect(
        try recipe.chunks(marked: desk.missing(recipe.content, recipe: recipe.encoded)) == [])
      #expect(hub.contentStore.contains(recipe.content))
    }
  }

  @Test("a server that has forgotten what was under way is shown the recipe again")
  func forgotten() async throws {
    let (hub, ana) = (team.hub, team.ana)
    let run = try ana.record("a1")
    let sizes = [9_000_000] + [Int](repeating: 1_200_000, count: SyncLimits.chunkedContents + 3)
    let artifacts = try sizes.enumerated().map { index, size in
      try ana.putArtifact(
        run, path: "m\(index)", bytes: content(seed: UInt64(index) + 40, count: size))
    }
    try TestMachine.give(ana, to: hub)
    let recipes = try artifacts.map {
      try #require(try ana.contentStore.large.recipe(of: $0.digest))
    }
    let server = SyncServer(workspace: hub)
    try await serving(server) { url in
      try await self.relaying(
        to: url,
        cuts: { place, path in
          if place == 2 {
            // So many others are begun that this one is not known any more.
            for recipe in recipes where !path.contains(recipe.content.hex) {
              _ = try server.chunkReceiving.missing(recipe.content, recipe: recipe.encoded)
            }
          }
          return false
        }
      ) { relay in
        let report = try await SyncClient.sync(ana, remote: ana.origin(relay))
        let total = sizes.reduce(0, +)
        // One message was sent twice.
        #expect(report.bytesOut > total + 1_000_000, "\(report.bytesOut)")
        #expect(report.bytesOut < total + SyncLimits.chunkBytes + 500_000, "\(report.bytesOut)")
      }
    }
    #expect(try hub.missingArtifacts(limit: .max).isEmpty)
    for artifact in artifacts { #expect(try hub.contentStore.verify(artifact.digest)) }
  }

  /// Hands everything on. Messages with chunks are counted from 1; those that `cuts` names reach the server, and no answer
  /// comes back.
  private func relaying(
    to url: String, cuts: @escaping @Sendable (_ place: Int, _ path: String) throws -> Bool,
    _ body: @escaping @Sendable (_ url: String) async throws -> Void
  ) async throws {
    let seen = Mutex(0)
    try await serving(
      on: Listener(),
      routes: { router in
        let pass: @Sendable (Request, PeerContext) async throws -> Response = { request, _ in
          let bytes = Array(try await request.body.collect(upTo: 1 << 26).readableBytesView)
          var headers: [String: String] = [:]
          for field in request.headers where field.name.canonicalName.hasPrefix("fieldbook") {
            headers[field.name.rawName] = field.value
          }
          let isChunks = request.uri.path.hasSuffix("/chunks")
          let place = seen.withLock { count in
            count += isChunks ? 1 : 0
            return count
          }
          let isCut = try isChunks && cuts(place, request.uri.path)
          let wire = try await Wire.open(url)
          let answer = try await wire.request(
            request.method.rawValue, request.uri.string, bytes, headers)
          await wire.close()
          if isCut {
            return Response(status: .ok, body: .init { _ in throw CancellationError() })
          }
          var response = Response(
            status: .init(code: answer?.status ?? 500),
            body: .init(byteBuffer: ByteBuffer(bytes: answer?.body ?? [])))
          if let session = answer?.headers["fieldbook-session"] {
            response.headers[.syncSession] = session
          }
          return response
        }
        router.on("**", method: .get, use: pass)
        router.on("**", method: .post, use: pass)
        router.on("**", method: .put, use: pass)
      }, body)
  }
}
