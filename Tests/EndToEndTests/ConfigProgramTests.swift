import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@Suite("Shared configs, by the program")
struct ConfigProgramTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  private let base = "lr: 0.1\n\nepochs: 10\n\nmodel:\n  depth: 2\n"

  private func config(_ words: String..., as person: String) throws -> Command.Answer {
    try fieldbook.run(["config"] + words + ["--dir", person], as: person)
  }

  private func edit(_ name: String, _ change: String, as person: String) throws -> Command.Answer {
    try fieldbook.run(
      ["config", "edit", name, "--dir", person], as: person,
      variables: ["VISUAL": "", "EDITOR": "sed -i \(change)"])
  }

  private func tip(_ person: String) throws -> String {
    try GitFolder(reading: "\(fieldbook.root)/\(person)/.fieldbook/repository.git")
      .git("rev-parse", "configs")
  }

  private func write(_ text: String, to name: String) throws {
    try FileManager.default.createDirectory(
      atPath: fieldbook.root + "/project", withIntermediateDirectories: true)
    try text.write(
      toFile: fieldbook.root + "/project/" + name, atomically: true, encoding: .utf8)
  }

  @Test("lines apart merge at the next sync; the same line is a conflict, decided once")
  func team() throws {
    let (hub, _) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    try write(base, to: "base.yaml")
    let added = try config("add", "train/base.yaml", "project/base.yaml", as: "ana")
    #expect(added.status == 0, "\(added.err)")
    _ = try fieldbook.syncTwice(["ana", "bo"])
    #expect(try config("show", "train/base.yaml", as: "bo").out == base)
    #expect(try edit("train/base.yaml", "s/0.1/0.2/", as: "ana").status == 0)
    #expect(try edit("train/base.yaml", "s/depth:.2/depth:\\\\x203/", as: "bo").status == 0)
    #expect(try fieldbook.sync("ana").status == 0)
    // Who sees both merges them, and the hub has the merge with the same sync.
    let met = try fieldbook.sync("bo")
    #expect(met.status == 0, "\(met.err)")
    #expect(try fieldbook.sync("ana").status == 0)
    let merged = base.replacing("0.1", with: "0.2").replacing("depth: 2", with: "depth: 3")
    for person in ["ana", "bo"] {
      #expect(try config("show", "train/base.yaml", as: person).out == merged)
    }
    #expect(try tip("ana") == tip("bo"))
    // The same line.
    #expect(try edit("train/base.yaml", "s/0.2/0.3/", as: "ana").status == 0)
    #expect(try edit("train/base.yaml", "s/0.2/0.4/", as: "bo").status == 0)
    _ = try fieldbook.sync("ana")
    #expect(try fieldbook.sync("bo").status == 3)
    let list = try fieldbook.run("conflicts", "--json", "--dir", "bo", as: "bo")
    let conflict = try #require(
      try JSONParser.parse(Array(list.out.utf8))["conflicts"]?.items?.first)
    #expect(conflict["entity"]?["type"]?.string == "config")
    #expect(conflict["entity"]?["name"]?.string == "train/base.yaml")
    #expect(conflict["kind"]?.string == "value" && conflict["field"]?.string == "text")
    #expect(conflict["base"]?.string == merged)
    let id = try #require(conflict["id"]?.string)
    let shown = try fieldbook.run("conflicts", "show", id, "--dir", "bo", as: "bo")
    #expect(shown.out.contains("- lr: 0.2") && shown.out.contains("--edit"), "\(shown.out)")
    let refused = try fieldbook.run("conflicts", "resolve", id, "--merge", "--dir", "bo", as: "bo")
    #expect(refused.status == 1)
    let broken = try fieldbook.run(
      "conflicts", "resolve", id, "--value", "lr: [", "--dir", "bo", as: "bo")
    #expect(broken.status == 1 && broken.err.contains("does not read as YAML"))
    // In the editor, from the text with marks.
    let edited = try fieldbook.run(
      ["conflicts", "resolve", id, "--edit", "--dir", "bo"], as: "bo",
      variables: ["VISUAL": "", "EDITOR": "sed -i -e '/^[<|=>][<|=>]/d' -e '/lr: 0.[23]/d'"])
    #expect(edited.status == 0, "\(edited.err)")
    _ = try fieldbook.syncTwice(["bo", "ana"])
    let decided = merged.replacing("0.2", with: "0.4")
    #expect(try config("show", "train/base.yaml", as: "ana").out == decided)
    #expect(try tip("ana") == tip("bo"))
    #expect(try fieldbook.stateHashes(["ana", "bo"]).count == 1)
    for person in ["ana", "bo"] { #expect(try fieldbook.ailments(person) == []) }
    let copy = try fieldbook.shell(
      "git clone -q bo/.fieldbook/repository.git copy && cat copy/train/base.yaml", as: "bo"
    ).answer()
    #expect(copy.out == decided, "\(copy.err)")
  }

  @Test(
    "a run uses the team's config, with -p over it, and says which; two runs are told apart by key")
  func runs() throws {
    try fieldbook.initialize("ana", as: "ana")
    try write(base, to: "base.yaml")
    _ = try config("add", "train/base.yaml", "project/base.yaml", as: "ana")
    func run(_ words: String) throws -> Command.Answer {
      try fieldbook.shell(
        "cd project && \"$0\" run --dir ../ana \(words) -- sh -c 'cat \"$FIELDBOOK_CONFIG\"'",
        as: "ana"
      ).answer()
    }
    let first = try run("-c train/base.yaml")
    #expect(first.status == 0 && first.out == base, "\(first.err)")
    let second = try run("-c train/base.yaml -p lr=1 -p model.depth=3 -p '~epochs' -p +seed=7")
    #expect(second.out == "lr: 1.0\nmodel:\n  depth: 3\nseed: 7\n", "\(second.err)")
    let diff = try config("diff", "@last~1", "@last", "--json", as: "ana")
    let document = try JSONParser.parse(Array(diff.out.utf8))
    let rows = document["differences"]?.items ?? []
    #expect(
      rows.map { $0["key"]?.string } == ["epochs", "lr", "model.depth", "seed"]
        && document["typed"] == .bool(true))
    #expect(
      rows.map { $0["values"]?.items ?? [] } == [
        [.string("10"), .null], [.string("0.1"), .string("1.0")], [.string("2"), .string("3")],
        [.null, .string("7")],
      ])
    #expect(try config("diff", "@last~1", "@last", "--exit-code", as: "ana").status == 4)
    let shown = try fieldbook.run("show", "@last", "--json", "--dir", "ana", as: "ana")
    let environment = try JSONParser.parse(Array(shown.out.utf8))["environment"]
    let log = try config("log", "train/base.yaml", "--json", as: "ana")
    let change = try JSONParser.parse(Array(log.out.utf8))["changes"]?.items?.first
    #expect(environment?["config"]?.string == "train/base.yaml")
    #expect(environment?["config_change"]?.string == change?["op"]?.string)
    // Out again, from the snapshot.
    let out = try fieldbook.run("checkout", "@last", "out", "--dir", "ana", as: "ana")
    #expect(out.status == 0, "\(out.err)")
    let used = try String(contentsOfFile: fieldbook.root + "/out/config/used.yaml", encoding: .utf8)
    #expect(used == second.out)
    let wrong = try run("-c train/base.yaml -p lr=high")
    #expect(wrong.status == 125 && wrong.err.contains("'lr' is a number, and 'high' is none"))
    let live = try FileManager.default.contentsOfDirectory(
      atPath: fieldbook.root + "/ana/.fieldbook/live")
    #expect(live.isEmpty)
  }

  @Test("secrets are warned of, and purged for good; what is removed comes back")
  func care() throws {
    try fieldbook.initialize("ana", as: "ana")
    try write("wandb:\n  api_key: 0123456789abcdef0123456789abcdef01234567\n", to: "s.yaml")
    let added = try config("add", "s.yaml", "project/s.yaml", as: "ana")
    #expect(added.status == 0 && added.err.contains("looks like a secret"), "\(added.err)")
    let scan = try fieldbook.run("scan", "--dir", "ana", as: "ana")
    #expect(scan.status == 1 && scan.out.contains("config:s.yaml"), "\(scan.out)")
    #expect(scan.err.contains("fieldbook purge config:s.yaml text"))
    let purged = try fieldbook.run(
      "purge", "config:s.yaml", "text", "--reason", "a key", "--yes", "--dir", "ana", as: "ana")
    #expect(purged.status == 0, "\(purged.err)")
    #expect(try fieldbook.run("scan", "--dir", "ana", as: "ana").status == 0)
    let files = try fieldbook.shell(
      "grep -rac 0123456789abcdef0123456789abcdef ana/.fieldbook | grep -v ':0$'", as: "ana"
    ).answer()
    #expect(files.out == "", "\(files.out)")
    #expect(try config("rm", "s.yaml", as: "ana").status == 0)
    #expect(try config("ls", as: "ana").out.contains("no configs"))
    #expect(try config("restore", "s.yaml", as: "ana").status == 0)
    #expect(try config("mv", "s.yaml", "t.yaml", as: "ana").status == 0)
    #expect(try config("ls", "--json", as: "ana").out.contains("\"t.yaml\""))
    for words in [["show", "none.yaml"], ["add", "../x.yaml", "-"], ["edit", "none.yaml", "-"]] {
      #expect(try fieldbook.run(["config"] + words + ["--dir", "ana"], as: "ana").status == 1)
    }
  }
}
