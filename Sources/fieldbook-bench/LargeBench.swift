import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import Foundation

/// A large file into the chunk store and out of it, beside `cp`.
enum LargeBench {
  private static let bytes = 512 << 20

  static func files(rounds: Int) throws -> [BenchRow] {
    // On a disk: in memory nothing would be waited for.
    let folder = NSTemporaryDirectory() + "/fieldbook-bench-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let source = folder + "/source"
    var generator = SeededGenerator(seed: 3)
    try fill(source, &generator)
    var times: [String: [Double]] = [:]
    var ratio = 0.0
    func measure(_ name: String, _ body: () throws -> Void) throws {
      times[name, default: []].append(try Measurement.seconds(body))
    }
    for _ in 0..<min(rounds, 3) {
      let place = folder + "/store"
      let store = try ContentStore(folder: place)
      var content: (ContentDigest, Int64)?
      try measure("put") { content = try store.put(file: source) }
      try measure("cp") { try copy(source, to: folder + "/copy", isSafe: true) }
      guard let digest = content?.0 else { throw TestFailure("nothing was put") }
      try measure("again") { _ = try store.put(file: source) }
      try measure("get") {
        guard try store.copy(digest, to: folder + "/out") else { throw TestFailure("not here") }
      }
      try measure("cp out") { try copy(source, to: folder + "/out2", isSafe: false) }
      let before = try size(of: place)
      try change(folder + "/copy", &generator)
      _ = try store.put(file: folder + "/copy")
      ratio = Double(try size(of: place) - before) / Double(bytes)
      for name in ["store", "copy", "out", "out2"] {
        try FileManager.default.removeItem(atPath: folder + "/" + name)
      }
    }
    let child = try Command(CommandLine.arguments[0], ["work", "large", folder]).start()
    guard child.wait() == 0 else { throw TestFailure("the child failed") }
    let peak = try String(contentsOfFile: folder + "/peak", encoding: .utf8)
    func rate(_ name: String) -> Double {
      Double(bytes) / 1e6 / Measurement.median(times[name] ?? [])
    }
    return [
      BenchRow(
        name: "put 512 MiB, new", value: rate("put"), unit: "MB/s", peer: rate("cp"),
        peerName: "cp and fsync", target: .none),
      BenchRow(
        name: "put 512 MiB, known", value: rate("again"), unit: "MB/s", peer: rate("cp"),
        peerName: "cp and fsync", target: .none),
      BenchRow(
        name: "get 512 MiB, verified", value: rate("get"), unit: "MB/s", peer: rate("cp out"),
        peerName: "cp", target: .none),
      BenchRow(
        name: "stored anew, 1 % changed", value: 100 * ratio, unit: "%", peer: 100,
        peerName: "a file a version", target: .none),
      BenchRow(
        name: "memory to put and get 512 MiB", value: Double(peak) ?? .nan, unit: "MB", peer: nil,
        peerName: nil, target: .atMost(100)),
    ]
  }

  /// In a process of its own: puts the file, gets it, and leaves its greatest size in memory, in megabytes, in `peak`.
  static func work(in folder: String) throws {
    let store = try ContentStore(folder: folder + "/memory")
    let (digest, _) = try store.put(file: folder + "/source")
    guard try store.copy(digest, to: folder + "/memory/out") else { throw TestFailure("not here") }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    try String(Double(usage.ru_maxrss) / 1000).write(
      toFile: folder + "/peak", atomically: true, encoding: .utf8)
  }

  /// Bytes that do not compress, as weights do not.
  private static func fill(_ path: String, _ generator: inout SeededGenerator) throws {
    let file = try writing(path)
    for _ in 0..<bytes >> 20 { try file.write(contentsOf: noise(1 << 20, &generator)) }
    try file.close()
  }

  /// One percent of it, in eight runs, as when a few tensors were trained on.
  private static func change(_ path: String, _ generator: inout SeededGenerator) throws {
    guard let file = FileHandle(forUpdatingAtPath: path) else { throw TestFailure(path) }
    for part in 0..<8 {
      try file.seek(toOffset: UInt64(part * (bytes / 8) + 12345))
      try file.write(contentsOf: noise(bytes / 800, &generator))
    }
    try file.close()
  }

  private static func noise(_ count: Int, _ generator: inout SeededGenerator) -> Data {
    var data = Data(capacity: count)
    while data.count < count {
      withUnsafeBytes(of: generator.next()) { data.append(contentsOf: $0) }
    }
    return data
  }

  private static func writing(_ path: String) throws -> FileHandle {
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw TestFailure(path) }
    return file
  }

  private static func copy(_ path: String, to target: String, isSafe: Bool) throws {
    let child = try Command("/bin/cp", [path, target]).start()
    guard child.wait() == 0 else { throw TestFailure("cp failed") }
    guard isSafe, let file = FileHandle(forUpdatingAtPath: target) else { return }
    try file.synchronize()
    try file.close()
  }

  private static func size(of folder: String) throws -> Int64 {
    try FileManager.default.subpathsOfDirectory(atPath: folder).reduce(0) { sum, name in
      var info = stat()
      guard stat(folder + "/" + name, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
        return sum
      }
      return sum + Int64(info.st_size)
    }
  }
}
