import Crypto
import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("The content store")
struct ContentStoreTests {
  let folder: TemporaryFolder
  let store: ContentStore

  init() throws {
    folder = try TemporaryFolder()
    store = try ContentStore(folder: folder.path)
  }

  private func digest(_ bytes: [UInt8]) throws -> ContentDigest {
    try #require(ContentDigest(bytes: Array(SHA256.hash(data: bytes))))
  }

  private func read(_ digest: ContentDigest) throws -> [UInt8] {
    let reader = try store.reader(of: digest)
    var bytes: [UInt8] = []
    while let piece = try reader.next() { bytes += piece }
    return bytes
  }

  private func files(_ sub: String) -> [String] {
    (try? FileManager.default.subpathsOfDirectory(atPath: folder.path + "/" + sub))?.filter {
      path in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(
        atPath: folder.path + "/" + sub + "/" + path, isDirectory: &isFolder)
      return !isFolder.boolValue
    } ?? []
  }

  private func write(_ bytes: [UInt8], to name: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test(
    "what is put is found by its digest, from bytes and from a file", arguments: [0, 1, 3_000_000])
  func putAndGet(count: Int) throws {
    var generator = SeededGenerator(seed: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    let expected = try digest(bytes)
    #expect(!store.contains(expected) && store.wholeFile(of: expected) == nil)
    let file = try write(bytes, to: "source")
    let (digest, size) = try store.put(file: file)
    #expect(digest == expected && size == Int64(count))
    #expect(try read(expected) == bytes)
    #expect(try store.verify(expected))
    #expect(FileManager.default.fileExists(atPath: file), "the source stays")
    #expect(try store.put(bytes: bytes) == (expected, Int64(count)))
    let isLarge = count > ContentStore.threshold
    #expect(files("objects").count == (isLarge ? 0 : 1) && files("tmp").isEmpty)
    #expect((store.wholeFile(of: expected) == nil) == isLarge)
    #expect(try store.all() == [expected] && store.size(of: expected) == Int64(count))
  }

  @Test("an object is read only and lies where its digest says")
  func place() throws {
    let (digest, _) = try store.put(bytes: [1, 2, 3])
    let path = try #require(store.wholeFile(of: digest))
    #expect(
      path == folder.path + "/objects/" + digest.hex.prefix(2) + "/" + digest.hex.dropFirst(2))
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o444)
  }

  @Test("another store in the same folder sees the same")
  func reopened() throws {
    let (digest, _) = try store.put(bytes: [7])
    #expect(try ContentStore(folder: folder.path).contains(digest))
  }

  @Test("an object that was altered is seen to be")
  func altered() throws {
    let (digest, _) = try store.put(bytes: [1, 2, 3])
    let path = try #require(store.wholeFile(of: digest))
    chmod(path, 0o644)
    try Data([1, 2, 4]).write(to: URL(fileURLWithPath: path))
    #expect(try !store.verify(digest))
    #expect(try !store.verify(self.digest([9])), "nor is one that is not here")
  }

  @Test("what cannot be read is a failure and leaves nothing", arguments: ["missing", ""])
  func unreadable(name: String) throws {
    #expect(throws: ContentFailure.self) { try store.put(file: folder.path + "/" + name) }
    #expect(files("objects").isEmpty && files("tmp").isEmpty)
  }

  // MARK: Downloads

  @Test("a download goes on where it ended, also in another process")
  func resumed() throws {
    let bytes = (0..<100).map { UInt8($0) }
    let digest = try digest(bytes)
    try store.appendPartial(digest, bytes: bytes[..<40], at: 0)
    #expect(!store.contains(digest))
    let other = try ContentStore(folder: folder.path)
    #expect(other.partialSize(digest) == 40)
    for wrong: Int64 in [0, 39, 41, -1] {
      #expect(throws: ContentFailure.gap(digest)) {
        try other.appendPartial(digest, bytes: bytes[40...], at: wrong)
      }
    }
    try other.appendPartial(digest, bytes: bytes[40...], at: 40)
    try other.finishPartial(digest)
    #expect(try read(digest) == bytes)
    #expect(store.partialSize(digest) == 0 && files("tmp").isEmpty)
  }

  @Test("a download with the wrong digest, or one too short, is refused and thrown away")
  func wrongDigest() throws {
    let digest = try digest([1, 2, 3])
    for bytes: [UInt8] in [[1, 2], [1, 2, 4], [1, 2, 3, 0], []] {
      try store.appendPartial(digest, bytes: bytes[...], at: 0)
      #expect(throws: ContentFailure.altered(digest)) { try store.finishPartial(digest) }
      #expect(!store.contains(digest) && store.partialSize(digest) == 0)
    }
    #expect(throws: ContentFailure.self) { try store.finishPartial(digest) }
    #expect(files("objects").isEmpty && files("tmp").isEmpty)
  }

  @Test("a download of what is here already changes nothing")
  func again() throws {
    let (digest, _) = try store.put(bytes: [1, 2, 3])
    try store.appendPartial(digest, bytes: [1, 2, 3], at: 0)
    try store.finishPartial(digest)
    try store.appendPartial(digest, bytes: [1], at: 0)
    store.discardPartial(digest)
    #expect(try read(digest) == [1, 2, 3])
    #expect(files("objects").count == 1 && files("tmp").isEmpty)
  }

  // MARK: Crashes

  @Test("a crash before the object has its name leaves no object, and the content can be put again")
  func crash() throws {
    let bytes: [UInt8] = [1, 2, 3]
    let digest = try digest(bytes)
    let staging = try store.stagingFile()
    try Data(bytes).write(to: URL(fileURLWithPath: staging))
    let after = try ContentStore(folder: folder.path)
    #expect(!after.contains(digest))
    _ = try after.put(bytes: bytes)
    #expect(try after.verify(digest))
  }

  @Test("what a crash left behind is removed a day later; downloads and what is under way stay")
  func remains() throws {
    let digest = try digest([1])
    let (old, fresh) = try (store.stagingFile(), store.stagingFile())
    try store.appendPartial(digest, bytes: [1], at: 0)
    let partial = folder.path + "/tmp/" + digest.hex + ".part"
    for path in [old, partial] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -2 * 86400)], ofItemAtPath: path)
    }
    let after = try ContentStore(folder: folder.path)
    #expect(!FileManager.default.fileExists(atPath: old))
    #expect(FileManager.default.fileExists(atPath: fresh))
    #expect(after.partialSize(digest) == 1)
  }

  @Test("only 32 bytes are a digest, so that no digest can name a path outside")
  func traversal() {
    for text in [
      "", "..", "../../etc/passwd", "/etc/passwd", String(repeating: "../", count: 21) + "a",
      String(repeating: "g", count: 64), String(repeating: "a", count: 63),
      String(repeating: "a", count: 66), String(repeating: "a", count: 62) + "/.",
      String(repeating: "٠", count: 64), String(repeating: "a", count: 63) + "\0",
    ] {
      #expect(ContentDigest(hex: text) == nil, "\(text)")
    }
    #expect(ContentDigest(bytes: []) == nil)
    #expect(ContentDigest(bytes: [UInt8](repeating: 0, count: 33)) == nil)
    #expect(ContentDigest(hex: String(repeating: "AB", count: 32))?.hex.first == "a")
  }

  @Test("a folder that cannot be written is a failure with a hint")
  func unwritable() throws {
    let file = try write([], to: "file")
    #expect {
      try ContentStore(folder: file)
    } throws: { error in
      guard case ContentFailure.cannotWrite(let path, _) = error else { return false }
      return path.hasPrefix(file) && (error as? any Failure)?.hint.isEmpty == false
    }
  }
}
