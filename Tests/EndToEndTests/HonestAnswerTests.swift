import FieldbookTestSupport
import Foundation
import Testing

/// What cannot be done is said, with what to do, and nothing pretends that it was done.
@Suite("Honest answers", .serialized)
struct HonestAnswerTests {
  let fieldbook: Binary

  init() throws { fieldbook = try .withOneRun() }

  private func expect(
    _ words: String..., status: Int32 = 1, says: String...,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let answer = try fieldbook.run(words + ["--dir", "w"], as: "ana")
    #expect(answer.status == status, "\(words): \(answer.err)", sourceLocation: location)
    for text in says {
      #expect(answer.err.contains(text), "\(words): \(answer.err)", sourceLocation: location)
    }
    guard status == 1 else { return }
    #expect(
      answer.err.split(separator: "\n").count == 2 && answer.err.hasPrefix("error: "),
      "\(words): \(answer.err)", sourceLocation: location)
  }

  private func shell(_ script: String) throws -> Binary.Answer {
    try fieldbook.shell(script, as: "ana").answer()
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: fieldbook.root + "/" + name)
  }

  private func write(_ text: String, _ name: String) throws {
    try text.write(toFile: fieldbook.root + "/" + name, atomically: true, encoding: .utf8)
  }

  @Test("a damaged artifact is handed out nowhere, and doctor names it")
  func damagedArtifact() throws {
    try write("hello", "a.txt")
    #expect(try fieldbook.ask("artifacts", "put", "r", "a.txt").status == 0)
    #expect(try fieldbook.ask("artifacts", "get", "r", "a.txt", "--out", "good.txt").status == 0)
    #expect(try fieldbook.ask("artifacts", "get", "r", "a.txt", "--out", "-").out == "hello")
    #expect(try fieldbook.ailments("w") == [])
    let objects = fieldbook.root + "/w/.fieldbook/objects"
    let name = try #require(
      try FileManager.default.subpathsOfDirectory(atPath: objects).first { $0.count > 2 })
    try FileManager.default.removeItem(atPath: objects + "/" + name)
    try write("jello", "w/.fieldbook/objects/" + name)
    try expect(
      "artifacts", "get", "r", "a.txt", "--out", "bad.txt", says: "'a.txt' is damaged",
      "fieldbook sync")
    let here = try FileManager.default.contentsOfDirectory(atPath: fieldbook.root)
    #expect(here.filter { $0.hasPrefix("bad.txt") } == [])
    let piped = try fieldbook.ask("artifacts", "get", "r", "a.txt", "--out", "-")
    #expect(piped.status == 1 && piped.out.isEmpty && piped.err.contains("damaged"))
    let found = try fieldbook.ailments("w")
    #expect(found.count == 1 && found[0].contains("1 damaged") && found[0].contains(name))
  }

  /// A folder that is a link to another stands for a file system that does not tell their names apart.
  @Test(
    "files that have one name on this file system are written beside each other, and that is told")
  func foldedNames() throws {
    let manager = FileManager.default
    for folder in ["A", "a"] {
      try manager.createDirectory(
        atPath: fieldbook.root + "/src/" + folder, withIntermediateDirectories: true)
      try write("of \(folder)", "src/\(folder)/x.txt")
    }
    #expect(try fieldbook.ask("artifacts", "put", "r", "src").status == 0)
    for force in [false, true] {
      let out = fieldbook.root + (force ? "/forced" : "/got")
      try manager.createDirectory(atPath: out + "/A", withIntermediateDirectories: true)
      #expect(symlink("A", out + "/a") == 0)
      let words = ["artifacts", "get", "r", "src", "--out", out, "--dir", "w", "--json"]
      let answer = try fieldbook.run(words + (force ? ["--force"] : []), as: "ana")
      #expect(answer.status == 0, "\(answer.err)")
      #expect(answer.err.contains("src/a/x.txt has the name of another file"), "\(answer.err)")
      let files = (answer.json["files"] as? [[String: Any]])?.compactMap { $0["file"] as? String }
      #expect(files == [out + "/A/x.txt", out + "/a/x.txt~"])
      #expect(manager.contents(atPath: out + "/A/x.txt") == Data("of A".utf8))
      #expect(manager.contents(atPath: out + "/A/x.txt~") == Data("of a".utf8))
    }
  }

  @Test("output that does not get out is an error, except to a reader who has seen enough")
  func lostOutput() throws {
    for place in ["> /dev/full", ">&-"] {
      for words in ["runs --dir w", "runs --dir w --json", "--help", "artifacts --help"] {
        let answer = try shell("exec \"$0\" \(words) \(place)")
        #expect(answer.status == 1, "\(words) \(place)")
        let lines = answer.err.split(separator: "\n")
        #expect(
          lines.count == 2 && lines[0].hasPrefix("error: stdout cannot be written: "),
          "\(words) \(place): \(answer.err)")
      }
    }
    #expect(
      try shell("\"$0\" runs --dir w 2>&1 >&- | grep -c 'it is closed' > /dev/null").status == 0)
    #expect(try shell("\"$0\" runs --dir w | head -c 0").err == "")
    #expect(try shell("\"$0\" tag r k=v --dir w >&- 2>&-").status == 0)
    #expect(try fieldbook.ailments("w") == [])
  }

  @Test("a hint names the run that was meant, not words that mean another one tomorrow")
  func namedHints() throws {
    let id = try #require(try fieldbook.ask("show", "r", "--json").json["run_id"] as? String)
      .prefix(8)
    try expect("delete", "@last", status: 0, says: "fieldbook restore \(id)")
    try expect("delete", "r", status: 0, says: "was deleted already")
    try expect("log", "metric", "x=1", "--run", "r", says: "is deleted", "fieldbook restore \(id)")
    try expect("restore", "r", status: 0, says: "restored")
    try expect("restore", "r", status: 0, says: "is not deleted")
    let entries = try fieldbook.ask("history", "r", "lifecycle", "--json").json["entries"] as? [Any]
    #expect(entries?.count == 2, "what is so already is not changed again")
    #expect(try fieldbook.ask("start", "--name", "r").status == 0)
    try expect("show", "r", says: "is ambiguous", "use an id of those")
  }

  @Test("a run that is over is not finished again")
  func finishedTwice() throws {
    try expect("finish", "r", "--status", "failed", status: 0, says: "failed")
    try expect("finish", "r", says: "is over already: failed, since 2", "fieldbook show")
    #expect(try fieldbook.ask("show", "r", "--json").json["status"] as? String == "FAILED")
  }

  @Test("no text is not the empty text")
  func description() throws {
    #expect(try fieldbook.ask("describe", "r", "as it is").status == 0)
    try expect("describe", "r", says: "no text")
    #expect(try fieldbook.ask("show", "r", "--json").json["description"] as? String == "as it is")
    #expect(try fieldbook.ask("describe", "r", "").status == 0)
    #expect(try fieldbook.ask("show", "r", "--json").json["description"] is NSNull)
  }

  @Test("a field that was never set has near ones")
  func fields() throws {
    #expect(try fieldbook.ask("tag", "r", "color=red").status == 0)
    try expect("history", "r", "color", says: "no field 'color'", "did you mean tags.color?")
    try expect("history", "r", "nowhere", says: "no field 'nowhere'", "fieldbook history ")
    try expect("runs", "--limit", "-1", status: 64, says: "--limit must be at least 1")
  }

  @Test("bundles: what is none, what is there already, and where they end")
  func bundles() throws {
    try expect("bundle", "create", "b", status: 0, says: "wrote")
    try expect("bundle", "create", "b", says: "is there already", "--force")
    try expect("bundle", "create", "b", "--force", status: 0, says: "wrote")
    try write("words", "text")
    try expect("bundle", "apply", "text", says: "is not a Fieldbook bundle")
    try expect("bundle", "apply", "w", says: "is not a Fieldbook bundle")
    let coded = try fieldbook.run("clone", "b", "c", "--code", "fb1-x", as: "bo")
    #expect(coded.status == 1 && coded.err.contains("fieldbook enroll"), "\(coded.err)")
    #expect(!exists("c"))
    #expect(try fieldbook.run("clone", "b", "c", as: "bo").status == 0)
    for words in [["sync"], ["sync", "origin"], ["sync", "--dry-run"]] {
      let answer = try fieldbook.run(words + ["--dir", "c"], as: "bo")
      #expect(answer.status == 1 && answer.err.contains("fieldbook bundle apply"), "\(answer.err)")
      #expect(answer.err.contains("fieldbook remote add hub http://127.0.0.1:4600"))
    }
  }

  @Test("a replica in a git repository is no change of it, and its key is never added")
  func gitIgnores() throws {
    let git = "git -C '\(fieldbook.root)' "
    let answer = try shell(
      "\(git)init -q && \(git)add -A w && test -z \"$(\(git)diff --cached --name-only)\"")
    #expect(answer.status == 0, "\(answer.err)")
  }

  @Test("what a run could not keep is told, and its status is the command's")
  func unkeptOutput() throws {
    let script = "echo hi; rm -r w/.fieldbook/tmp; exit 7"
    let words = ["run", "--name", "s", "--dir", "w", "--", "/bin/sh", "-c", script]
    let answer = try fieldbook.run(words, as: "ana")
    #expect(answer.status == 7)
    let line = answer.err.split(separator: "\n").first { $0.hasPrefix("not captured: ") } ?? ""
    #expect(line.contains("output ("), "\(answer.err)")
    let shown = try fieldbook.ask("show", "s", "--json").json
    #expect(shown["status"] as? String == "FAILED" && shown["end_time"] is String)
    #expect((shown["tags"] as? [String: String])?["fieldbook.exit_status"] == "7")
    let next = try fieldbook.run(["run", "--dir", "w", "--", "true"], as: "ana")
    #expect(next.status == 0, "\(next.err)")
    #expect(try fieldbook.ask("logs", "s").out == "hi\n", "a later command takes it in")
    let live = fieldbook.root + "/w/.fieldbook/live"
    #expect(try FileManager.default.contentsOfDirectory(atPath: live) == [])
  }

  @Test("an editor that left the markers, or everything, as it was decides nothing")
  func idleEditor() throws {
    let (hub, _) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    try fieldbook.run("start", "--name", "s", "--dir", "ana", as: "ana")
    try fieldbook.run("describe", "s", "as it was", "--dir", "ana", as: "ana")
    for person in ["ana", "bo"] {
      try fieldbook.sync(person)
      try fieldbook.run("tag", "s", "k=of \(person)", "--dir", person, as: person)
      try fieldbook.run("describe", "s", "words of \(person)", "--dir", person, as: person)
    }
    for person in ["bo", "ana"] { try fieldbook.sync(person) }
    let open = try fieldbook.run("conflicts", "--json", "--dir", "ana", as: "ana").json
    let ids = (open["conflicts"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    #expect(ids.count == 2)
    for id in ids {
      for editor in ["true", "sed -i /^=======/d"] {
        let answer = try fieldbook.run(
          ["conflicts", "resolve", id, "--edit", "--dir", "ana"], as: "ana",
          variables: ["VISUAL": editor, "TMPDIR": fieldbook.root])
        #expect(answer.status == 1 && answer.err.contains("nothing was"), "\(answer.err)")
      }
    }
    let left = try fieldbook.run("conflicts", "--json", "--dir", "ana", as: "ana").json
    #expect((left["conflicts"] as? [Any])?.count == 2)
  }

  @Test("a run whose script chose another experiment says in which it is")
  func movedRun() throws {
    let python = """
      import json, os, urllib.request as u
      def post(path, **body):
          head = {"Content-Type": "application/json",
                  "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]}
          url = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/" + path
          return json.load(u.urlopen(u.Request(url, json.dumps(body).encode(), head)))
      made = post("experiments/create", name="other")
      post("runs/create", experiment_id=made["experiment_id"])
      """
    let answer = try fieldbook.run(
      ["run", "-e", "churn", "--dir", "w", "--", "/usr/bin/python3", "-c", python], as: "ana")
    #expect(answer.status == 0, "\(answer.err)")
    #expect(
      answer.err.contains("in experiment 'other', which the script chose, not in 'churn'"),
      "\(answer.err)")
  }
}
