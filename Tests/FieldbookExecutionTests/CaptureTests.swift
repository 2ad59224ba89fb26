import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookExecution

@Suite("What is known of a command before it runs")
struct CaptureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func program(_ name: String, _ script: String) throws -> String {
    let path = folder.path + "/" + name
    try Data(("#!/bin/sh\n" + script).utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, 0o755)
    return path
  }

  private func capture(_ command: [String], _ variables: [String: String] = [:]) -> Capture {
    Capture.of(command, folder: folder.path, variables: variables)
  }

  @Test("the command is kept without its secrets, and that is told")
  func command() {
    let capture = capture(["./train.sh", "--lr", "0.1", "--hf-token", "abc"])
    #expect(capture.environment["command"] == "./train.sh --lr 0.1 --hf-token ***")
    #expect(capture.environment["folder"] == folder.path)
    #expect(capture.captured.contains("command"))
    #expect(capture.notCaptured.contains("in the arguments: argument after --hf-token"))
  }

  @Test(
    "the source is the script or the module, else the program",
    arguments: [
      ("python -u train.py --lr 0.1", "train.py"), ("python -m team.train -v", "team.train"),
      ("torchrun --nproc 2 main.py", "main.py"), ("./train --lr 0.1", "./train"),
    ])
  func source(command: String, source: String) {
    let capture = capture(command.split(separator: " ").map(String.init))
    #expect(capture.tags["mlflow.source.name"] == source)
  }

  @Test("a folder that is no repository is said to be none")
  func noRepository() {
    let capture = capture(["true"])
    #expect(capture.environment["git_commit"] == nil)
    #expect(capture.notCaptured.contains("git commit (no repository here)"))
  }

  @Test("commit, branch and changed files are captured, the remote without user info")
  func repository() throws {
    let git = try GitFolder(folder.path)
    try git.write("one", to: "a.txt")
    let commit = try git.commit("first")
    try git.git("remote", "add", "origin", "https://ana:s3cret@example.org/team/repo.git")
    var known = capture(["true"])
    #expect(known.environment["git_commit"] == commit)
    #expect(known.tags["mlflow.source.git.commit"] == commit)
    #expect(known.environment["git_branch"] == "main")
    #expect(known.environment["git_remote"] == "https://***@example.org/team/repo.git")
    #expect(known.environment["git_dirty"] == "false")
    #expect(known.captured.contains("git commit"))
    try git.write("two", to: "a.txt")
    try git.write("new", to: "sub/b.txt")
    known = capture(["true"])
    #expect(known.environment["git_dirty"] == "true")
    #expect(known.environment["git_dirty_files"] == "a.txt\nsub/b.txt")
    #expect(known.dirtyNames == "2 changed files (named in the run)")
  }

  @Test("names of changed files that .fieldbookignore leaves out are not kept")
  func ignoredNames() throws {
    let git = try GitFolder(folder.path)
    try git.write("patients/\n", to: ".fieldbookignore")
    try git.commit("first")
    try git.write("1", to: "patients/mueller-hans.csv")
    try git.write("1", to: "b.txt")
    let capture = capture(["true"])
    #expect(capture.environment["git_dirty_files"] == "b.txt")
    #expect(
      capture.dirtyNames
        == "2 changed files (named in the run, but for 1 in .fieldbookignore)")
  }

  @Test("Python's version and packages come from the interpreter that will run")
  func python() throws {
    _ = try program("python3", "printf '3.12.1\\n/venv/bin/python\\nnumpy==2.0\\ntorch==2.4\\n'")
    for command in [["python3", "train.py"], ["./python3", "train.py"]] {
      let capture = capture(command, ["PATH": folder.path])
      #expect(capture.environment["python"] == "3.12.1")
      #expect(capture.environment["python_executable"] == "/venv/bin/python")
      #expect(capture.captured.contains("Python and 2 packages"))
      let packages = capture.artifacts.filter { $0.path == "environment/packages.txt" }
      #expect(packages.map(\.bytes) == [Array("numpy==2.0\ntorch==2.4\n".utf8)])
    }
  }

  @Test("an interpreter that fails is said to have failed")
  func brokenPython() throws {
    let python = try program("python3", "exit 3")
    for command in [python, folder.path + "/python-missing"] {
      let capture = capture([command, "train.py"])
      #expect(capture.environment["python"] == nil)
      #expect(
        capture.notCaptured.contains("Python packages (the interpreter did not answer)"))
    }
    #expect(!capture(["bash"]).notCaptured.contains { $0.hasPrefix("Python") })
  }

  @Test("an interpreter that hangs, leaves something behind or prints without end is given up")
  func hangingPython() throws {
    for script in [
      "exec sleep 600", "sleep 600 & wait", "exec cat /dev/zero", "exec >&-; exec sleep 1",
    ] {
      let path = try program("python", script)
      let answer = Capture.output(
        [path], folder: folder.path, variables: ["PATH": "/usr/bin:/bin"],
        patience: .milliseconds(300))
      #expect(answer == nil || script.contains(">&-") && answer == "", "\(script)")
    }
  }

  @Test("of the variables only those are kept that hold no secret")
  func variables() {
    let capture = capture(
      ["true"],
      [
        "CUDA_VISIBLE_DEVICES": "0,1", "HF_TOKEN": "abc", "SLURM_JOB_ID": "7",
        "TZ": "ghp_" + String(repeating: "a1", count: 20),
      ])
    let kept = capture.environment.filter { $0.key.hasPrefix("variable.") }
    #expect(
      kept == [
        "variable.CUDA_VISIBLE_DEVICES": "0,1", "variable.SLURM_JOB_ID": "7", "variable.TZ": "***",
      ])
  }
}
