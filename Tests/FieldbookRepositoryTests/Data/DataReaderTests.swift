import Crypto
import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("Digests of data")
struct DataReaderTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
  }

  private var data: String { folder.path + "/data" }
  private var cache: String { folder.path + "/cache" }

  private func write(_ text: String, to name: String) throws {
    let path = data + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// - Parameter seconds: how much later than it is.
  private func read(_ name: String = "", cached: Bool = false, after seconds: Int = 0) throws
    -> DataVersion
  {
    let path = name.isEmpty ? data : data + "/" + name
    let reader = DataReader(cacheFolder: cached ? cache : nil, now: { time(nil) + seconds })
    return try reader.read(path, shown: "data")
  }

  @Test("a file is its bytes, as sha256sum has them")
  func file() throws {
    try write("a,b\n1,2\n", to: "x.csv")
    let version = try read("x.csv")
    #expect(version.kind == .file && version.byteCount == 8 && version.files == 1)
    #expect(version.columns == ["a", "b"])
    let sum = try Command("sha256sum", [data + "/x.csv"], variables: ["PATH": "/usr/bin:/bin"])
      .answer().out
    #expect(sum.hasPrefix(version.digest.hex))
    try write("", to: "empty")
    #expect(
      try read("empty").digest.hex
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  @Test("a folder is its files: paths, kinds and bytes, in the order of the paths' bytes")
  func formula() throws {
    try write("one", to: "b.txt")
    try write("two", to: "b/c.txt")
    try write("#!", to: "run.sh")
    #expect(chmod(data + "/run.sh", 0o755) == 0)
    #expect(symlink("b.txt", data + "/link") == 0)
    try FileManager.default.createDirectory(
      atPath: data + "/empty", withIntermediateDirectories: false)
    func digest(_ text: String) -> String {
      Hex.encode(Array(SHA256.hash(data: Data(text.utf8))))
    }
    // "." (46) is before "/" (47).
    let text =
      "fieldbook-folder 1\n" + "100644 \(digest("one")) b.txt\0"
      + "100644 \(digest("two")) b/c.txt\0" + "120000 \(digest("b.txt")) link\0"
      + "100755 \(digest("#!")) run.sh\0"
    let version = try read()
    #expect(version.digest.hex == digest(text))
    #expect(version.kind == .folder && version.files == 4 && version.byteCount == 8)
  }

  @Test("every change changes the digest: a byte, a name, a kind, a file more or less")
  func changes() throws {
    try write("one", to: "a")
    try write("two", to: "b")
    var seen: Set<ContentDigest> = [try read().digest]
    func expectNew() throws {
      let isNew = seen.insert(try read().digest).inserted
      #expect(isNew)
    }
    try write("onE", to: "a")
    try expectNew()
    #expect(rename(data + "/a", data + "/c") == 0)
    try expectNew()
    #expect(chmod(data + "/c", 0o755) == 0)
    try expectNew()
    try write("", to: "d")
    try expectNew()
    #expect(unlink(data + "/d") == 0 && symlink("c", data + "/d") == 0)
    try expectNew()
    #expect(unlink(data + "/d") == 0 && symlink("b", data + "/d") == 0)
    try expectNew()
  }

  @Test("links in it are not followed, however they lead; the data itself may be a link")
  func links() throws {
    try write("x", to: "a")
    #expect(symlink("..", data + "/up") == 0 && symlink("nowhere", data + "/lost") == 0)
    #expect(symlink("self", data + "/self") == 0)
    let version = try read()
    #expect(version.files == 4 && version.byteCount == 1)
    #expect(symlink(data, folder.path + "/way") == 0)
    #expect(
      try DataReader(cacheFolder: nil).read(folder.path + "/way", shown: "way").digest
        == version.digest)
  }

  @Test("what is no data is named: nothing there, a pipe, a file that may not be read")
  func odd() throws {
    #expect(throws: DataFailure.cannotRead("data", reason: "No such file or directory")) {
      try read("none")
    }
    #expect(mkfifo(data + "/pipe", 0o600) == 0)
    #expect(throws: DataFailure.odd("data/pipe")) { try read() }
    #expect(throws: DataFailure.odd("data")) { try read("pipe") }
    #expect(unlink(data + "/pipe") == 0)
    try write("x", to: "sub/secret")
    try #require(chmod(data + "/sub/secret", 0) == 0)
    if getuid() != 0 {
      #expect(throws: DataFailure.cannotRead("data/sub/secret", reason: "Permission denied")) {
        try read()
      }
    }
  }

  @Test("names that are no text, with line breaks in them, are names like others")
  func names() throws {
    let names: [[UInt8]] = [[0xFF, 0xFE], Array("a\nb".utf8), Array("a b".utf8)]
    for name in names {
      let file = (Array((data + "/").utf8) + name + [0]).withUnsafeBufferPointer { buffer in
        buffer.withMemoryRebound(to: CChar.self) {
          open($0.baseAddress!, O_CREAT | O_WRONLY, 0o600)
        }
      }
      try #require(file >= 0)
      close(file)
    }
    let empty = ContentDigest(sha256: [])
    let entries = names.map { TreePath(bytes: $0) }.sorted().map {
      FolderDigest.Entry(path: $0, kind: .file, digest: empty)
    }
    #expect(try read().digest == FolderDigest.of(entries))
  }

  @Test("what is as it was is not read again, and what was changed is, however it hides")
  func cached() throws {
    try write("one", to: "a")
    try write("two", to: "b")
    let first = try read(cached: true, after: 10)
    let names = try FileManager.default.contentsOfDirectory(atPath: cache)
    #expect(names.count == 1)
    var known = DigestCache(file: cache + "/" + names[0])
    #expect(known.entries.count == 2)
    // A digest that is in the cache only shows that the file was not read.
    var info = stat()
    #expect(lstat(data + "/a", &info) == 0)
    let other = ContentDigest(sha256: Array("else".utf8))
    known.note(TreePath("a"), info, other, at: time(nil) + 10)
    known.save(cache + "/" + names[0])
    let second = try read(cached: true, after: 10)
    #expect(second.digest != first.digest)
    // The same size and the same time of its bytes: inode and time of change tell.
    try write("eno", to: "a")
    var times = [info.st_atim, info.st_mtim]
    #expect(utimensat(AT_FDCWD, data + "/a", &times, 0) == 0)
    #expect(try read(cached: true, after: 10).digest == read().digest)
  }

  @Test("a file that was just changed is not remembered, and so a change within the second is seen")
  func racy() throws {
    try write("one", to: "a")
    let first = try read(cached: true)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: cache)) ?? [] {
      #expect(DigestCache(file: cache + "/" + name).entries.isEmpty)
    }
    try write("two", to: "a")
    #expect(try read(cached: true).digest != first.digest)
  }

  @Test("a cache that is damaged is done without; what it wrote reads again the same")
  func cacheForm() throws {
    var cache = DigestCache()
    for name in ["b", "a/c", ""] {
      var info = stat()
      info.st_size = 5
      info.st_ino = 7
      info.st_mtim.tv_sec = 1_700_000_000
      info.st_mtim.tv_nsec = 123_456_789
      cache.note(TreePath(name), info, ContentDigest(sha256: Array(name.utf8)), at: 1_800_000_000)
    }
    let bytes = cache.bytes
    #expect(DigestCache(bytes) == cache && cache.entries.count == 3)
    for place in bytes.indices {
      var damaged = bytes
      damaged[place] ^= 1
      #expect(DigestCache(damaged) == nil)
    }
    for length in bytes.indices { #expect(DigestCache(Array(bytes[..<length])) == nil) }
    #expect(DigestCache(DigestCache().bytes) == DigestCache())
  }

  @Test("a file that is written to all the time is named, and no digest is made up")
  func changing() throws {
    try write("x", to: "log")
    let writer = try #require(FileHandle(forWritingAtPath: data + "/log"))
    try writer.seekToEnd()
    var reads = 0
    #expect(throws: DataFailure.changing("data/log")) {
      try FileDigest.of(TreePath("log"), below: data, shown: "data/log") { _ in
        reads += 1
        writer.write(Data("more".utf8))
      }
    }
    #expect(reads >= 3)
    // One that comes to rest is read again, and is what it is then.
    var isWritten = false
    let (digest, info) = try FileDigest.of(TreePath("log"), below: data, shown: "data/log") { _ in
      if !isWritten { writer.write(Data("last".utf8)) }
      isWritten = true
    }
    #expect(try read("log").digest == digest && info.st_size == read("log").byteCount)
  }

  @Test("many files come out the same whatever the processors do; progress adds up")
  func many() throws {
    for number in 0..<300 { try write("file \(number)", to: "\(number % 7)/\(number)") }
    let first = try read()
    #expect(first.files == 300)
    let last = LastProgress()
    let again = try DataReader(cacheFolder: nil, told: { last.note($0) }).read(data, shown: "data")
    #expect(again == first)
    #expect(last.bytes == first.byteCount && last.value?.filesInAll == 300)
  }
}

private final class LastProgress: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var value: DataProgress?
  private(set) var bytes: Int64 = 0

  func note(_ progress: DataProgress) {
    lock.withLock {
      value = progress
      bytes = max(bytes, progress.bytes)
    }
  }
}

@Suite("Columns of a table")
struct ColumnNameTests {
  private func names(_ text: String, tabbed: Bool = false) -> [String]? {
    ColumnNames.read(Array(text.utf8), isTabbed: tabbed)
  }

  @Test("a header's names, quoted or not, by comma, semicolon or tab")
  func headers() {
    #expect(names("id,age,city\n1,2,x\n") == ["id", "age", "city"])
    #expect(names("\u{FEFF}id;age\r\n1;2\r\n") == ["id", "age"])
    #expect(names("\"last, first\",\"a \"\"b\"\"\"\n") == ["last, first", "a \"b\""])
    #expect(names("a\tb,c\n", tabbed: true) == ["a", "b,c"])
    #expect(names("text\nhello\n") == ["text"])
  }

  @Test(
    "a line that may be data is no header",
    arguments: [
      "1,2,3\n", "a,b", "a,,b\n", "a,a\n", "Ana,1984-02-03\n", "a,b\u{1}\n", "", "\n", "a,-1.5\n",
      "\"a,b\n",
    ])
  func noHeader(_ text: String) { #expect(names(text) == nil) }
}
