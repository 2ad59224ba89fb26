import FieldbookModel
import Foundation
import Testing

@testable import FieldbookSync

@Suite("What git asks of references")
struct ReferenceQuestionTests {
  private let one = RunID(EntityKey(bytes: [UInt8](repeating: 1, count: 16))!)
  private let other = RunID(EntityKey(bytes: [UInt8](repeating: 2, count: 16))!)

  static func lines(_ texts: [String]) -> [UInt8] {
    texts.flatMap { text -> [UInt8] in
      let length = String(text.utf8.count + 4, radix: 16)
      return Array((String(repeating: "0", count: 4 - length.count) + length + text).utf8)
    }
  }

  private func ask(_ prefixes: String..., command: String = "ls-refs") -> ReferenceQuestion {
    let head = Self.lines(["command=\(command)\n", "agent=git/2.47\n"]) + Array("0001".utf8)
    let body = Self.lines(["peel\n", "symrefs\n"] + prefixes.map { "ref-prefix \($0)\n" })
    return ReferenceQuestion(head + body + Array("0000".utf8), encoding: nil)
  }

  @Test("names of runs are told from everything else")
  func names() {
    #expect(ask("refs/heads/", "HEAD") == ask())
    #expect(!ask("refs/").namesRuns && ask("refs/").artifacts == .none)
    let runs = ask("refs/fieldbook/runs/" + one.hex)
    #expect(runs.namesRuns && runs.artifacts == .none)
    let artifacts = "refs/fieldbook/artifacts/"
    let some = ask(artifacts + one.hex, "refs/heads/" + artifacts + one.hex, artifacts + other.hex)
    #expect(some.namesRuns && some.artifacts == .of([one, other]))
    for all in [artifacts, "refs/fieldbook/", "refs/fieldbook/art", artifacts + one.hex.dropLast()]
    {
      #expect(ask(all).artifacts == .all, "\(all)")
      #expect(ask(artifacts + one.hex, all).artifacts == .all)
      #expect(ask(all, artifacts + one.hex).artifacts == .all)
    }
    #expect(ask(artifacts + one.hex, command: "fetch") == ask())
    #expect(ReferenceQuestion([], encoding: nil) == ask())
    #expect(ReferenceQuestion(Array("0014command".utf8), encoding: nil) == ask())
  }

  @Test("long questions come packed, as git packs them")
  func packed() throws {
    let body = Self.lines(
      ["command=ls-refs\n"] + (0..<3000).map { "ref-prefix refs/heads/branch-\($0)\n" }
        + ["ref-prefix refs/fieldbook/artifacts/\(one.hex)\n"])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-c"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    DispatchQueue.global().async {
      input.fileHandleForWriting.write(Data(body))
      try? input.fileHandleForWriting.close()
    }
    let packed = [UInt8](output.fileHandleForReading.readDataToEndOfFile())
    process.waitUntilExit()
    #expect(packed.count < body.count / 2)
    let asked = ReferenceQuestion(packed, encoding: "gzip")
    #expect(asked.artifacts == .of([one]))
    #expect(asked == ReferenceQuestion(body, encoding: nil))
    // Cut, or none at all.
    #expect(
      ReferenceQuestion(Array(packed.prefix(packed.count / 2)), encoding: "gzip").artifacts == .none
    )
    #expect(!ReferenceQuestion(body, encoding: "gzip").namesRuns)
  }
}
