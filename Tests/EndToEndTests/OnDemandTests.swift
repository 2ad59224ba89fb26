import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@Suite("What is fetched on demand, by the program")
struct OnDemandTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test("files and snapshots stay with the hub until they are asked for")
  func story() throws {
    let (hub, _) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    let git = try GitFolder(fieldbook.root + "/project")
    try git.write("print('x' * 3)\nopen('model.bin', 'w').write('weights')\n", to: "train.py")
    try git.write(String(repeating: "large", count: 300_000), to: "data.bin")
    try git.commit("first")
    let run = try fieldbook.shell(
      "cd project && \"$0\" run -q --dir ../ana --name r -- python3 train.py "
        + "&& \"$0\" log artifact -q --dir ../ana model.bin", as: "ana"
    ).answer()
    #expect(run.status == 0, "\(run.err)")
    try Data("contents: on-demand\n".utf8).write(
      to: URL(fileURLWithPath: fieldbook.root + "/bo/.fieldbook/config.yaml"))
    _ = try fieldbook.syncTwice(["ana", "bo"])
    let listed = try fieldbook.run("artifacts", "ls", "r", "--dir", "bo", as: "bo")
    #expect(listed.status == 0 && listed.out.contains("not here"), "\(listed.out)")
    #expect(try fieldbook.ailments("bo") == [])
    let got = try fieldbook.run("artifacts", "get", "r", "model.bin", "--dir", "bo", as: "bo")
    #expect(got.status == 0 && got.err.contains("from origin"), "\(got.err)")
    let file = FileManager.default.contents(atPath: fieldbook.root + "/model.bin")
    #expect(file.map { String(decoding: $0, as: UTF8.self) } == "weights")
    let out = try fieldbook.run("checkout", "r", "out", "--dir", "bo", as: "bo")
    #expect(out.status == 0 && out.err.contains("fetching the snapshot and 1 file"), "\(out.err)")
    let same = try fieldbook.shell("cmp project/data.bin out/code/data.bin", as: "bo").answer()
    #expect(same.status == 0)
    try export()
    hub.stop()
    let alone = try fieldbook.run(
      "artifacts", "get", "r", "logs/stdout.txt", "--dir", "bo", as: "bo")
    #expect(alone.status == 1)
    let said = alone.err
    #expect(said.contains("is known, and not on this replica: ") && said.contains("be reached"))
    let refused = try fieldbook.run("export", "r2", "far.zip", "--dir", "bo", as: "bo")
    #expect(refused.status == 1, "\(refused.err)")
    #expect(
      refused.err.contains("its code, ") && refused.err.contains(" are known, and not")
        && refused.err.contains("--no-fetch"))
    #expect(!FileManager.default.fileExists(atPath: fieldbook.root + "/far.zip"))
    let without = try fieldbook.run(
      "export", "r2", "far.zip", "--no-fetch", "--dir", "bo", as: "bo")
    #expect(without.status == 0 && without.err.contains("not in it: the code"), "\(without.err)")
    #expect(without.err.contains("not in it: model.bin"))
  }

  /// All of a run goes into its archive, also what was not here.
  private func export() throws {
    let run = try fieldbook.shell(
      "cd project && for r in r1 r2; do \"$0\" run -q --dir ../ana --name $r -- echo $r "
        + "&& echo $r > model.bin && \"$0\" log artifact -q --dir ../ana model.bin; done", as: "ana"
    ).answer()
    #expect(run.status == 0, "\(run.err)")
    _ = try fieldbook.syncTwice(["ana", "bo"])
    let out = try fieldbook.run("export", "r1", "near.zip", "--json", "--dir", "bo", as: "bo")
    #expect(out.status == 0 && out.err.contains("fetching the snapshot and "), "\(out.err)")
    #expect(out.json["missing"] as? [String] == [] && out.json["snapshot"] as? Bool == true)
  }
}
