import FieldbookTestSupport
import Foundation
import Testing

@Suite("Secrets, through the program", .serialized)
struct SecretProgramTests {
  private static let token = "ghp_" + String(repeating: "a1B2", count: 9)
  let fieldbook: Binary

  init() throws {
    fieldbook = try Binary()
    try fieldbook.initialize("w", as: "ana")
  }

  private func write(_ text: String, _ name: String) throws {
    let path = fieldbook.root + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func holding(_ text: String) -> [String] {
    files(holding: text, below: fieldbook.root + "/w/.fieldbook")
  }

  @Test("what a run captures holds neither masked arguments nor variables off the list")
  func capture() throws {
    let answer = try fieldbook.run(
      [
        "run", "--dir", "w", "-p", "api_key=hunter-two-two", "-p", "note=\(Self.token)", "--",
        "true",
        "--hf-token", "argument-secret-9",
      ], as: "ana",
      variables: ["MY_PRIVATE_THING": "variable-secret-7", "SLURM_JOB_ID": "kept-42"])
    #expect(answer.status == 0, "\(answer.err)")
    let line = answer.err.split(separator: "\n").first { $0.hasPrefix("not captured: ") } ?? ""
    #expect(
      line.contains("github-token") && line.contains("api_key") && line.contains("--hf-token"))
    for secret in ["hunter-two-two", Self.token, "argument-secret-9", "variable-secret-7"] {
      #expect(holding(secret) == [], "\(secret)")
    }
    #expect(!holding("kept-42").isEmpty, "what is on the list is kept, so the search works")
    #expect(try fieldbook.run("scan", "--dir", "w", as: "ana").status == 0)
  }

  @Test("scan finds what slipped through, says where, and shows none of it")
  func scan() throws {
    try fieldbook.run("start", "--name", "r", "--dir", "w", "--quiet", as: "ana")
    try fieldbook.run("tag", "r", "note=\(Self.token)", "--dir", "w", as: "ana")
    try fieldbook.run("tag", "r", "note=clean", "--dir", "w", as: "ana")
    let answer = try fieldbook.run("scan", "--dir", "w", "--json", as: "ana")
    #expect(answer.status == 1)
    #expect(!answer.out.contains(Self.token))
    let findings = try #require(answer.json["findings"] as? [[String: Any]])
    #expect(findings.count == 1)
    #expect(findings[0]["kind"] as? String == "github-token")
    #expect(findings[0]["field"] as? String == "tags.note")
    #expect(findings[0]["present"] as? Bool == false)
    let ref = try #require(findings[0]["ref"] as? String)
    #expect(answer.err.contains("fieldbook purge \(ref) tags.note"))
    #expect(try fieldbook.run("show", ref, "--dir", "w", as: "ana").status == 0)
    let text = try fieldbook.run("scan", "r", "--dir", "w", as: "ana")
    #expect(text.status == 1 && text.out.contains("github-token") && !text.out.contains(Self.token))
  }

  @Test("a secret in a snapshot is found, and a purge says that it stays there")
  func snapshot() throws {
    try write("password: hunter-two-two\n", "p/app.yaml")
    let run = try fieldbook.shell("cd p && exec \"$0\" run -q --dir ../w -n r -- true", as: "ana")
      .answer()
    #expect(run.status == 0, "\(run.err)")
    let scan = try fieldbook.run("scan", "--dir", "w", as: "ana")
    #expect(scan.status == 1 && scan.out.contains("snapshot.code/app.yaml"), "\(scan.out)")
    #expect(scan.err.contains("purge does not reach into snapshots"))
    #expect(!scan.err.contains("fieldbook purge") && !scan.out.contains("hunter-two-two"))
    for words in [["environment.snapshot"], ["--all"]] {
      let purge = try fieldbook.run(
        ["purge", "r", "--dry-run", "--json", "--dir", "w"] + words, as: "ana")
      #expect(purge.status == 0, "\(purge.err)")
      #expect(purge.err.contains("stays in .fieldbook/repository.git"), "\(purge.err)")
      #expect((purge.json["kept_snapshot"] as? String)?.count == 40, "\(purge.out)")
    }
    let other = try fieldbook.run(
      "purge", "r", "environment.host", "--dry-run", "--json", "--dir", "w", as: "ana")
    #expect(other.status == 0 && other.json["kept_snapshot"] is NSNull, "\(other.out)\(other.err)")
  }

  @Test(
    "a folder is taken without what .fieldbookignore names, and without replicas and their keys")
  func ignore() throws {
    try fieldbook.run("start", "--name", "r", "--dir", "w", "--quiet", as: "ana")
    try write("*.env\ndata/\n", "w/.fieldbookignore")
    for name in ["a.txt", ".env.env", "data/rows.csv", "sub/b.env", "sub/c.txt", "sub/.git/config"]
    {
      try write("x", "w/out/" + name)
    }
    try FileManager.default.copyItem(
      atPath: fieldbook.root + "/w/.fieldbook", toPath: fieldbook.root + "/w/out/sub/.fieldbook")
    let answer = try fieldbook.run(
      "artifacts", "put", "r", "w/out", "--dir", "w", "--json", as: "ana")
    #expect(answer.status == 0, "\(answer.err)")
    let added = (answer.json["artifacts"] as? [[String: Any]] ?? []).compactMap {
      $0["path"] as? String
    }
    #expect(added == ["out/a.txt", "out/sub/c.txt"])
    #expect((answer.json["left_out"] as? [String])?.count == 3)
    #expect(answer.err.contains("left out by .fieldbookignore: 3 files"))
    let logged = try fieldbook.run(
      "log", "artifact", "w/out", "--run", "r", "--dir", "w", as: "ana")
    #expect(logged.err.contains("left out by .fieldbookignore: 3 files"))
    let named = try fieldbook.run(
      "artifacts", "put", "r", "w/out/sub/b.env", "--dir", "w", "--json", as: "ana")
    #expect((named.json["artifacts"] as? [Any])?.count == 1, "what is named itself is taken")
    #expect(logged.err.contains("left out: w/out/sub/.fieldbook, w/out/sub/.git (a replica or a"))
  }

  @Test("a folder of which nothing is taken says what was left out and why")
  func nothingAdded() throws {
    try fieldbook.run("start", "--name", "r", "--dir", "w", "--quiet", as: "ana")
    try write("*.env\n", "w/out/.fieldbookignore")
    try write("*\n", "w/out/all/.fieldbookignore")
    try write("x", "w/out/env/a.env")
    try write("x", "w/out/git/.git/config")
    try FileManager.default.createDirectory(
      atPath: fieldbook.root + "/w/out/empty", withIntermediateDirectories: true)
    try write("0", "w/out/git/keep/device.key")
    mkfifo(fieldbook.root + "/w/out/git/pipe", 0o600)
    symlink("nowhere", fieldbook.root + "/w/out/git/lost")
    symlink("..", fieldbook.root + "/w/out/git/up")
    func put(_ name: String) throws -> (status: Int32, err: String) {
      let answer = try fieldbook.run(
        "artifacts", "put", "r", "w/out/" + name, "--dir", "w", as: "ana")
      return (answer.status, answer.err)
    }
    let all = try put("all")
    #expect(
      all.status == 0 && all.err.contains("1 file (w/out/all/.fieldbookignore)"), "\(all.err)")
    #expect(all.err.contains("warning: nothing was added: all of it was left out"))
    #expect(try put("env").err.contains("left out by .fieldbookignore: 1 file (w/out/env/a.env)"))
    let git = try put("git").err
    for line in [
      "left out: w/out/git/.git (a replica or a repository is no result)",
      "left out: w/out/git/keep/device.key (a device's key stays on its machine)",
      "left out: w/out/git/lost (it is a link that leads nowhere)",
      "left out: w/out/git/pipe (it is no file)",
      "left out: w/out/git/up (it is a link that leads out of the folder)", "nothing was added",
    ] { #expect(git.contains(line), "\(git)") }
    #expect(try put("empty").err.contains("warning: there was no file to add"))
    let pipe = try put("git/pipe")
    #expect(pipe.status == 1 && pipe.err.contains("it is neither a file nor a folder"))
  }
}
