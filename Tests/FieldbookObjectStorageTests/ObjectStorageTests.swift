import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookObjectStorage

@Suite("A client of an object storage, against one that fails")
final class ObjectStorageTests {
  private let server: FaultyObjectServer
  private let bytes = [UInt8]("what is put is what is read".utf8)
  private let time: Int64 = 1_790_000_000

  init() throws { server = try FaultyObjectServer() }
  deinit { server.stop() }

  private func storage(_ more: [String: String] = [:]) throws -> ObjectStorage {
    let address = try ObjectAddress("s3://models/a b")
    let endpoint = try ObjectEndpoint(
      [
        "HOME": "/nowhere", "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "very-secret",
        "AWS_ENDPOINT_URL_S3": server.url,
      ].merging(more) { $1 }, for: address)
    return ObjectStorage(
      address, endpoint, folder: "w", pauses: [0.001, 0.001, 0.001], now: { [time] in time })
  }

  private func put(_ storage: ObjectStorage, _ key: String = "x/one.pack") throws {
    try storage.put(key, .bytes(bytes), sha256: ContentDigest(sha256: bytes))
  }

  private func failure(_ body: () throws -> Void) -> BucketFailure? {
    do {
      try body()
      return nil
    } catch { return error as? BucketFailure }
  }

  @Test("objects are put, measured, read in part, listed by pages and removed, below the prefix")
  func objects() throws {
    let storage = try storage(["AWS_SESSION_TOKEN": "session"])
    try put(storage)
    #expect(server.takeRequests() == ["PUT /models/a%20b/w/x/one.pack"])
    #expect(server.objects.keys.sorted() == ["/models/a b/w/x/one.pack"])
    #expect(try storage.byteCount(of: "x/one.pack") == Int64(bytes.count))
    #expect(server.lastHeaders["x-amz-security-token"] == ["session"])
    #expect(server.lastHeaders["authorization"].first?.contains("x-amz-security-token") == true)
    #expect(try storage.byteCount(of: "x/two.pack") == nil)
    #expect(try storage.read("x/one.pack", 5..<9) == Array(bytes[5..<9]))
    #expect(try storage.read("x/one.pack", 5..<5) == [])
    for name in ["x/b", "x/c", "x/d", "y/e"] { try put(storage, name) }
    var pages: [[String]] = []
    try storage.list("x/") { pages.append($0.map(\.key)) }
    #expect(pages == [["x/b", "x/c"], ["x/d", "x/one.pack"]])
    try storage.remove("x/b")
    try storage.remove("x/b")
    #expect(server.objects.count == 4)
    let folder = try TemporaryFolder()
    let large = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    try Data(large).write(to: URL(fileURLWithPath: folder.path + "/f"))
    try storage.put(
      "x/f", .file(folder.path + "/f", 3_000_000), sha256: ContentDigest(sha256: large))
    #expect(server.objects["/models/a b/w/x/f"] == large)
  }

  @Test("what passes by itself is tried again; what does not is said")
  func repeated() throws {
    let storage = try storage()
    let slow = FaultyObjectServer.Fault.status(503, "<Error><Code>SlowDown</Code></Error>")
    server.fail(.status(500, ""), slow, .silence)
    try put(storage)
    #expect(server.takeRequests().count == 4)
    server.fail(.cut, .cut)
    #expect(try storage.read("x/one.pack", 0..<20) == Array(bytes[0..<20]))
    #expect(server.takeRequests().count == 3)
    server.fail(.lostAnswer)
    try put(storage, "x/two.pack")
    #expect(server.objects["/models/a b/w/x/two.pack"] == bytes)
    server.failAlways(slow)
    _ = server.takeRequests()
    let found = failure { try put(storage) }
    #expect(found?.kind == .away && found?.message.contains("SlowDown") == true)
    #expect(server.takeRequests().count == 4)
    server.failAlways(nil)
    server.stop()
    let nobody = try self.storage()
    #expect(failure { try put(nobody) }?.kind == .away)
  }

  @Test("an object that is not there is told from a bucket that is not there")
  func missing() throws {
    let storage = try storage()
    #expect(failure { _ = try storage.read("x/none", 0..<5) }?.kind == .notThere)
    try put(storage)
    #expect(failure { _ = try storage.read("x/one.pack", 500..<505) }?.kind == .notThere)
    server.failAlways(.status(404, "<Error><Code>NoSuchBucket</Code></Error>"))
    let found = failure { _ = try storage.byteCount(of: "x/one.pack") }
    #expect(found?.kind == .misled && found?.message.contains("models does not exist") == true)
  }

  @Test("refusals say what to set, and nothing that is secret")
  func refusals() throws {
    let storage = try storage()
    let date = ["Date": "Mon, 21 Sep 2026 15:33:20 GMT"]  // 80 minutes ahead
    let cases: [(FaultyObjectServer.Fault, BucketFailure.Kind, String)] = [
      (.status(403, "<Error><Code>AccessDenied</Code></Error>"), .refused, "AccessDenied"),
      (.status(403, ""), .refused, "403"),
      (
        .status(403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", headers: date), .refused,
        "80 min behind"
      ),
      (
        .status(301, "", headers: ["x-amz-bucket-region": "eu-west-1"]), .misled, "eu-west-1"
      ),
      (
        .status(
          400,
          "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-2</Region></Error>"),
        .misled, "eu-west-2"
      ),
      (.status(307, "", headers: ["Location": "http://elsewhere/"]), .misled, "somewhere else"),
      (.status(507, "<Error><Code>XMinioStorageFull</Code></Error>"), .away, "full"),
      (.status(418, "<html>teapot</html>"), .misled, "418"),
      (.status(200, "<html>a page</html>"), .misled, "no object storage"),
    ]
    for (fault, kind, words) in cases {
      server.failAlways(fault)
      let found = failure { _ = try storage.look() }
      #expect(
        found?.kind == kind && found?.message.contains(words) == true, "\(fault): \(found as Any)")
      #expect(found.map { !($0.message + $0.hint).contains("very-secret") } == true)
    }
  }

  @Test("an answer without end is not read to its end")
  func bounded() throws {
    let storage = try storage()
    server.failAlways(.status(200, String(repeating: "x", count: 9 << 20)))
    #expect(failure { try storage.look() } != nil)
  }

  @Test("a store of chunks over it: a flipped bit comes again, a damaged one is found")
  func chunks() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path + "/tmp", withIntermediateDirectories: false)
    let shelf = PackShelf(
      bucket: try storage(), store: BucketStore(bytes: [UInt8](repeating: 1, count: 16)),
      cacheBytes: 0, rest: 0)
    let store = LargeStore(
      path: folder.path + "/large", staging: folder.path + "/tmp", shelf: shelf)
    var generator = SeededGenerator(seed: 1)
    let content = (0..<100_000).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) }
    var rest = content[...]
    let (digest, _) = try store.put { room in
      let count = min(room.count, rest.count)
      room.copyBytes(from: rest.prefix(count))
      rest = rest.dropFirst(count)
      return count
    }
    try shelf.putMark()
    let report = try #require(try store.uploadPacks())
    #expect(report.failure == nil && report.packs == 1 && report.evicted == 1)
    server.fail(.flipped)
    #expect(try store.verify(digest))
    let pack = try #require(server.objects.keys.first { $0.hasSuffix(".pack") })
    server.objects[pack]?[400_000] ^= 1
    #expect(try !store.verify(digest))
    #expect(!store.contains(digest))
  }
}
