import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookExecution

@Suite("Config files")
struct ConfigFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String) throws -> [String: String] {
    let file = folder.path + "/config.yaml"
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return try ConfigFile(file).parameters.reduce(into: [:]) { $0[$1.0] = $1.1 }
  }

  private func captured(_ file: String) throws -> Capture {
    let workspace = try TestMachine.team(
      ["ana"], root: folder.path + "/team", clock: ManualClock())[0]
    var capture = Capture()
    _ = try capture.addConfig(
      RunRequest(
        command: [], experiment: "e", name: nil, configs: [file], overrides: [], tags: [],
        parent: nil, folder: folder.path, variables: [:], isStdoutTaken: false), in: workspace)
    return capture
  }

  private func refusal(_ text: String) -> String? {
    do {
      _ = try read(text)
      return nil
    } catch { return (error as? InvalidInput)?.message ?? "\(error)" }
  }

  @Test("what is nested is flattened, each value as it is written")
  func nesting() throws {
    let yaml = """
      # a comment
      lr: 1e-4
      version: 1.10
      seed: 0042
      when: 12:30
      model: {layers: [64, 32], name: "a b", bias: true}
      nothing: ~
      empty: ''
      none: {list: [], table: {}}
      1: one
      text: |
        two
        lines
      """
    #expect(
      try read(yaml) == [
        "lr": "1e-4", "version": "1.10", "seed": "0042", "when": "12:30", "model.layers.0": "64",
        "model.layers.1": "32", "model.name": "a b", "model.bias": "true", "nothing": "null",
        "empty": "", "none.list": "[]", "none.table": "{}", "1": "one", "text": "two\nlines",
      ])
  }

  @Test("JSON is read too, with NaN")
  func json() throws {
    let text = #"{"a": {"b": [1, null, NaN]}, "c": "\u00e9\n", "d": 1e999}"#
    #expect(
      try read(text) == ["a.b.0": "1", "a.b.1": "null", "a.b.2": "NaN", "c": "é\n", "d": "1e999"])
  }

  @Test("numbers that are none stay as they are", arguments: [".nan", "-.inf", "NaN", "Infinity"])
  func notANumber(_ text: String) throws {
    #expect(try read("loss: \(text)") == ["loss": text])
  }

  @Test("aliases and merge keys are followed, and what the table itself sets wins")
  func aliases() throws {
    let yaml = """
      base: &base {lr: 0.1, depth: 2}
      more: &more {depth: 3, width: 8}
      run: {<<: [*base, *more], lr: 0.2}
      again: *base
      """
    let values = try read(yaml)
    #expect(values["run.lr"] == "0.2" && values["run.depth"] == "2" && values["run.width"] == "8")
    #expect(values["again.lr"] == "0.1" && values.count == 9)
  }

  @Test("an empty file sets nothing", arguments: ["", "# nothing\n", "---\n", "null", "{}"])
  func empty(_ text: String) throws { #expect(try read(text) == [:]) }

  @Test(
    "what does not read is refused with the reason",
    arguments: [
      ("a: 1\na: 2\n", "twice"), ("a: {b: 1}\na.b: 2\n", "a.b twice"), ("a: [1, 2", "line"),
      ("a: *b", "undefined alias"), ("lr = 0.1\n", "no table"), ("- 1\n- 2\n", "no table"),
      ("? [1, 2]\n: 3\n", "a key that is no text"), ("a: 1\n---\nb: 2\n", "another document"),
      ("a: 'open", "line"), ("\tx: 1", "line"), ("a: \u{1}", "does not read"),
    ])
  func refused(_ text: String, _ reason: String) {
    #expect(refusal(text)?.contains(reason) == true, "\(refusal(text) ?? "not refused")")
  }

  @Test("files that are too large, no text, missing or a folder are refused")
  func files() throws {
    #expect(refusal("a: " + String(repeating: "x", count: 1 << 20))?.contains("1 MiB") == true)
    let file = folder.path + "/binary"
    try Data([0xff, 0xfe, 0x00]).write(to: URL(fileURLWithPath: file))
    for path in [file, folder.path, folder.path + "/missing", "/dev/zero"] {
      #expect(throws: InvalidInput.self) { try ConfigFile(path) }
    }
  }

  @Test("a few aliases that stand for billions of values are refused at once")
  func bombs() {
    let values = (1...30).map { "a\($0): &a\($0) [*a\($0 - 1), *a\($0 - 1)]" }
    #expect(refusal("a0: &a0 x\n" + values.joined(separator: "\n"))?.contains("more than") == true)
    // Two keys, since one alone is compared with nothing.
    let keys = values.joined(separator: "\n") + "\n? *a30\n: 1\n? *a29\n: 2\n"
    #expect(refusal("a0: &a0 x\n" + keys)?.contains("a key that is no text") == true)
    let merges = (1...30).map { "a\($0): &a\($0) {<<: [*a\($0 - 1), *a\($0 - 1)]}" }
    #expect(
      refusal("a0: &a0 {k: v}\n" + merges.joined(separator: "\n"))?.contains("more than") == true)
    #expect(
      refusal("a: [" + String(repeating: "1,", count: 20_000) + "1]")?.contains("more than") == true
    )
  }

  @Test("an alias of a text can be a key")
  func aliasAsKey() throws {
    #expect(try read("a: &k x\n*k : 1\nb: {? *k : 2}\n") == ["a": "x", "x": "1", "b.x": "2"])
  }

  @Test("nesting without end is refused")
  func depth() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", "")] {
      let text =
        String(repeating: open, count: 100_000) + "x" + String(repeating: close, count: 100_000)
      #expect(refusal("a:\n  " + text) != nil, "\(open)")
    }
    #expect(
      refusal("a: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900))
        == nil)
  }

  @Test("arbitrary text is read or refused, and nothing worse")
  func fuzz() {
    let pieces = [
      "a", "b: ", "- ", "? ", ": ", "\n", "  ", "[", "]", "{", "}", ",", "&x ", "*x", "<<: ", "'",
      "\"", "|\n",
      ">", "!", "!!int ", "!!map ", "%", "---\n", "...\n", "#", "~", "\t", "\\", "é", "\u{1}",
      "\u{feff}", "1e9",
    ]
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...25, using: &generator)
      let text = (0..<count).map { _ in pieces.randomElement(using: &generator)! }.joined()
      let message = refusal(text)
      #expect(message == nil || message!.hasPrefix("the config "), "\(text): \(message ?? "")")
    }
  }

  @Test("secrets are masked, and a file that holds one is not kept itself")
  func secrets() throws {
    let file = folder.path + "/config.yaml"
    try "lr: 0.1\nwandb: {api_key: |\n  abc\n}".write(
      toFile: file, atomically: true, encoding: .utf8)
    #expect(throws: InvalidInput.self) { try ConfigFile(file) }
    try "lr: 0.1\nwandb:\n  api_key: |\n    abc\n".write(
      toFile: file, atomically: true, encoding: .utf8)
    let capture = try captured(file)
    #expect(capture.parameters.map(\.0) == ["lr", "wandb.api_key"])
    #expect(capture.parameters.map(\.1) == ["0.1", "***"])
    #expect(capture.artifacts.isEmpty)
    #expect(
      capture.notCaptured == [
        "the config file itself, which holds a secret (value of wandb.api_key)"
      ])
  }

  @Test("a file without secrets is kept byte for byte")
  func kept() throws {
    let file = folder.path + "/c.yaml"
    try Data("lr: 0.1\r\n# é".utf8).write(to: URL(fileURLWithPath: file))
    let capture = try captured(file)
    #expect(capture.artifacts.map(\.path) == ["config/c.yaml", "config/used.yaml"])
    #expect(capture.artifacts.last?.bytes == capture.artifacts.first?.bytes)
    #expect(capture.artifacts.first?.bytes == Array("lr: 0.1\r\n# é".utf8))
    #expect(capture.captured == ["config"] && capture.notCaptured.isEmpty)
  }
}
