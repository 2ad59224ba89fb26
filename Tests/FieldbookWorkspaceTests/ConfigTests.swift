import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookStore
@testable import FieldbookWorkspace

@Suite("Shared configs")
struct ConfigTests {
  private let base = "lr: 0.1\n\nepochs: 10\n\nmodel:\n  depth: 2\n  width: 8\n"

  /// Two laptops that have the config, and a hub.
  private func team() throws -> (Team, ConfigID) {
    let team = try Team(["hub", "ana", "bo"], seed: 9)
    let id = try team.ana.addConfig("train/base.yaml", base)
    try TestMachine.quiesce(team.members)
    return (team, id)
  }

  private func edit(_ who: Workspace, _ id: ConfigID, _ old: String, _ new: String) throws {
    let text = try #require(try who.config(id).text)
    try who.editConfig(id, text.replacing(old, with: new))
  }

  @Test("lines apart merge, by whoever sees it; both who do it at one time write the same")
  func merge() throws {
    let (team, id) = try team()
    try edit(team.ana, id, "lr: 0.1", "lr: 0.2")
    try edit(team.bo, id, "width: 8", "width: 64")
    try TestMachine.quiesce(team.members)
    #expect(try team.ana.conflicts().map(\.field.text) == ["text"])
    #expect(try team.ana.mergeConfigs() == 1)
    #expect(try team.bo.mergeConfigs() == 1)
    try TestMachine.quiesce(team.members)
    for one in team.members {
      #expect(
        try one.config(id).text
          == base.replacing("0.1", with: "0.2").replacing("width: 8", with: "width: 64"))
      #expect(try one.conflicts().isEmpty)
      #expect(try one.mergeConfigs() == 0)
    }
    #expect(try team.ana.stateHash() == team.bo.stateHash())
    // One goes on from its own merge, the other from the other's.
    let (team2, id2) = try self.team()
    try edit(team2.ana, id2, "lr: 0.1", "lr: 0.2")
    try edit(team2.bo, id2, "width: 8", "width: 64")
    try TestMachine.quiesce(team2.members)
    for one in [team2.ana, team2.bo] { #expect(try one.mergeConfigs() == 1) }
    try edit(team2.ana, id2, "epochs: 10", "epochs: 20")
    try TestMachine.quiesce(team2.members)
    #expect(try team2.bo.mergeConfigs() == 1)
    #expect(try team2.bo.config(id2).text?.contains("epochs: 20") == true)
    #expect(try team2.bo.conflicts().isEmpty)
  }

  @Test("a name that is another's folder is none, whichever comes first, also by renaming")
  func inTheWay() throws {
    let (team, id) = try team()
    #expect(throws: ConfigFailure.self) {
      try team.ana.addConfig("train/base.yaml/x.yaml", base)
    }
    let other = try team.ana.addConfig("a.yaml/b.yaml", base)
    #expect(throws: ConfigFailure.inTheWay("a.yaml", of: "a.yaml/b.yaml")) {
      try team.ana.addConfig("a.yaml", base)
    }
    #expect(throws: ConfigFailure.inTheWay("a.yaml", of: "a.yaml/b.yaml")) {
      try team.ana.rename(id.key, to: "a.yaml", durability: .person)
    }
    try team.ana.rename(other.key, to: "a.yaml", durability: .person)
    #expect(try team.ana.config(other).name == "a.yaml")
  }

  @Test("an undo takes back what stands, and nothing that came after it")
  func undo() throws {
    let (team, id) = try team()
    try edit(team.ana, id, "lr: 0.1", "lr: 0.2")
    let mine = try #require(try team.ana.config(id).op)
    try TestMachine.quiesce(team.members)
    try edit(team.bo, id, "epochs: 10", "epochs: 20")
    let later = try #require(try team.bo.config(id).op)
    try TestMachine.quiesce(team.members)
    let text = try team.ana.config(id).text
    #expect(throws: InvalidInput.self) { try team.ana.undo(mine) }
    #expect(try team.ana.config(id).text == text)
    _ = try team.ana.undo(later)
    #expect(try team.ana.config(id).text == base.replacing("0.1", with: "0.2"))
  }

  @Test("the same line is a conflict with base and sides, decided like others")
  func conflict() throws {
    let (team, id) = try team()
    try edit(team.ana, id, "lr: 0.1", "lr: 0.2")
    try edit(team.bo, id, "lr: 0.1", "lr: 0.3")
    try TestMachine.quiesce(team.members)
    for one in team.members { #expect(try one.mergeConfigs() == 0) }
    let conflict = try #require(try team.ana.conflicts().first)
    #expect(conflict.kind == .value && conflict.entity.kind == .config && conflict.base == base)
    #expect(conflict.entity.name == "train/base.yaml" && conflict.sides.count == 2)
    guard case .conflicted(let text) = team.ana.baseTextMerge(conflict) else {
      Issue.record("no conflict")
      return
    }
    #expect(text.contains("<<<<<<< ") && text.contains("||||||| base\nlr: 0.1\n======="))
    #expect(throws: InvalidInput.self) { try team.ana.resolve(conflict, .value(text)) }
    #expect(throws: InvalidInput.self) { try team.ana.resolve(conflict, .value("lr: [")) }
    _ = try team.ana.resolve(conflict, .value("lr: 0.25\n"))
    try TestMachine.quiesce(team.members)
    for one in team.members {
      #expect(try one.config(id).text == "lr: 0.25\n" && one.conflicts().isEmpty)
    }
  }

  @Test("of three sides, and of one that another merge has seen, everything is kept")
  func three() throws {
    let team = try Team(["hub", "ana", "bo"], seed: 10)
    let id = try team.hub.addConfig("a.yaml", base)
    try TestMachine.quiesce(team.members)
    try edit(team.hub, id, "lr: 0.1", "lr: 0.2")
    try edit(team.ana, id, "epochs: 10", "epochs: 20")
    try edit(team.bo, id, "width: 8", "width: 64")
    // The hub and ana meet, and the hub merges; ana and bo meet, and bo merges those two.
    try TestMachine.exchange(team.hub, team.ana)
    #expect(try team.hub.mergeConfigs() == 1)
    try TestMachine.exchange(team.ana, team.bo)
    #expect(try team.bo.mergeConfigs() == 1)
    try TestMachine.quiesce(team.members)
    #expect(try team.ana.mergeConfigs() == 1)
    try TestMachine.quiesce(team.members)
    let all = base.replacing("0.1", with: "0.2").replacing("10", with: "20")
      .replacing("width: 8", with: "width: 64")
    for one in team.members { #expect(try one.config(id).text == all) }
  }

  @Test("a conflict with a merge that one side had not seen has a base all the same")
  func baseBehindMerge() throws {
    let team = try Team(["hub", "ana", "bo"], seed: 14)
    let id = try team.hub.addConfig("a.yaml", base)
    try TestMachine.quiesce(team.members)
    try edit(team.hub, id, "lr: 0.1", "lr: 0.2")
    try edit(team.ana, id, "epochs: 10", "epochs: 20")
    try edit(team.bo, id, "lr: 0.1", "lr: 0.3")
    try TestMachine.exchange(team.hub, team.ana)
    #expect(try team.hub.mergeConfigs() == 1)
    try TestMachine.quiesce(team.members)
    let conflict = try #require(try team.bo.conflicts().first)
    #expect(conflict.base == base && conflict.baseOrigin == .nearest)
    guard case .conflicted(let text) = team.bo.baseTextMerge(conflict) else {
      Issue.record("no conflict")
      return
    }
    #expect(text.contains("||||||| base\nlr: 0.1\n=======") && text.contains("\nepochs: 20\n"))
    _ = try team.bo.resolve(conflict, .base)
    #expect(try team.bo.config(id).text == base && team.bo.conflicts().isEmpty)
  }

  @Test("of several texts that are as near, the base is their merge, or the newest")
  func severalBases() throws {
    let ops = [
      ("0", "b", []), ("1", "x", ["0"]), ("2", "y", ["0"]), ("3", "p", ["1", "2"]),
      ("4", "q", ["1", "2"]), ("5", "s", []),
    ]
    let changes = ops.enumerated().map { index, op in
      ConfigChange(
        op: op.0, config: ConfigID(EntityKey(high: 0, low: 1)),
        clock: HybridTime(milliseconds: Int64(index), counter: 0),
        stated: HybridTime(milliseconds: Int64(index), counter: 0),
        device: DeviceKey(bytes: [UInt8](repeating: 1, count: 32))!, deviceName: "", owner: "",
        creates: index == 0, text: .init(value: op.1, replaces: op.2), isVoid: false)
    }
    let merging = ConfigMerge(changes) { base, left, right in base == "b" ? left + right : nil }
    let merged = try merging.base(of: ["3", "4"])
    #expect(merged?.text == "xy" && merged?.origin == .merged)
    let contradicting = ConfigMerge(changes) { _, _, _ in nil }
    let one = try contradicting.base(of: ["3", "4"])
    #expect(one?.text == "y" && one?.origin == .oneOfSeveral)
    #expect(try contradicting.base(of: ["4", "5"]) == nil)
  }

  @Test("a merge that would not read is left to a person")
  func unreadable() throws {
    let team = try Team(["hub", "ana", "bo"], seed: 11)
    let id = try team.ana.addConfig("a.yaml", "a: 1\n\n\n\nb: 2\n")
    try TestMachine.quiesce(team.members)
    // Each alone is fine; both set one key.
    try team.ana.editConfig(id, "c: 3\na: 1\n\n\n\nb: 2\n")
    try team.bo.editConfig(id, "a: 1\n\n\n\nb: 2\nc: 4\n")
    try TestMachine.quiesce(team.members)
    #expect(try team.ana.mergeConfigs() == 0)
    #expect(try team.ana.conflicts().count == 1)
  }

  @Test("one name made twice is one config; different texts are a conflict without a base")
  func twice() throws {
    let team = try Team(["hub", "ana", "bo"], seed: 12)
    try TestMachine.quiesce(team.members)
    let ids = try [team.ana, team.bo].map { try $0.addConfig("same.json", "{\"a\": 1}") }
    #expect(ids[0] == ids[1])
    let others = [
      try team.ana.addConfig("other.yaml", "a: 1\n"), try team.bo.addConfig("other.yaml", "a: 2\n"),
    ]
    #expect(others[0] == others[1])
    try TestMachine.quiesce(team.members)
    let conflicts = try team.ana.conflicts()
    #expect(conflicts.map(\.entity.name) == ["other.yaml"] && conflicts[0].base == nil)
    #expect(try team.ana.mergeConfigs() == 0)
  }

  @Test("names, texts and sizes that cannot be are refused in words")
  func refusals() throws {
    let (team, id) = try team()
    for name in ["", "a", "a.txt", "../a.yaml", "/a.yaml", "a//b.yaml", ".git/a.yaml", ".yaml"] {
      #expect(throws: InvalidInput.self, "\(name)") { try team.ana.addConfig(name, "a: 1") }
    }
    for text in ["- 1", "a: [", "text", String(repeating: "a", count: 300_000), "a: 1\na: 2"] {
      #expect(throws: InvalidInput.self, "\(text.prefix(9))") { try team.ana.editConfig(id, text) }
    }
    #expect(throws: InvalidInput.self) { try team.ana.addConfig("a.json", "a: 1") }
    #expect(throws: ConfigFailure.exists("train/base.yaml")) {
      try team.ana.addConfig("train/base.yaml", "a: 1")
    }
    try team.ana.delete(id.key, durability: .person)
    #expect(throws: WorkspaceFailure.deleted(what: "config", name: "train/base.yaml")) {
      try team.ana.addConfig("train/base.yaml", "a: 1")
    }
    #expect(throws: InvalidInput.self) {
      try team.ana.rename(id.key, to: "base.json", durability: .person)
    }
  }

  @Test("an edit that did not see another one stands beside it, and is merged")
  func editorOpen() throws {
    let (team, id) = try team()
    let seen = try team.ana.standingConfigOps(id)
    try edit(team.ana, id, "lr: 0.1", "lr: 0.2")
    try team.ana.editConfig(id, base.replacing("width: 8", with: "width: 9"), seen: seen)
    #expect(try team.ana.mergeConfigs() == 1)
    let text = try #require(try team.ana.config(id).text)
    #expect(text.contains("lr: 0.2") && text.contains("width: 9"))
  }

  @Test("versions are named by change and by their place")
  func versions() throws {
    let (team, id) = try team()
    try edit(team.ana, id, "lr: 0.1", "lr: 0.2")
    try edit(team.ana, id, "lr: 0.2", "lr: 0.3")
    let now = try team.ana.configVersion("train/base.yaml")
    #expect(now.text.contains("0.3"))
    #expect(try team.ana.configVersion("config:train/base.yaml~1").text.contains("0.2"))
    #expect(try team.ana.configVersion("train/base.yaml@2").text == base)
    #expect(try team.ana.configVersion("train/base.yaml@" + now.op.prefix(9)) == now)
    for bad in ["train/base.yaml~3", "train/base.yaml@ffffffffff", "no.yaml", "train/base.yaml@"] {
      #expect(throws: (any Error).self, "\(bad)") { try team.ana.configVersion(bad) }
    }
    let before = try team.ana.configVersion("train/base.yaml~1")
    _ = try team.ana.undo(now.op)
    #expect(try team.ana.configVersion("train/base.yaml").text == before.text)
  }

  // MARK: The branch

  @Test("the branch has the same commits on every replica, and git reads it")
  func branch() throws {
    let (team, id) = try team()
    team.clock.advance(milliseconds: 1000)
    try edit(team.ana, id, "lr: 0.1", "lr: 0.2")
    team.clock.advance(milliseconds: 1000)
    try edit(team.bo, id, "width: 8", "width: 64")
    // Before they meet, each has its own.
    let own = try #require(try team.ana.refreshConfigBranch())
    #expect(try team.bo.refreshConfigBranch() != own)
    try TestMachine.quiesce(team.members)
    #expect(try team.ana.mergeConfigs() == 1)
    try team.ana.rename(id.key, to: "train/main.yaml", durability: .person)
    let other = try team.bo.addConfig("x.json", "{}")
    try team.bo.delete(other.key, durability: .person)
    try TestMachine.quiesce(team.members)
    let tips = try team.members.map { try $0.refreshConfigBranch() }
    #expect(Set(tips).count == 1 && tips[0] != nil)
    #expect(try team.ana.refreshConfigBranch() == tips[0])
    let log = try team.bo.git("log", "--reverse", "--format=%an %s", "configs")
    let lines = log.split(separator: "\n").map(String.init)
    #expect(lines.count == 7 && lines[0] == "ana add train/base.yaml", "\(log)")
    #expect(
      lines.contains("ana rename train/base.yaml to train/main.yaml")
        && lines.contains("bo remove x.json") && lines.contains("ana merge train/base.yaml"))
    #expect(
      try team.hub.git("show", "configs:train/main.yaml") + "\n" == team.hub.config(id).text)
    #expect(try team.hub.git("fsck", "--full", "--strict").contains("error") == false)
  }

  @Test("a purge takes the text out of the branch and off the disk, on every replica")
  func purge() throws {
    let (team, id) = try team()
    try team.ana.editConfig(id, "token: hunter2-hunter2\n")
    try TestMachine.quiesce(team.members)
    for one in team.members { try one.refreshConfigBranch() }
    let blob = try team.ana.git("rev-parse", "configs:train/base.yaml")
    let kept = try team.ana.addConfig("kept.yaml", "a: 1\n")
    try TestMachine.quiesce(team.members)
    // As a replica has it that was restored from a backup.
    try FileManager.default.removeItem(
      atPath: team.bo.folder + "/repository.git/fieldbook/configs-objects")
    _ = try team.hub.purge(id.key, .field(.configText), reason: "a token", label: nil)
    try TestMachine.quiesce(team.members)
    for one in team.members {
      #expect(try one.config(id).text == nil)
      #expect(throws: TestFailure.self) { try one.git("cat-file", "-t", blob) }
      try one.refreshConfigBranch()
      #expect(try one.git("show", "configs:kept.yaml") == "a: 1")
      #expect(try one.git("fsck", "--full").contains("missing") == false)
    }
    #expect(throws: ConfigFailure.noText("train/base.yaml")) {
      try team.ana.configVersion("train/base.yaml")
    }
    try team.ana.editConfig(id, "token: none\n")
    #expect(try team.ana.configVersion("train/base.yaml").text == "token: none\n")
    #expect(try team.ana.config(kept).text == "a: 1\n")
  }

  @Test("a reader merges nothing")
  func reader() throws {
    let (team, id) = try team()
    try edit(team.ana, id, "lr: 0.1", "lr: 0.2")
    try edit(team.hub, id, "width: 8", "width: 64")
    try team.hub.setRole(.reader, of: team.bo.deviceKey)
    try TestMachine.quiesce(team.members)
    #expect(try team.bo.mergeConfigs() == 0)
    #expect(try team.bo.conflicts().count == 1)
  }

  @Test("two that claim one name are told apart, and one is renamed to decide")
  func names() throws {
    let team = try Team(["hub", "ana", "bo"], seed: 13)
    let one = try team.ana.addConfig("a.yaml", "a: 1\n")
    let two = try team.ana.addConfig("b.yaml", "b: 1\n")
    try TestMachine.quiesce(team.members)
    try team.ana.rename(one.key, to: "c.yaml", durability: .person)
    try team.bo.rename(two.key, to: "c.yaml", durability: .person)
    try TestMachine.quiesce(team.members)
    let conflict = try #require(try team.ana.conflicts().first)
    #expect(conflict.kind == .name)
    let names = try team.ana.configs().map(\.name)
    #expect(names.count == 2 && names.contains("c.yaml"))
    let other = try #require(names.first { $0 != "c.yaml" })
    #expect(other.hasPrefix("c~") && other.hasSuffix(".yaml") && ConfigName.bare(other) == "c.yaml")
    _ = try team.ana.resolve(conflict, .take("a"))
    try TestMachine.quiesce(team.members)
    #expect(try team.bo.conflicts().isEmpty)
    #expect(try team.bo.configs().map(\.name).sorted() == names.sorted())
  }
}
