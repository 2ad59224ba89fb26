import FieldbookModel
import Foundation

/// A virtual environment with the packages that a run recorded.
struct PythonRebuild {
  struct Lack: Equatable, Sendable {
    var package: RequiredPackage
    var reason: String
  }

  /// Where it is made; what pip says is kept beside it.
  let folder: String
  let variables: [String: String]
  let told: @Sendable (String) -> Void
  private let log: String

  init(
    _ folder: String, variables: [String: String], told: @escaping @Sendable (String) -> Void
  ) {
    self.folder = folder
    self.variables = variables
    self.told = told
    log = folder + "-log.txt"
  }

  var python: String { folder + "/bin/python" }

  /// Packages whose hashes are known are installed with `--require-hashes`: pip takes no other file for them. It takes hashes
  /// for all that it is asked or for none, so those without any are a question of their own.
  ///
  /// - Parameter hashes: from the project's locks, and of what came from a URL.
  /// - Returns: what could not be had.
  /// - Throws: `ReproductionFailure.noEnvironment`.
  func make(
    with base: String, _ packages: [RequiredPackage], hashes: [PackageHash] = []
  ) async throws -> [Lack] {
    let made = await run([base, "-m", "venv", folder])
    guard made.status == 0 else { throw ReproductionFailure.noEnvironment(made.lastWords) }
    var lacks = packages.compactMap { one in one.isOutOfReach.map { Lack(package: one, reason: $0) }
    }
    let wanted = packages.filter { $0.isOutOfReach == nil }
    let known = PackagePin.all(wanted, hashes)
    for (pins, words) in [
      (known.filter { !$0.digests.isEmpty }, ["--require-hashes"]),
      (known.filter(\.digests.isEmpty), []),
    ] where !pins.isEmpty {
      told("pip: " + Amount.of(pins.count, "package") + (words.isEmpty ? "" : ", by their hashes"))
      // The list is whole: what a package needs is on it, or was not there then.
      if try await install(pins, words).status == 0 { continue }
      for (number, one) in pins.enumerated() {
        told("pip: \(number + 1) of \(pins.count), \(one.package.name)")
        let answer = try await install([one], words)
        if answer.status != 0 { lacks.append(Lack(package: one.package, reason: answer.lastWords)) }
      }
    }
    return lacks
  }

  private func install(_ pins: [PackagePin], _ words: [String]) async throws -> Answer {
    let list = folder + "-packages.txt"
    let text = pins.map(\.line).joined(separator: "\n") + "\n"
    try Data(text.utf8).write(to: URL(fileURLWithPath: list))
    return await run(pip + words + ["--requirement", list])
  }

  private var pip: [String] {
    [
      python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps",
      "--progress-bar", "off",
    ]
  }

  private struct Answer {
    var status: Int32
    var lastWords: String
  }

  private func run(_ command: [String]) async -> Answer {
    guard let path = Spawn.find(command[0], variables: variables, folder: "/") else {
      return Answer(status: 127, lastWords: "there is no \(command[0])")
    }
    let output = open(log, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
    let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer {
      close(output)
      close(input)
    }
    let start = lseek(output, 0, Int32(SEEK_END))
    let child = Spawn.start(
      path, Array(command.dropFirst()), variables: variables, folder: "/", input: input,
      output: output, errors: output)
    guard let child else { return Answer(status: 126, lastWords: "\(path) cannot be started") }
    let status = await Blocking.run { Spawn.wait(for: child) }
    return Answer(status: status, lastWords: lastWords(from: Int64(start)))
  }

  /// The last line that says what is wrong, else the last line.
  private func lastWords(from start: Int64) -> String {
    guard let file = FileHandle(forReadingAtPath: log) else { return "" }
    let end = Int64((try? file.seekToEnd()) ?? 0)
    try? file.seek(toOffset: UInt64(max(start, end - 65536)))
    let text = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    let lines = text.split(separator: "\n").map(String.init)
    let line = lines.last { $0.hasPrefix("ERROR:") } ?? lines.last ?? "it said nothing"
    return String(SecretMasking.mask(line.replacing("ERROR: ", with: "")).masked.prefix(300))
  }
}
