import FieldbookTestSupport
import Foundation
import Testing

@Suite("Archives of runs, by the program")
struct ArchiveProgramTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test(
    "a run goes out with its code, is read by others' tools, and comes in elsewhere: verify says so"
  )
  func story() throws {
    try fieldbook.initialize("ana", as: "ana")
    try fieldbook.initialize("bo", as: "bo")
    let git = try GitFolder(fieldbook.root + "/project")
    try git.write("print('it is 42')\n", to: "train.py")
    try git.commit("first")
    try git.write("print('it is', 42)\n", to: "train.py")
    let ran = try fieldbook.shell(
      "cd project && \"$0\" run --dir ../ana --name r -p seed=1 -- python3 train.py", as: "ana"
    ).answer()
    #expect(ran.status == 0, "\(ran.err)")
    let logged = try fieldbook.run(
      "log", "metric", "--run", "r", "acc=0.9", "--dir", "ana", as: "ana")
    #expect(logged.status == 0)
    for name in ["run.zip", "run.tar.gz"] {
      let out = try fieldbook.run("export", "r", name, "--dir", "ana", "--json", as: "ana")
      #expect(out.status == 0 && out.out.contains("\"snapshot\": true"), "\(out.err)")
    }
    let python = """
      import tarfile, zipfile
      a, b = zipfile.ZipFile("run.zip"), tarfile.open("run.tar.gz")
      assert a.testzip() is None
      assert a.namelist() == b.getnames(), (a.namelist(), b.getnames())
      top = a.namelist()[0].split("/")[0]
      assert b.extractfile(top + "/code/train.py").read() == b"print('it is', 42)\\n"
      assert a.read(top + "/metrics.csv").decode().splitlines()[0] == "metric,step,time_ms,value"
      print("read")
      """
    let read = try fieldbook.shell("python3 -c \"$1\"", [python], as: "ana").answer()
    #expect(read.out == "read\n", "\(read.err)")
    let again = try fieldbook.run("export", "r", "run.zip", "--dir", "ana", as: "ana")
    #expect(again.status == 1 && again.err.contains("run.zip is there already"))
    #expect(
      try fieldbook.run("export", "r", "run.zip", "--force", "--dir", "ana", as: "ana").status == 0)
    let far = try fieldbook.run(
      ["export", "r", "far.zip", "--dir", "ana"], as: "ana",
      variables: ["TZ": "Pacific/Auckland", "LC_ALL": "C"])
    #expect(far.status == 0)
    #expect(
      FileManager.default.contentsEqual(
        atPath: fieldbook.root + "/far.zip", andPath: fieldbook.root + "/run.zip"))
    let odd = try fieldbook.run("export", "r", "run.rar", "--dir", "ana", as: "ana")
    #expect(odd.status == 1 && odd.err.contains(".zip, .tar or .tar.gz"))

    let counted = try fieldbook.run("import", "run.zip", "--dry-run", "--dir", "bo", as: "bo")
    #expect(counted.status == 0, "\(counted.err)")
    #expect(try fieldbook.run("show", "r", "--dir", "bo", as: "bo").status == 1)
    for name in ["run.zip", "run.tar.gz"] {
      let taken = try fieldbook.run("import", name, "--dir", "bo", as: "bo")
      #expect(taken.status == 0, "\(taken.err)")
    }
    let runs = try fieldbook.run("runs", "--dir", "bo", "--json", as: "bo").out
    #expect(runs.components(separatedBy: "\"run_id\"").count == 2)
    let out = try fieldbook.run("checkout", "r", "out", "--dir", "bo", as: "bo")
    #expect(out.status == 0, "\(out.err)")
    let ranAgain = try fieldbook.shell("python3 out/code/train.py", as: "bo").answer()
    #expect(ranAgain.out == "it is 42\n")
    #expect(try fieldbook.ailments("bo") == [])
  }
}
