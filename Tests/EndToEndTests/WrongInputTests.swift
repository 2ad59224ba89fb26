import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// Each one clear line, a hint, the documented exit status, and nothing lost.
@Suite("Wrong input", .serialized)
struct WrongInputTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  private func expect(
    _ words: String..., as person: String = "ana", status: Int32 = 1, says: String,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let answer = try fieldbook.run(words, as: person)
    #expect(answer.status == status, "\(words): \(answer.err)", sourceLocation: location)
    #expect(answer.err.contains(says), "\(words): \(answer.err)", sourceLocation: location)
    if status != 64 {
      let lines = answer.err.split(separator: "\n").map(String.init)
      #expect(
        lines.count == 2 && lines[0].hasPrefix("error: ") && lines[1].hasPrefix("hint: "),
        "\(words): \(answer.err)", sourceLocation: location)
    }
  }

  private func newRun(_ dir: String, name: String? = nil) throws -> String {
    let words = ["start", "--dir", dir, "--quiet"] + (name.map { ["--name", $0] } ?? [])
    return try fieldbook.run(words, as: "ana").out.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test("words, references and values")
  func words() throws {
    try expect("runs", says: "no replica")
    try expect("nosuchverb", status: 64, says: "not a fieldbook command")
    try fieldbook.initialize("w", as: "ana")
    let run = try newRun("w")
    try expect("sync", "--dir", "w", says: "no remote")
    try expect("sync", "nowhere", "--dir", "w", says: "nowhere")
    try expect("show", "zzzz", "--dir", "w", says: "no run matches")
    try expect("runs", "metrics.", "--dir", "w", says: "filter")
    try expect("conflicts", "resolve", "abcd", "--take", "a", "--dir", "w", says: "no conflict")
    try expect(
      "tag", run, "k=" + String(repeating: "x", count: 100_000), "--dir", "w", says: "limit")
    #expect(try fieldbook.ailments("w") == [])
  }

  @Test("an empty path is none, not the folder here; files for folders, folders for files")
  func paths() throws {
    try fieldbook.initialize("w", as: "ana", run: "r")
    let root = fieldbook.root
    try Data([0, 255, 1]).write(to: URL(fileURLWithPath: root + "/bin"))
    #expect(try fieldbook.run("log", "artifact", "bin", "--dir", "w", as: "ana").status == 0)
    let before = try FileManager.default.contentsOfDirectory(atPath: root).sorted()
    for words in [
      ["artifacts", "get", "r", ""], ["artifacts", "get", "r", "bin", "--out", ""],
      ["artifacts", "put", "r", ""], ["export", "mlflow", ""], ["import", "mlflow", ""],
      ["import", ""], ["import", "wandb", ""], ["import", "tensorboard", ""],
      ["import", "neptune", ""],
      ["checkout", "r", ""], ["bundle", "create", ""], ["bundle", "apply", ""],
      ["backup", "create", ""],
    ] {
      let answer = try fieldbook.run(words + ["--dir", "w"], as: "ana")
      #expect(
        answer.status == 1 && answer.err.hasPrefix("error: a path is empty\n"),
        "\(words): \(answer)")
    }
    try expect("init", "", says: "a path is empty")
    try expect("clone", "", "x", says: "a path is empty")
    #expect(try FileManager.default.contentsOfDirectory(atPath: root).sorted() == before)
    try expect(
      "config", "add", "c.yaml", "w", "--dir", "w", says: "w cannot be read: it is a folder")
    try expect(
      "import", "tensorboard", "bin", "--dir", "w", says: "is no TensorBoard folder: it is a file")
    try expect("import", "wandb", "bin", "--dir", "w", says: "is no W&B folder: it is a file")
    try expect("import", "neptune", "bin", "--dir", "w", says: "is no Neptune export: it is a file")
    try expect("backup", "create", "bin", "--dir", "w", says: "it is a file, and no folder")
    try expect("runs", "--dir", "bin", says: "bin holds no replica")
    try expect("config", "show", "x.yaml", "--dir", "w", says: "fieldbook config ls")
    try expect(
      "devices", "rename", "x", "y", "--dir", "w",
      says: "hint: see what there is: fieldbook devices")
    try expect(
      "models", "lease", "m", "-3", "--dir", "w", status: 64, says: "the value '-3' is invalid")
    try expect("config", "log", "--limit", "-1", "--dir", "w", status: 64, says: "'-1' is invalid")
    #expect(
      try fieldbook.run("artifacts", "get", "r", ".", "--out", "all", "--dir", "w", as: "ana")
        .status == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: root + "/all") == ["bin"])
  }

  @Test(
    "a folder that is gone, a file in the place of a replica, an editor that crashed, a lost file")
  func odd() throws {
    let gone = try fieldbook.shell(
      "mkdir gone && cd gone && rmdir ../gone && \"$0\" runs", as: "ana"
    )
    .answer()
    #expect(gone.status == 1 && gone.err.contains("the folder that this was called in is gone"))
    try Data().write(to: URL(fileURLWithPath: fieldbook.root + "/.fieldbook"))
    try expect("init", ".", says: ".fieldbook cannot be written: a file of that name is there")
    try fieldbook.initialize("w", as: "ana", run: "r")
    let text = fieldbook.root + "/c.yaml"
    try Data("a: 1\n".utf8).write(to: URL(fileURLWithPath: text))
    #expect(try fieldbook.run("config", "add", "c.yaml", text, "--dir", "w", as: "ana").status == 0)
    func edit(_ editor: String) throws -> Command.Answer {
      try fieldbook.shell("EDITOR='\(editor)' \"$0\" config edit c.yaml --dir w", as: "ana")
        .answer()
    }
    let crashed = try edit(#"f() { echo "b: 2" >> "$1"; false; }; f"#)
    let place = crashed.err.split(separator: "your text is in ").last?.split(separator: "\n").first
    let left = try #require(place.map(String.init))
    #expect(try String(contentsOfFile: left, encoding: .utf8) == "a: 1\nb: 2\n")
    #expect(try !edit("false").err.contains("your text is in"))
    try FileManager.default.removeItem(atPath: left)
    #expect(try fieldbook.run("log", "artifact", "c.yaml", "--dir", "w", as: "ana").status == 0)
    try FileManager.default.removeItem(atPath: fieldbook.root + "/w/.fieldbook/objects")
    try expect(
      "artifacts", "get", "r", "c.yaml", "--out", "x", "--dir", "w",
      says: "it was recorded here and is lost")
    try Data(count: 3000).write(
      to: URL(fileURLWithPath: fieldbook.root + "/w/.fieldbook/workspace.json"))
    try expect("runs", "--dir", "w", says: "take it from a backup: fieldbook backup restore")
  }

  @Test("a text can come from a command; what has no end, or is too long to be said, is cut")
  func texts() throws {
    try fieldbook.initialize("w", as: "ana", run: "r")
    let made = try fieldbook.shell(
      "bash -c '\"$1\" config add c.yaml <(echo a: 1) --dir w' - \"$0\"", as: "ana"
    ).answer()
    #expect(made.status == 0, "\(made.err)")
    try expect(
      "config", "add", "d.yaml", "/dev/zero", "--dir", "w", says: "it is larger than 67 MB")
    let long = String(repeating: "a", count: 20_000)
    let answer = try fieldbook.run("runs", long, "--dir", "w", as: "ana")
    #expect(answer.status == 1 && answer.err.count < 3000 && answer.err.contains("…\nhint: "))
  }

  @Test("a tracking server that is not there is told soon")
  func noServer() throws {
    try fieldbook.initialize("w", as: "ana")
    for way in ["import", "export"] {
      try expect(
        way, "mlflow", "http://127.0.0.1:9", "--dir", "w",
        says: "cannot be reached: Connection refused")
    }
  }

  @Test("bytes that are not UTF-8 in a param")
  func invalidUTF8() throws {
    try fieldbook.initialize("w", as: "ana")
    let run = try newRun("w")
    let answer = try fieldbook.shell(
      #"exec "$0" log param "name=$(printf 'a\377b')" --run "$1" --dir w"#, [run], as: "ana"
    ).answer()
    #expect(answer.status == 1)
    #expect(answer.err.contains("UTF-8") && answer.err.contains("hint: "), "\(answer.err)")
    let params = try fieldbook.run("show", run, "--dir", "w", "--json", as: "ana").json["params"]
    #expect((params as? [String: Any])?.isEmpty == true)
  }

  @Test("a run's prefix or name that several have")
  func ambiguous() throws {
    let workspace = try Workspace.create(
      in: fieldbook.root + "/w", name: "many", device: "ana", owner: "ana", isHub: false,
      environment: TestMachine.environment(
        root: fieldbook.root, clock: ManualClock(), seed: 1, name: "ana"))
    var seen: Set<String> = []
    var shared: String?
    while shared == nil {
      let run = try workspace.newRun("twin", durability: .script)
      let prefix = String(run.hex.prefix(4))
      if !seen.insert(prefix).inserted { shared = prefix }
    }
    try workspace.close()
    try expect("show", shared ?? "", "--dir", "w", says: "is ambiguous")
    try expect("show", "twin", "--dir", "w", says: "is ambiguous")
    try expect("show", String((shared ?? "").prefix(3)), "--dir", "w", says: "no run matches")
  }

  @Test("formats of a later program: nothing is touched")
  func formats() throws {
    try fieldbook.initialize("w", as: "ana")
    func setFormat(_ format: String) {
      RawSQLite(replica: fieldbook.root + "/w")
        .execute("UPDATE meta SET value = \(format) WHERE key = 'format'")
    }
    let format = try #require(
      RawSQLite(replica: fieldbook.root + "/w")
        .texts("SELECT value FROM meta WHERE key = 'format'").first)
    setFormat("99")
    try expect("status", "--dir", "w", says: "format 99")
    setFormat(format)
    let descriptor = fieldbook.root + "/w/.fieldbook/workspace.json"
    let text = try String(contentsOfFile: descriptor, encoding: .utf8)
    try text.replacingOccurrences(of: "\"format\":1", with: "\"format\":7")
      .write(toFile: descriptor, atomically: true, encoding: .utf8)
    try expect("status", "--dir", "w", says: "format 7")
    try text.write(toFile: descriptor, atomically: true, encoding: .utf8)
    #expect(try fieldbook.ailments("w") == [])
  }

  @Test("bundles that are cut, changed or another workspace's")
  func bundles() throws {
    try fieldbook.initialize("w", as: "ana")
    _ = try newRun("w")
    try fieldbook.run("bundle", "create", "whole.bundle", "--dir", "w", as: "ana")
    let bundle = try Data(contentsOf: URL(fileURLWithPath: fieldbook.root + "/whole.bundle"))
    func write(_ data: Data, _ name: String) throws {
      try data.write(to: URL(fileURLWithPath: fieldbook.root + "/" + name))
    }
    try write(bundle.dropLast(7), "cut.bundle")
    try expect("bundle", "apply", "cut.bundle", "--dir", "w", says: "damaged")
    var changed = bundle
    changed[changed.count / 2] ^= 1
    try write(changed, "changed.bundle")
    try expect("bundle", "apply", "changed.bundle", "--dir", "w", says: "damaged")
    try write(Data("not a bundle at all".utf8), "text.bundle")
    try expect("bundle", "show", "text.bundle", says: "bundle")
    try fieldbook.initialize("other", as: "bo")
    try expect(
      "bundle", "apply", "whole.bundle", "--dir", "other", as: "bo", says: "another workspace")
    try expect("bundle", "apply", "none.bundle", "--dir", "w", says: "none.bundle")
    #expect(try fieldbook.ailments("w") == [])
  }

  @Test("codes that are nonsense, used, or of another workspace; a remote of another workspace")
  func codes() throws {
    try expect("clone", "http://127.0.0.1:1", "x", "--code", "fb1-nonsense", says: "invite code")
    try expect("clone", "http://127.0.0.1:1", "x", says: "needs a code")
    let (hub, url) = try fieldbook.startHub()
    defer { hub.stop() }
    let code = try fieldbook.invite()
    #expect(try fieldbook.run("clone", url, "ana", "--code", code, as: "ana").status == 0)
    try expect("clone", url, "bo", "--code", code, as: "bo", says: "used")
    #expect(!FileManager.default.fileExists(atPath: fieldbook.root + "/bo/.fieldbook"))
    try fieldbook.initialize("stranger", as: "eve")
    try fieldbook.run("remote", "add", "hub", url, "--dir", "stranger", as: "eve")
    try expect("sync", "--dir", "stranger", as: "eve", says: "workspace")
    #expect(try fieldbook.stateHash("ana") == fieldbook.stateHash("hub"))
  }

  @Test("a flipped bit in a stored segment is not passed on, and doctor names it")
  func flippedBit() throws {
    let (hub, _) = try fieldbook.startTeam(["ana"])
    defer { hub.stop() }
    let run = try newRun("ana")
    #expect(try fieldbook.sync("ana").status == 0)
    let before = try fieldbook.stateHash("hub")
    try fieldbook.run("tag", run, "k=v", "--dir", "ana", as: "ana")
    _ = try fieldbook.run("status", "--dir", "ana", as: "ana")  // seals
    let dir = fieldbook.root + "/ana"
    let good = RawSQLite(replica: dir).newestSegment
    RawSQLite(replica: dir).newestSegment[good.count - 3] ^= 4
    let answer = try fieldbook.sync("ana")
    #expect(answer.status == 1 && answer.err.contains("hint: "), "\(answer.err)")
    #expect(try fieldbook.stateHash("hub") == before, "the hub took nothing")
    #expect(try fieldbook.run("doctor", "--dir", "ana", as: "ana").status == 1)
    #expect(try !fieldbook.ailments("ana").isEmpty)
    RawSQLite(replica: dir).newestSegment = good
    #expect(try fieldbook.sync("ana").status == 0)
    #expect(try fieldbook.stateHash("hub") == fieldbook.stateHash("ana"))
  }

  @Test("a clock ten years ahead neither wins for ever nor drags others along")
  func clockAhead() throws {
    let library = try #require(
      ["x86_64-linux-gnu", "aarch64-linux-gnu"].map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
        .first { FileManager.default.fileExists(atPath: $0) }, "make test installs libfaketime")
    let ahead = ["LD_PRELOAD": library, "FAKETIME": "+3650d", "FAKETIME_DONT_FAKE_MONOTONIC": "1"]
    let (hub, _) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    let run = try newRun("ana")
    #expect(try fieldbook.sync("ana").status == 0)
    #expect(try fieldbook.sync("bo").status == 0)
    for words in [["describe", run, "from later", "--dir", "bo"], ["sync", "--dir", "bo"]] {
      let answer = try fieldbook.run(words, as: "bo", variables: ahead)
      #expect(answer.status == 0, "\(answer.err)")
    }
    try fieldbook.run("describe", run, "from today", "--dir", "ana", as: "ana")
    #expect(try fieldbook.sync("ana").status == 3)
    let answer = try fieldbook.run("conflicts", "--dir", "ana", "--json", as: "ana")
    let conflict = try #require((answer.json["conflicts"] as? [[String: Any]])?.first)
    #expect(conflict["shown"] as? String == "from today")
    let sides = conflict["sides"] as? [[String: Any]] ?? []
    let suspects = sides.filter { $0["suspect_clock"] as? Bool == true }
    #expect(sides.count == 2 && suspects.map { $0["value"] as? String } == ["from later"])
    try fieldbook.run("tag", run, "when=now", "--dir", "ana", as: "ana")
    let history = try fieldbook.run(
      "history", run, "tags.when", "--dir", "ana", "--json", as: "ana")
    let entry = try #require((history.json["entries"] as? [[String: Any]])?.first)
    let year = ISO8601DateFormatter().string(from: Date()).prefix(4)
    #expect((entry["time"] as? String)?.hasPrefix(year) == true, "\(entry)")
    try fieldbook.syncTwice(["ana", "bo"])
    #expect(try fieldbook.stateHashes(["ana", "bo", "hub"]).count == 1)
  }

  @Test("settings: the replica's file before the user's, both after the environment")
  func settings() throws {
    let user = fieldbook.root + "/home-ana/.config/fieldbook"
    try FileManager.default.createDirectory(atPath: user, withIntermediateDirectories: true)
    func set(_ path: String, _ text: String) throws {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    func experiment(_ variables: [String: String] = [:], _ words: String...) throws -> String? {
      let answer = try fieldbook.run(
        ["start", "--dir", "w", "--json"] + words, as: "ana", variables: variables)
      return (answer.json["experiment"] as? [String: Any])?["name"] as? String
    }
    try fieldbook.initialize("w", as: "ana")
    #expect(try experiment() == "Default")
    try set(user + "/config.yaml", "experiment: mine\ncolor: never\n")
    #expect(try experiment() == "mine")
    let own = fieldbook.root + "/w/.fieldbook/config.yaml"
    try set(own, "experiment: ours\n")
    #expect(try experiment() == "ours")
    #expect(try experiment(["FIELDBOOK_EXPERIMENT": "told"]) == "told")
    #expect(try experiment(["FIELDBOOK_EXPERIMENT": "told"], "--experiment", "said") == "said")
    try set(own, "experiment: [a, b]\n")
    try expect("runs", "--dir", "w", says: "plain")
    try set(own, "experimnt: a\n")
    try expect("runs", "--dir", "w", says: "no setting")
    try set(own, "a: [: b\n")
    try expect("runs", "--dir", "w", says: "YAML")
    try set(own, "power_cut: never\n")
    try expect("runs", "--dir", "w", says: "nothing, or moments")
    try set(own, "large_files: 3 parsecs\n")
    try expect("runs", "--dir", "w", says: "64KiB to 1GiB")
    try set(own, "large_files: 2MiB\n")
    #expect(try fieldbook.run("runs", "--dir", "w", as: "ana").status == 0)
  }
}
