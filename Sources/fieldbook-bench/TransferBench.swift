import FieldbookTestSupport
import Foundation

/// `artifacts put` and `artifacts get` by the built program, each beside `cp` of the same bytes.
///
/// A put is on the disk when it returns, so `cp` is followed by fsync of each file; a get is not, nor is its `cp`.
enum TransferBench {
  private static let largeBytes = 1 << 30

  static func large(rounds: Int) throws -> [BenchRow] {
    let folder = try BenchFolder()
    var generator = SeededGenerator(seed: 3)
    try folder.fill("source", bytes: largeBytes, &generator)
    let source = folder.path + "/source"
    var timings = Timings()
    var ratios: [Double] = []
    for round in 0..<min(rounds, 3) {
      let replica = try Replica(folder.path + "/round\(round)")
      try replica.transfer(source, &timings)
      try timings.measure("again") { try replica.put(source, below: "again") }
      let before = try replica.stored()
      try change(replica.copied, &generator)
      try replica.put(replica.copied, below: "changed")
      ratios.append(Double(try replica.stored() - before) / Double(largeBytes))
      try replica.remove()
    }
    let memory = try Replica(folder.path + "/memory")
    let child = try Command(CommandLine.arguments[0], ["work", "large", folder.path]).start()
    guard child.wait() == 0 else { throw TestFailure("the child failed") }
    let peak = try String(contentsOfFile: folder.path + "/peak", encoding: .utf8)
    try memory.remove()
    let size = Int64(largeBytes)
    return rows("1 GiB that does not compress", size, timings) + [
      BenchRow(
        name: "put the same 1 GiB again", value: timings.rate("again", bytes: size), unit: "MB/s",
        peer: timings.rate("cp", bytes: size), peerName: "cp and fsync", target: .none),
      BenchRow(
        name: "stored of 1 GiB, 1 % changed", value: 100 * Measurement.median(ratios), unit: "%",
        peer: 100, peerName: "a file a version", target: .none),
      BenchRow(
        name: "memory, put and get of 1 GiB", value: Double(peak) ?? .nan, unit: "MB",
        target: .atMost(100)),
    ]
  }

  static func small(rounds: Int) throws -> [BenchRow] {
    let (count, bytes) = (2000, 16 << 10)
    let folder = try BenchFolder()
    var generator = SeededGenerator(seed: 4)
    let source = folder.path + "/source"
    try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
    for number in 0..<count {
      try folder.fill("source/\(number).bin", bytes: bytes, &generator)
    }
    var timings = Timings()
    for round in 0..<min(rounds, 5) {
      let replica = try Replica(folder.path + "/round\(round)")
      try replica.transfer(source, &timings)
      try replica.remove()
    }
    return rows("2,000 files of 16 KiB", Int64(count * bytes), timings)
  }

  /// Versions of models, one folder a model, as `scripts/large-files --write` makes them of real weights.
  static func weights(rounds: Int) throws -> [BenchRow] {
    guard let top = ProcessInfo.processInfo.environment["FIELDBOOK_BENCH_WEIGHTS"] else {
      FileHandle.standardError.write(
        Data("bench: real weights are left out; `make bench` fetches them\n".utf8))
      return []
    }
    let models = try FileManager.default.contentsOfDirectory(atPath: top).sorted()
    guard !models.isEmpty else { throw TestFailure("there are no weights in \(top)") }
    return try models.flatMap { model in try versions(of: model, top + "/" + model, rounds) }
  }

  private static func versions(of model: String, _ place: String, _ rounds: Int) throws
    -> [BenchRow]
  {
    let files = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
      .map { place + "/" + $0 }
    guard let first = files.first else { throw TestFailure("there are no weights in \(place)") }
    let folder = try BenchFolder()
    var timings = Timings()
    var stored: Int64 = 0
    for round in 0..<min(rounds, 5) {
      let replica = try Replica(folder.path + "/round\(round)")
      try replica.transfer(first, &timings)
      for (number, file) in files.enumerated().dropFirst() {
        try replica.put(file, below: "version\(number)")
      }
      stored = try replica.stored()
      try replica.remove()
    }
    let bytes = try files.reduce(0) { try $0 + BenchFolder.size(of: $1) }
    return rows(model, try BenchFolder.size(of: first), timings) + [
      BenchRow(
        name: "stored of \(files.count) versions, \(model)",
        value: 100 * Double(stored) / Double(bytes), unit: "%", peer: 100,
        peerName: "a file a version", target: .none)
    ]
  }

  private static func rows(_ what: String, _ bytes: Int64, _ timings: Timings) -> [BenchRow] {
    [
      BenchRow(
        name: "artifacts put, \(what)", value: timings.rate("put", bytes: bytes), unit: "MB/s",
        peer: timings.rate("cp", bytes: bytes), peerName: "cp and fsync", target: .none),
      BenchRow(
        name: "artifacts get, \(what)", value: timings.rate("get", bytes: bytes), unit: "MB/s",
        peer: timings.rate("cp out", bytes: bytes), peerName: "cp", target: .none),
    ]
  }

  /// In a process of its own, since the system tells the greatest size of its children: puts `source` into the replica in
  /// `memory`, gets it, and leaves that size, in megabytes, in `peak`.
  static func work(in folder: String) throws {
    let replica = Replica(reading: folder + "/memory")
    try replica.put(folder + "/source", below: "a")
    try replica.get("a/source", to: folder + "/memory/out")
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    try String(Double(usage.ru_maxrss) / 1000).write(
      toFile: folder + "/peak", atomically: true, encoding: .utf8)
  }

  /// One percent of it, in eight runs, as when a few tensors were trained on.
  private static func change(_ path: String, _ generator: inout SeededGenerator) throws {
    guard let file = FileHandle(forUpdatingAtPath: path) else { throw TestFailure(path) }
    for part in 0..<8 {
      try file.seek(toOffset: UInt64(part * (largeBytes / 8) + 12345))
      try file.write(contentsOf: BenchFolder.noise(largeBytes / 800, &generator))
    }
    try file.close()
  }
}

/// A replica with one run, and `cp` beside it.
private struct Replica {
  let root: String
  private let fieldbook: Binary

  init(_ root: String) throws {
    self.init(reading: root)
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    try fieldbook.initialize("w", as: "ana", run: "r")
  }

  init(reading root: String) {
    self.root = root
    fieldbook = Binary(root: root)
  }

  /// Where `cp` put the last source.
  var copied: String { root + "/copied" }

  /// Put, `cp`, get and `cp` of a file or folder. What comes out is compared.
  func transfer(_ source: String, _ timings: inout Timings) throws {
    let name = (source as NSString).lastPathComponent
    try timings.measure("put") { try put(source, below: "a") }
    try timings.measure("cp") { try copy(source, to: copied, isSafe: true) }
    try timings.measure("get") { try get("a/" + name, to: root + "/out") }
    try timings.measure("cp out") { try copy(source, to: root + "/out2", isSafe: false) }
    let same = try Command("diff", ["-rq", source, root + "/out"]).answer()
    guard same.status == 0 else { throw TestFailure("what came out differs: \(same.out)") }
  }

  func put(_ path: String, below: String) throws {
    try run("artifacts", "put", "r", path, "--path", below)
  }

  func get(_ path: String, to out: String) throws {
    try run("artifacts", "get", "r", path, "--out", out)
  }

  /// Bytes of contents, in whatever form.
  func stored() throws -> Int64 {
    try ["large", "objects"].reduce(0) {
      try $0 + BenchFolder.size(of: root + "/w/.fieldbook/" + $1)
    }
  }

  func remove() throws { try FileManager.default.removeItem(atPath: root) }

  private func run(_ words: String...) throws {
    let answer = try fieldbook.run(words + ["--dir", "w"], as: "ana")
    guard answer.status == 0 else { throw TestFailure(answer.err) }
  }

  private func copy(_ path: String, to target: String, isSafe: Bool) throws {
    let child = try Command("cp", ["-r", path, target]).start()
    guard child.wait() == 0 else { throw TestFailure("cp failed") }
    guard isSafe else { return }
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: target)) ?? []
    for one in [target] + names.map({ target + "/" + $0 }) {
      let file = open(one, O_RDONLY | O_CLOEXEC)
      guard file >= 0, fsync(file) == 0 else { throw TestFailure("\(one) cannot be synced") }
      close(file)
    }
  }
}
