import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

/// A project as people have it: a changed file, a module that nobody added, a config, data that git does not follow.
@Suite("Reproducing runs, by the program")
struct ReproductionProgramTests {
  let fieldbook: Binary
  private let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"

  init() throws { fieldbook = try Binary() }

  private var project: String { fieldbook.root + "/project" }

  private static let training = """
    import json, pathlib, pickle, random, sys
    import mlflow, numpy, pandas, yaml
    from sklearn.linear_model import SGDClassifier
    from features import widen

    config = yaml.safe_load(pathlib.Path("config.yaml").read_text())
    data = pandas.read_csv(sys.argv[1])
    numpy.random.seed(config["seed"])
    model = SGDClassifier(loss="log_loss", alpha=config["alpha"], max_iter=40, tol=None)
    with mlflow.start_run():
        mlflow.log_input(
            mlflow.data.from_pandas(data, source=str(pathlib.Path("extra.csv").resolve()), name="extra"))
        model.fit(widen(data[["a", "b"]].to_numpy()), data["label"])
        mlflow.log_metric("score", model.score(widen(data[["a", "b"]].to_numpy()), data["label"]))
        mlflow.log_metric("weight", float(model.coef_[0][0]))
        mlflow.log_metric("order", hash("what PYTHONHASHSEED decides") % 1000003)
        path = pathlib.Path("model.pkl")
        path.write_bytes(pickle.dumps([model.coef_.tolist(), model.intercept_.tolist()]))
        mlflow.log_artifact(str(path))
    """

  private func csv(_ rows: Int) -> String {
    var generator = SeededGenerator(seed: 5)
    var text = "a,b,label\n"
    for _ in 0..<rows {
      let (a, b) = (
        Double.random(in: -1...1, using: &generator), Double.random(in: -1...1, using: &generator)
      )
      text += "\(a),\(b),\(a + b > 0 ? 1 : 0)\n"
    }
    return text
  }

  private func write(_ text: String, to path: String) throws {
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func layOutProject() throws {
    let git = try GitFolder(project)
    try git.write("data/\n*.pkl\n", to: ".gitignore")
    try git.write("def widen(x): return x\n", to: "old.py")
    try git.write("print('nothing yet')\n", to: "train.py")
    try git.write("seed: 3\nalpha: 0.001\n", to: "config.yaml")
    try git.write("x\n1\n", to: "extra.csv")
    try git.commit("first")
    try git.write(Self.training, to: "train.py")
    try git.write(
      "import numpy\ndef widen(x): return numpy.hstack([x, x ** 2])\n", to: "features.py")
    try write(csv(400), to: project + "/data/train.csv")
  }

  /// Metrics that the script logged, and the model file's hash.
  private func results(_ run: [String: Any]) -> [String: String] {
    var out: [String: String] = [:]
    for (key, value) in run["metrics"] as? [String: [String: Any]] ?? [:]
    where !key.hasPrefix("system/") {
      out[key] = "\(value["last"] ?? "")"
    }
    for artifact in run["artifacts"] as? [[String: Any]] ?? []
    where artifact["path"] as? String == "model.pkl" {
      out["model.pkl"] = artifact["sha256"] as? String
    }
    return out
  }

  private func inProject(
    _ script: String, _ words: [String] = [], as person: String, in folder: String = "project"
  ) throws -> Binary.Answer {
    try fieldbook.shell(
      "cd \(folder) && " + script, words, as: person, variables: ["PYTHONHASHSEED": "11"]
    ).answer()
  }

  @Test("what was trained on one laptop comes out the same on another, byte for byte")
  func story() throws {
    let (hub, _) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    try layOutProject()
    let first = try inProject(
      "\"$0\" run --dir ../ana --json -e credit -c config.yaml -p alpha=0.002"
        + " --data rows=data/train.csv -- \"$1\" train.py data/train.csv", [python], as: "ana")
    #expect(first.status == 0, "\(first.err)")
    let run = try #require(first.json["run_id"] as? String)
    let wanted = results(first.json)
    #expect(wanted.count == 4, "\(wanted)")
    _ = try fieldbook.syncTwice(["ana", "bo"])

    // Bo has the data elsewhere, and no PYTHONHASHSEED.
    try FileManager.default.moveItem(atPath: project, toPath: fieldbook.root + "/away")
    let copy = fieldbook.root + "/bo-data/rows.csv"
    try write(csv(400), to: copy)
    let missing = try fieldbook.run("reproduce", run, "--dir", "bo", as: "bo")
    #expect(missing.status == 1, "\(missing.err)")
    #expect(missing.err.contains("data rows is not here: data/train.csv, sha256:"))
    #expect(missing.err.contains("--data rows=PATH"))

    let again = try fieldbook.run(
      "reproduce", run, "--dir", "bo", "--data", "rows=bo-data/rows.csv", "--json", as: "bo")
    #expect(again.status == 0, "\(again.err)")
    #expect(results(again.json) == wanted)
    let tags = again.json["tags"] as? [String: String]
    #expect(tags?["fieldbook.reproduces"] == run)
    #expect(again.json["reproduces"] as? String == run)
    #expect((again.json["experiment"] as? [String: Any])?["name"] as? String == "credit")
    #expect(again.json["params"] as? [String: String] == first.json["params"] as? [String: String])
    #expect(again.json["parent_run_id"] is NSNull && again.json["folder"] is NSNull)
    let other = try #require(again.json["run_id"] as? String)
    #expect(again.err.contains("next: fieldbook verify \(run.prefix(8)) \(other.prefix(8))"))
    let found = again.json["data"] as? [[String: Any]]
    #expect(found?.compactMap { $0["outcome"] as? String } == ["same", "same"])
    #expect(found?.compactMap { $0["name"] as? String } == ["rows", "extra"])

    // Both snapshots hold one tree of code, and the same data.
    let repository = GitFolder(reading: fieldbook.root + "/bo/.fieldbook/repository.git")
    let trees = try [run, other].map {
      try repository.git("rev-parse", "refs/fieldbook/runs/\($0):code")
    }
    #expect(trees[0] == trees[1])
    #expect(try repository.git("fsck", "--full", "--strict", "--no-dangling").isEmpty)
    let compared = try fieldbook.run("compare", run, other, "--dir", "bo", "--json", as: "bo").json
    let sections = (compared["differences"] as? [[String: Any]])?.compactMap {
      $0["section"] as? String
    }
    #expect(sections?.contains("datasets") == false && sections?.contains("params") == false)

    try verify(run, other)

    // One row touched: refused, and named with both digests.
    try write(csv(400).replacing("a,b,label", with: "a,b,label\n0.5,0.5,0"), to: copy)
    let refused = try fieldbook.run(
      "reproduce", run, "--dir", "bo", "--data", "rows=bo-data/rows.csv", as: "bo")
    #expect(refused.status == 1)
    #expect(refused.err.contains("data rows is not what it was: "))
    let recorded = try #require(found?.first?["recorded"] as? String)
    #expect(refused.err.contains(recorded) && refused.err.contains("--allow-data-change"))
    let allowed = try fieldbook.run(
      "reproduce", run, "--dir", "bo", "--data", "rows=bo-data/rows.csv", "--allow-data-change",
      "--json", as: "bo")
    #expect(allowed.status == 0, "\(allowed.err)")
    #expect(allowed.err.contains("data rows is not what it was") && results(allowed.json) != wanted)
    let differs =
      try fieldbook.run(
        "compare", run, allowed.json["run_id"] as? String ?? "", "--dir", "bo", "--json", as: "bo"
      ).json["differences"] as? [[String: Any]]
    let row = differs?.first { $0["section"] as? String == "datasets" }
    #expect(row?["key"] as? String == "rows")
    let digests = row?["values"] as? [String]
    #expect(digests?.first == recorded && digests?.allSatisfy { $0.hasPrefix("sha256:") } == true)
    #expect(try fieldbook.ailments("bo") == [])
  }

  /// What the program says of both runs: verified on either laptop, and the audit of the first one counts it.
  private func verify(_ run: String, _ other: String) throws {
    let same = try fieldbook.run("verify", run, other, "--dir", "bo", as: "bo")
    #expect(same.status == 0, "\(same.out)")
    #expect(same.out.contains("verified: nothing that counts differs"))
    func reproduced() throws -> String? {
      let audit = try fieldbook.run("audit", run, "--dir", "ana", "--json", as: "ana")
      #expect(audit.status == 0, "\(audit.err)")
      let checks = audit.json["checks"] as? [[String: Any]]
      return checks?.first { $0["name"] as? String == "reproduced" }?["state"] as? String
    }
    #expect(try reproduced() == "missing")
    _ = try fieldbook.syncTwice(["bo", "ana"])
    #expect(try reproduced() == "ok")
    #expect(try fieldbook.run("verify", run, other, "--dir", "ana", as: "ana").status == 0)

    // Another seed, all else the same.
    let away = try GitFolder(fieldbook.root + "/away")
    try away.write("seed: 4\nalpha: 0.001\n", to: "config.yaml")
    let seeded = try inProject(
      "\"$0\" run --dir ../ana --json -e credit -c config.yaml -p alpha=0.002"
        + " --data rows=data/train.csv -- \"$1\" train.py data/train.csv", [python], as: "ana",
      in: "away")
    #expect(seeded.status == 0, "\(seeded.err)")
    let third = try #require(seeded.json["run_id"] as? String)
    let differs = try fieldbook.run("verify", run, third, "--dir", "ana", "--json", as: "ana")
    #expect(differs.status == 4, "\(differs.out)")
    let findings = differs.json["findings"] as? [[String: Any]] ?? []
    let different = findings.filter { $0["verdict"] as? String == "different" }
      .compactMap { $0["key"] as? String }
    #expect(Set(["seed", "weight", "model.pkl"]).isSubset(of: different), "\(different)")
    #expect(!different.contains("order") && !different.contains("rows"))
  }

  /// A Python of few words, which keeps its packages in a file beside it.
  private func fakePython(_ path: String, packages: String) throws {
    let script = #"""
      #!/bin/sh
      here=$(dirname "$0")
      case "$1 $2" in
      -c*) printf '3.11.9\n%s\n' "$0"; sort "$here/packages.txt" ;;
      "-m venv")
        mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; echo 'pip==23.0' >"$3/bin/packages.txt" ;;
      "-m pip")
        all=
        while [ $# -gt 0 ]; do
          case $1 in
          --requirement) cat "$2" >>"$here/asked.txt"; all=$(sed 's/ .*//' "$2"); shift ;;
          --require-hashes) echo hashes >>"$here/asked.txt" ;;
          esac; shift
        done
        for one in $all; do
          case $one in gone==*)
            echo "ERROR: No matching distribution found for $one"; exit 1 ;; esac
        done
        for one in $all; do echo "$one" >>"$here/packages.txt"; done ;;
      *) exec sh "$@" ;;
      esac
      """#
    try write(script, to: path)
    try write(packages, to: (path as NSString).deletingLastPathComponent + "/packages.txt")
    #expect(chmod(path, 0o755) == 0)
  }

  @Test("another package version is said; a new environment says what could not be had")
  func packages() throws {
    try fieldbook.initialize("ana", as: "ana")
    let python = fieldbook.root + "/bin/python3.11"
    let (hash, other) = (String(repeating: "1a", count: 32), String(repeating: "2b", count: 32))
    try fakePython(
      python,
      packages: """
        gone==1.0
        numpy==2.0.1
        six==1.17.0
        local @ file:///home/ana/lib
        \tnumpy==2.0.1 locked sha256:\(hash)
        \tsix==1.17.0 record sha256:\(hash)

        """)
    try write("echo trained; exit $CODE\n", to: project + "/train.sh")
    let path = fieldbook.root + "/bin:/usr/bin:/bin"
    func run(_ words: [String], _ variables: [String: String] = [:]) throws -> Binary.Answer {
      try fieldbook.run(
        words, as: "ana", variables: ["PATH": path, "CODE": "0"].merging(variables) { $1 })
    }
    let first = try fieldbook.shell(
      "cd project && exec \"$0\" run --dir ../ana --json -- python3.11 train.sh", as: "ana",
      variables: ["PATH": path, "CODE": "0"]
    ).answer()
    #expect(first.status == 0, "\(first.err)")
    let id = try #require(first.json["run_id"] as? String)

    try fakePython(
      python,
      packages: "gone==1.0\nnumpy==2.1.0\nsix==1.17.0\n\tsix==1.17.0 record sha256:\(other)\n")
    let reused = try run(["reproduce", id, "--dir", "ana", "--json"])
    #expect(reused.status == 0, "\(reused.err)")
    #expect(reused.err.contains("numpy 2.0.1 is 2.1.0 here"))
    #expect(reused.err.contains("local file:///home/ana/lib is not there here"))
    let told = (reused.json["python"] as? [String: Any])?["differing"] as? [[String: Any]]
    #expect(told?.compactMap { $0["name"] as? String } == ["local", "numpy"])
    #expect(reused.err.contains("of the same version, with other files here: six 1.17.0"))
    let files = (reused.json["python"] as? [String: Any])?["other_files"] as? [[String: Any]]
    #expect(files?.compactMap { $0["name"] as? String } == ["six"])

    let created = try run([
      "reproduce", id, "--dir", "ana", "--env", "create", "--into", "again", "--json",
    ])
    #expect(created.status == 0, "\(created.err)")
    #expect(
      created.err.contains(
        "gone==1.0 could not be had: No matching distribution found for gone==1.0"))
    #expect(
      created.err.contains("local @ file:///home/ana/lib could not be had: it was installed from"))
    #expect(!created.err.contains("numpy"), "\(created.err)")
    let here = try String(
      contentsOfFile: fieldbook.root + "/again/python/bin/packages.txt", encoding: .utf8)
    #expect(here == "pip==23.0\nnumpy==2.0.1\nsix==1.17.0\n")
    // Only what has hashes is asked for by them.
    let asked = try String(
      contentsOfFile: fieldbook.root + "/again/python/bin/asked.txt", encoding: .utf8)
    #expect(
      asked == """
        hashes
        numpy==2.0.1 --hash=sha256:\(hash)
        gone==1.0
        six==1.17.0
        gone==1.0
        six==1.17.0

        """)
    let command = (created.json["source"] as? [String: Any])?["command"] as? String
    #expect(command == "\(fieldbook.root)/again/python/bin/python train.sh")
    #expect(created.json["folder"] as? String == fieldbook.root + "/again")

    let failed = try run(["reproduce", id, "--dir", "ana", "--json"], ["CODE": "7"])
    #expect(failed.status == 7)
    let kept = try #require(failed.json["folder"] as? String)
    #expect(FileManager.default.fileExists(atPath: kept + "/code/train.sh"))
    try FileManager.default.removeItem(atPath: kept)
    let taken = try run(["reproduce", id, "--dir", "ana", "--into", "again"])
    #expect(taken.status == 1 && taken.err.contains("again is there already, and not empty"))
  }

  @Test("what cannot be done again is said before anything is started")
  func refusals() throws {
    try fieldbook.initialize("ana", as: "ana", run: "by-hand")
    try write("echo \"$1\"\n", to: project + "/go.sh")
    let none = try fieldbook.run("reproduce", "by-hand", "--dir", "ana", as: "ana")
    #expect(none.status == 1 && none.err.contains("run by-hand has no snapshot"))
    _ = try inProject("\"$0\" run --dir ../ana -n s -- sh go.sh --token hush", as: "ana")
    let secret = try fieldbook.run("reproduce", "s", "--dir", "ana", as: "ana")
    #expect(secret.status == 1)
    #expect(secret.err.contains("word 4, ***") && secret.err.contains("set FIELDBOOK_SECRET_1"))
    let given = try fieldbook.run(
      ["reproduce", "s", "--dir", "ana", "--", "more"], as: "ana",
      variables: ["FIELDBOOK_SECRET_1": "hush"])
    #expect(given.status == 0, "\(given.err)")
    let shown = try fieldbook.run("show", "@last", "--dir", "ana", "--json", as: "ana")
    #expect(!shown.out.contains("hush") && shown.out.contains("--token *** more"))
    let strange = try fieldbook.run(
      ["reproduce", "s", "--dir", "ana", "--data", "x=/tmp"], as: "ana",
      variables: ["FIELDBOOK_SECRET_1": "hush"])
    #expect(strange.status == 1 && strange.err.contains("so none is called x"))
  }

  @Test("data is digested before the command starts, and again when it has ended")
  func data() throws {
    try fieldbook.initialize("ana", as: "ana")
    try write("a,b\n1,2\n", to: project + "/x.csv")
    try write("one", to: project + "/images/1.png")
    let answer = try inProject(
      "\"$0\" run --dir ../ana --json --data x.csv --data pictures=images --data s3://b/far.csv"
        + " -- sh -c 'echo 3,4 >>x.csv'", as: "ana")
    #expect(answer.status == 0, "\(answer.err)")
    let sets = answer.json["datasets"] as? [[String: Any]] ?? []
    #expect(sets.compactMap { $0["name"] as? String }.sorted() == ["far.csv", "pictures", "x.csv"])
    let table = try #require(sets.first { $0["name"] as? String == "x.csv" })
    let content = try #require((table["tags"] as? [String: String])?["fieldbook.content"])
    #expect(content.hasPrefix("sha256:") && content.count == 71)
    #expect(table["digest"] as? String == String(content.dropFirst(7).prefix(32)))
    #expect(table["source"] as? String == "{\"uri\":\"\(project)/x.csv\"}")
    #expect(table["schema"] as? String == #"{"columns":["a","b"]}"#)
    #expect(
      answer.err.contains(
        "data x.csv as it is now (it changed while the command ran: \(content) before"))
    #expect(answer.err.contains("the content of data far.csv (it is a URI)"))
    let run = try #require(answer.json["run_id"] as? String)
    let repository = GitFolder(reading: fieldbook.root + "/ana/.fieldbook/repository.git")
    let text = try repository.git("show", "refs/fieldbook/runs/\(run):data.json")
    let document = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let entries = document?["datasets"] as? [[String: Any]] ?? []
    #expect(entries.compactMap { $0["path"] as? String } == ["images", "x.csv"])
    #expect(entries.compactMap { $0["kind"] as? String } == ["uri", "folder", "file"])
    #expect(entries.last?["digest"] as? String == content && entries.last?["size"] as? Int == 8)

    for (words, told) in [
      ("--data none.csv", "the data none.csv cannot be read: No such file or directory"),
      ("--data x.csv --data x.csv", "two data are called x.csv"),
      ("--data ../ana", "holds the replica itself"),
      ("--data pipe", "is neither a file nor a folder nor a link"),
    ] {
      let refused = try inProject(
        "rm -f pipe ran; mkfifo pipe; \"$0\" run --dir ../ana \(words) -- touch ran", as: "ana")
      #expect(refused.status == 125 && refused.err.contains(told), "\(refused.err)")
    }
    #expect(!FileManager.default.fileExists(atPath: project + "/ran"))
    let runs = try fieldbook.run("runs", "--dir", "ana", "--json", as: "ana").json["runs"]
    #expect((runs as? [Any])?.count == 1)
  }
}
