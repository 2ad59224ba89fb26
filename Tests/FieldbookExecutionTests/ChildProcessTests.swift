import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookExecution

/// One after the other: what becomes of a signal is the whole process's affair.
@Suite("The command's process", .serialized)
struct ChildProcessTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private struct Ending {
    var status: Int32
    var passed: (out: Data, err: Data)
    var kept: (out: Data, err: Data)

    var text: String { String(decoding: passed.out, as: UTF8.self) }
  }

  private func run(_ command: [String], variables: [String: String]? = nil) async throws -> Ending {
    let targets = try ["out", "err"].map { name in
      let path = folder.path + "/passed." + name
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      return try #require(FileHandle(forWritingAtPath: path))
    }
    let child = ChildProcess(
      command: command, folder: folder.path,
      environment: variables ?? ProcessInfo.processInfo.environment,
      stdoutCopy: folder.path + "/kept.out", stderrCopy: folder.path + "/kept.err",
      stdoutTarget: targets[0], stderrTarget: targets[1])
    let status = try await child.run()
    func data(_ name: String) -> Data {
      FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data()
    }
    return Ending(
      status: status, passed: (data("passed.out"), data("passed.err")),
      kept: (data("kept.out"), data("kept.err")))
  }

  private func shell(_ script: String) async throws -> Ending {
    try await run(["/bin/sh", "-c", script])
  }

  @Test("a status is passed on", arguments: [0, 1, 3, 125, 255])
  func status(code: Int32) async throws {
    #expect(try await shell("exit \(code)").status == code)
  }

  @Test(
    "a signal is 128 and its number, also the second time", arguments: [9, 15, 2, 1, 13, 11, 6])
  func signal(number: Int32) async throws {
    for _ in 0..<2 {
      #expect(try await shell("kill -\(number) $$").status == 128 + number)
    }
  }

  @Test("what cannot be found is 127, what cannot be executed 126")
  func notStarted() async throws {
    let plain = folder.path + "/plain"
    try Data("text".utf8).write(to: URL(fileURLWithPath: plain))
    #expect(try await run(["no-such-command-anywhere"]).status == 127)
    #expect(try await run(["./missing"]).status == 127)
    #expect(try await run([folder.path]).status == 127)
    #expect(try await run([""]).status == 127)
    #expect(try await run(["./plain"]).status == 126)
    chmod(plain, 0o755)
    #expect(try await run(["./plain"]).status == 126, "no program and no script")
    try Data("#!/no/such/interpreter\n".utf8).write(to: URL(fileURLWithPath: plain))
    chmod(plain, 0o755)
    #expect(try await run(["./plain"]).status == 126)
  }

  @Test("the first program on the path that may be executed is the one")
  func search() async throws {
    for (dir, mode, text) in [("a", 0o644, "echo a"), ("b", 0o755, "#!/bin/sh\necho b")] {
      let path = folder.path + "/" + dir
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/tool"))
      chmod(path + "/tool", mode_t(mode))
    }
    let path = ["PATH": "\(folder.path)/a:\(folder.path)/b"]
    #expect(try await run(["tool"], variables: path).text == "b\n")
  }

  @Test("words, variables and folder arrive as they are")
  func surroundings() async throws {
    let script = #"printf '%s|' "$@" "$VALUE"; pwd; env | wc -l"#
    let ending = try await run(
      ["/bin/sh", "-c", script, "sh", "", "a b", "*", "é\n"], variables: ["VALUE": "x=y"])
    #expect(ending.text.hasPrefix("|a b|*|é\n|x=y|\(folder.path)\n"))
  }

  @Test("output is passed on and kept, byte for byte")
  func binary() async throws {
    var generator = SeededGenerator(seed: 3)
    let bytes = Data((0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
    try bytes.write(to: URL(fileURLWithPath: folder.path + "/bytes"))
    let ending = try await shell("cat bytes; head -c 70000 bytes >&2")
    #expect(ending.passed.out == bytes && ending.kept.out == bytes)
    #expect(ending.passed.err == bytes.prefix(70000) && ending.kept.err == bytes.prefix(70000))
  }

  @Test("a child that closes its output goes on to its end")
  func closedOutput() async throws {
    let ending = try await shell("echo before; exec >&- 2>&-; : > done; exit 4")
    #expect(ending.status == 4 && ending.text == "before\n")
    #expect(FileManager.default.fileExists(atPath: folder.path + "/done"))
  }

  @Test("what the command leaves running does not hold the run up")
  func grandchild() async throws {
    let ending = try await shell("(sleep 600; echo late) & echo $! > pid; echo there; exit 5")
    #expect(ending.status == 5 && ending.text == "there\n")
    let pid = try #require(
      Int32(
        try String(contentsOfFile: folder.path + "/pid", encoding: .utf8)
          .trimmingCharacters(in: .whitespacesAndNewlines)))
    #expect(kill(pid, SIGKILL) == 0, "and goes on itself")
  }

  @Test("what was left running and never stops writing does not hold the run up either")
  func chattyGrandchild() async throws {
    let ending = try await shell("(while :; do echo x; done) & echo $! > pid; exit 0")
    let pid = try #require(
      Int32(
        try String(contentsOfFile: folder.path + "/pid", encoding: .utf8)
          .trimmingCharacters(in: .whitespacesAndNewlines)))
    kill(pid, SIGKILL)
    #expect(ending.status == 0)
  }

  @Test("with nobody reading any more, all of the output still is kept")
  func nobodyReads() async throws {
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let child = ChildProcess(
      command: ["/bin/sh", "-c", "head -c 200000 /dev/zero"], folder: folder.path, environment: [:],
      stdoutCopy: folder.path + "/kept", stderrCopy: folder.path + "/err",
      stdoutTarget: pipe.fileHandleForWriting)
    #expect(try await child.run() == 0)
    #expect(FileManager.default.contents(atPath: folder.path + "/kept")?.count == 200_000)
  }

  @Test("the child shares our process group, ignores no signal and has no file of ours")
  func inheritance() async throws {
    let secret = Pipe()
    let ending = try await shell(
      "cut -d' ' -f5 /proc/$$/stat; grep SigIgn /proc/$$/status; ls /proc/$$/fd | tr '\\n' ' '")
    let lines = ending.text.split(separator: "\n")
    #expect(lines.first == "\(getpgrp())")
    let ignored = try #require(
      lines.dropFirst().first?.split(whereSeparator: \.isWhitespace).last.flatMap {
        UInt64($0, radix: 16)
      })
    #expect(ignored & 0x7fff_ffff == 0)
    #expect(lines.last == "0 1 2 ")
    try secret.fileHandleForWriting.close()
  }
}
