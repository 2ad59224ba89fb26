import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookExecution

@Suite("Configs as runs use them")
struct ResolvedConfigTests {
  let folder: TemporaryFolder
  let project: String
  let ana: Workspace

  init() throws {
    folder = try TemporaryFolder()
    project = folder.path + "/project"
    try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
    ana = try TestMachine.team(["ana"], root: folder.path + "/team", clock: ManualClock())[0]
  }

  private func write(_ name: String, _ text: String) throws {
    let path = project + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  private func resolve(
    _ name: String, _ words: [String] = [], variables: [String: String] = [:]
  ) throws -> ResolvedConfig {
    let overrides = try words.map { word in
      guard let equals = ConfigOverride.equals(in: word) else {
        return try ConfigOverride(word, value: "")
      }
      return try ConfigOverride(
        String(word[..<equals]), value: String(word[word.index(after: equals)...]))
    }
    return try ResolvedConfig(
      name.split(separator: "+").map { try ConfigSource.named(String($0), in: project, ana) },
      overrides: overrides, folder: project,
      variables: variables, in: ana)
  }

  private func refusal(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return (error as? InvalidInput)?.message ?? "\(error)" }
  }

  private let yaml = """
    lr: 0.1
    epochs: 10
    amp: true
    name: net
    version: "1.10"
    when: 2026-01-01
    nothing: ~
    layers: [64, 32]
    model:
      depth: 2
      head: {kind: mlp}
    "a.b": {c: 1}
    """

  @Test(
    "a value keeps the type of what it replaces",
    arguments: [
      ("lr=1", "lr", "1.0", "lr: 1.0\n"), ("lr=1e-4", "lr", "1.0e-4", "lr: 1.0e-4\n"),
      ("lr=.5", "lr", "0.5", "lr: 0.5\n"), ("epochs=20", "epochs", "20", "epochs: 20\n"),
      ("amp=no", "amp", "false", "amp: false\n"), ("amp=ON", "amp", "true", "amp: true\n"),
      ("name=yes", "name", "\"yes\"", "name: \"yes\"\n"),
      ("name=12", "name", "\"12\"", "name: \"12\"\n"),
      ("version=1.20", "version", "\"1.20\"", "version: \"1.20\"\n"),
      ("nothing=3", "nothing", "3", "nothing: 3\n"),
      ("layers=[1, 2.5]", "layers.1", "2.5", "  - 1\n  - 2.5\n"),
      ("layers.0=7", "layers.0", "7", "  - 7\n  - 32\n"),
      ("layers.2=7", "layers.2", "7", "  - 32\n  - 7\n"),
      ("model.head.kind=cnn", "model.head.kind", "\"cnn\"", "    kind: \"cnn\"\n"),
      ("model={depth: 3, new: x}", "model.depth", "3", "  depth: 3\n  head:\n"),
      ("a\\.b.c=2", "a.b.c", "2", "\"a.b\":\n  c: 2\n"),
      ("new.deep=1", "new.deep", "1", "new:\n  deep: 1\n"),
      ("+new=2026-01-01", "new", "\"2026-01-01\"", "new: \"2026-01-01\"\n"),
      ("++lr=high", "lr", "\"high\"", "lr: \"high\"\n"),
      ("++epochs=null", "epochs", "null", "epochs: null\n"),
      ("new='1'", "new", "\"1\"", "new: \"1\"\n"),
    ])
  func types(_ word: String, _ key: String, _ typed: String, _ written: String) throws {
    try write("c.yaml", yaml)
    let config = try resolve("c.yaml", [word])
    #expect(config.file.typed[key] == typed)
    #expect(config.file.text.contains(written), "\(config.file.text)")
    // A date that nobody touched stays one, and the whole reads again as what it is.
    #expect(config.file.text.contains("when: 2026-01-01\n"))
    let again = try ConfigFile(text: config.file.text, path: "again")
    #expect(again.typed == config.file.typed)
  }

  @Test("what is written otherwise is never said to be equal, nor made a number of JSON")
  func exact() throws {
    let pairs = [
      ("010", "10"), ("1_000", "1000"), ("yes", "true"), ("0x10", "16"), ("1:30", "90"),
      ("1.0", "1.00"), ("1e-4", "0.0001"), ("on", "\"on\""),
    ]
    for (one, other) in pairs {
      let files = try [one, other].map { try ConfigFile(text: "a: \($0)\n", path: "c.yaml") }
      #expect(files[0].typed != files[1].typed, "\(one) and \(other)")
    }
    #expect(
      try ConfigFile(text: "a: ~\nb: 'x'\n", path: "").typed
        == ConfigFile(text: "a: null\nb: x\n", path: "").typed)
    _ = try ana.addConfig("odd.yaml", "a: 010\nb: 1_000\nc: +5\nd: 10\ne: yes\n")
    try write("c.json", #"{"include": "odd.yaml", "f": 1}"#)
    let text = try resolve("c.json").file.text
    for line in [#""a": "010""#, #""b": "1_000""#, #""c": 5"#, #""d": 10"#, #""e": true"#] {
      #expect(text.contains(line), "\(text)")
    }
  }

  @Test("taking away, and lists of changes in their order")
  func removal() throws {
    try write("c.yaml", yaml)
    let config = try resolve("c.yaml", ["~model.head", "~layers.0", "epochs=3", "epochs=4"])
    #expect(config.file.typed["model.head.kind"] == nil && config.file.typed["layers.0"] == "32")
    #expect(config.file.typed["epochs"] == "4" && config.file.typed["layers.1"] == nil)
  }

  @Test(
    "what does not fit is told",
    arguments: [
      ("lr=high", "'lr' is a number, and 'high' is none"),
      ("epochs=1.5", "'epochs' is a whole number"), ("amp=3", "'amp' is true or false"),
      ("epochs=null", "whole number"), ("layers=3", "'layers' is a list"),
      ("model=3", "'model' is a table"), ("layers.9=1", "no place '9' in a list of 2"),
      ("layers.x=1", "no place 'x'"), ("lr.x=1", "is a number, not a table"),
      ("+lr=1", "in the config already"), ("~nope", "not in the config"),
      ("~layers.5", "no place '5'"), ("new=[1", "does not read as YAML"), ("a..b=1", "names no"),
      ("=1", "names no"), ("~=", "names no"), ("model={depth: deep}", "is a whole number"),
    ])
  func misfits(_ word: String, _ reason: String) throws {
    try write("c.yaml", yaml)
    let told = refusal { _ = try resolve("c.yaml", [word]) }
    #expect(told?.contains(reason) == true, "\(told ?? "not refused")")
  }

  @Test("a text that nothing changes is handed on byte by byte, and JSON stays JSON")
  func forms() throws {
    try write("c.yaml", yaml + "\n# a comment\n")
    #expect(try resolve("c.yaml").file.text == yaml + "\n# a comment\n")
    try write("c.json", #"{"a": {"b": [1, null, "x"]}, "d": 1.5, "e": "é\n"}"#)
    let config = try resolve("c.json", ["d=1e3", "a.b.0=2"])
    #expect(config.ending == "json")
    let parsed = try JSONParser.parse(Array(config.file.text.utf8))
    #expect(parsed["d"] == .number(1000) && parsed["e"] == .string("é\n"))
    #expect(parsed["a"]?["b"]?.items == [.integer(2), .null, .string("x")])
  }

  @Test("a file wins over the team's config of its name, and both are told of")
  func places() throws {
    let id = try ana.addConfig("train/base.yaml", "lr: 1\n")
    let shared = try resolve("train/base.yaml")
    #expect(shared.sources[0].op == (try ana.config(id).op) && shared.sources[0].notes.isEmpty)
    try write("train/base.yaml", "lr: 2\n")
    let file = try resolve("train/base.yaml")
    #expect(file.sources[0].op == nil && file.file.typed["lr"] == "2")
    #expect(file.sources[0].notes.count == 1)
    #expect(try resolve("config:train/base.yaml").file.typed["lr"] == "1")
    try ana.editConfig(id, "lr: 3\n")
    #expect(try resolve("config:train/base.yaml~1").file.typed["lr"] == "1")
    try ana.delete(id.key, durability: .person)
    #expect(throws: WorkspaceFailure.self) { try resolve("config:train/base.yaml") }
    #expect(refusal { _ = try resolve("none.yaml") }?.contains("cannot be read") == true)
  }

  @Test("includes come first, tables key by key, from the project and from the team")
  func includes() throws {
    _ = try ana.addConfig("team/base.yaml", "include: ./more.yml\nlr: 1\nmodel: {depth: 1}\n")
    _ = try ana.addConfig("team/more.yml", "lr: 0\nmore: true\nmodel: {width: 4}\n")
    try write("parts/opt.yaml", "opt: {name: adam, beta: 0.9}\n")
    try write("c.yaml", "include: [team/base.yaml, parts/opt.yaml]\nopt: {name: sgd}\nlr: 2\n")
    let config = try resolve("c.yaml", ["model.width=8"])
    #expect(
      config.file.typed == [
        "lr": "2", "more": "true", "model.depth": "1", "model.width": "8", "opt.name": "\"sgd\"",
        "opt.beta": "0.9",
      ])
    #expect(config.included.map(\.name) == ["team/base.yaml", "team/more.yml", "parts/opt.yaml"])
    // A key that a script gives a meaning of its own is left alone.
    try write("own.yaml", "include: ['*.py']\n")
    #expect(try resolve("own.yaml").file.typed["include.0"] == "\"*.py\"")
  }

  @Test("of several, later ones win, table by table, and each is kept")
  func several() throws {
    try write("a.yaml", "lr: 1\nmodel: {depth: 1, width: 2}\n")
    try write("b.json", #"{"model": {"depth": 3}, "layers": [1]}"#)
    _ = try ana.addConfig("team.yaml", "lr: 2\n")
    let config = try resolve("a.yaml+b.json+team.yaml", ["layers=[5]"])
    #expect(
      config.file.typed == ["lr": "2", "model.depth": "3", "model.width": "2", "layers.0": "5"])
    #expect(config.ending == "yaml" && config.sources.map(\.name).count == 3)
    #expect(try resolve("b.json+a.yaml").file.typed["model.depth"] == "1")
    var capture = Capture()
    _ = try capture.addConfig(
      RunRequest(
        command: [], experiment: "e", name: nil, configs: ["a.yaml", "team.yaml"], overrides: [],
        tags: [], parent: nil, folder: project, variables: [:], isStdoutTaken: false), in: ana)
    #expect(capture.environment["config"] == "a.yaml, team.yaml")
    #expect(capture.captured[0].hasPrefix("config a.yaml, then team.yaml@"))
    #expect(
      capture.artifacts.map(\.path)
        == ["config/a.yaml", "config/included/team.yaml", "config/used.yaml"])
  }

  @Test("what is above the command's folder and in its project can be included")
  func includeAbove() throws {
    try write(".fieldbook/workspace.json", "{}")
    try write("base.yaml", "lr: 1\n")
    try write("sub/base.yaml", "epochs: 2\n")
    try write("sub/c.yaml", "include: [../base.yaml, base.yaml]\n")
    let config = try ResolvedConfig(
      [ConfigSource.named("c.yaml", in: project + "/sub", ana)], overrides: [],
      folder: project + "/sub", variables: [:], in: ana)
    #expect(config.file.typed == ["lr": "1", "epochs": "2"])
    #expect(config.included.map(\.name) == ["../base.yaml", "base.yaml"])
  }

  @Test("includes that go round, too deep, outside or nowhere are refused")
  func badIncludes() throws {
    try write("a.yaml", "include: b.yaml\n")
    try write("b.yaml", "include: a.yaml\n")
    #expect(refusal { _ = try resolve("a.yaml") }?.contains("a.yaml → b.yaml → a.yaml") == true)
    for index in 0..<20 { try write("d\(index).yaml", "include: d\(index + 1).yaml\n") }
    #expect(refusal { _ = try resolve("d0.yaml") }?.contains("too many") == true)
    try "a: 1\n".write(toFile: folder.path + "/out.yaml", atomically: true, encoding: .utf8)
    try write("o.yaml", "include: ../out.yaml\n")
    #expect(refusal { _ = try resolve("o.yaml") }?.contains("outside") == true)
    try FileManager.default.createSymbolicLink(
      atPath: project + "/link.yaml", withDestinationPath: folder.path + "/out.yaml")
    try write("l.yaml", "include: link.yaml\n")
    #expect(refusal { _ = try resolve("l.yaml") }?.contains("outside") == true)
    try write("n.yaml", "include: nowhere.yaml\n")
    #expect(refusal { _ = try resolve("n.yaml") }?.contains("neither") == true)
  }

  @Test("variables are taken, typed and recorded; secrets are not")
  func variables() throws {
    try write(
      "v.yaml",
      #"""
      n: ${env:N}
      q: "${env:N}"
      path: ${env:HOME_DIR}/data
      d: ${env:NONE,0.5}
      raw: '\${env:N}'
      own: ${model.depth}
      """#)
    let config = try resolve("v.yaml", variables: ["N": "3", "HOME_DIR": "/h", "OTHER": "x"])
    #expect(
      config.file.typed == [
        "n": "3", "q": "\"3\"", "path": "\"/h/data\"", "d": "0.5", "raw": "\"${env:N}\"",
        "own": "\"${model.depth}\"",
      ])
    #expect(config.variables == ["N": "3", "HOME_DIR": "/h", "NONE": "0.5"])
    #expect(refusal { _ = try resolve("v.yaml") }?.contains("variable N, which is not set") == true)
    try write("s.yaml", "a: ${env:HF_TOKEN}\n")
    let told = refusal { _ = try resolve("s.yaml", variables: ["HF_TOKEN": "hf_abcdefghijklmno"]) }
    #expect(told?.contains("looks like a secret") == true)
    try write("u.yaml", "a: '${env:X'\n")
    #expect(refusal { _ = try resolve("u.yaml") }?.contains("does not close") == true)
  }

  @Test("without a config -p sets params as they are typed")
  func params() throws {
    func capture(_ words: [(String, String)]) throws -> Capture {
      var capture = Capture()
      _ = try capture.addConfig(
        RunRequest(
          command: [], experiment: "e", name: nil, overrides: words, tags: [],
          parent: nil, folder: project, variables: [:], isStdoutTaken: false), in: ana)
      return capture
    }
    let taken = try capture([("lr", "0.10"), ("+a.b", "x"), ("api_key", "hunter2-hunter2")])
    #expect(taken.parameters.map(\.0) == ["lr", "a.b", "api_key"])
    #expect(taken.parameters.map(\.1) == ["0.10", "x", "***"])
    #expect(taken.overridden == ["lr", "a.b", "api_key"])
    #expect(throws: InvalidInput.self) { try capture([("~lr", "")]) }
  }
}
