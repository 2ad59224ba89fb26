import FieldbookTestSupport
import Foundation
import Testing

@Suite("Verifying, by the program")
struct VerifyProgramTests {
  let fieldbook: Binary

  init() throws { fieldbook = try .withReplica(of: "ana") }

  private func run(_ words: String...) throws -> Command.Answer {
    try fieldbook.own(words, as: "ana")
  }

  private func record(_ name: String, accuracy: [String], lr: String = "0.1") throws {
    #expect(try run("start", "--name", name).status == 0)
    #expect(try run("log", "param", "--run", name, "lr=\(lr)").status == 0)
    for (step, value) in accuracy.enumerated() {
      let words = ["log", "metric", "--run", name, "acc=\(value)", "--step", "\(step)"]
      #expect(try fieldbook.run(words + ["--dir", "ana"], as: "ana").status == 0)
    }
    #expect(try run("finish", name).status == 0)
  }

  @Test(
    "the same is 0, something else is 4 and named, and a tolerance says how near is near enough")
  func story() throws {
    try record("one", accuracy: ["0.5", "0.9"])
    try record("same", accuracy: ["0.5", "0.9"])
    try record("near", accuracy: ["0.5001", "0.9"])
    try record("close", accuracy: ["0.5000000001", "0.9"])
    let close = try run("verify", "one", "close")
    #expect(close.status == 4 && close.out.contains("at step 0: 0.5 and 0.5000000001"))
    try record("other", accuracy: ["0.5", "0.9"], lr: "0.2")
    let same = try run("verify", "one", "same")
    #expect(same.status == 0 && same.out.contains("verified: nothing that counts differs"))
    let near = try run("verify", "one", "near")
    #expect(near.status == 4 && near.out.contains("not verified: 1 difference\n"), "\(near.out)")
    #expect(near.out.contains("at step 0: 0.5 and 0.5001"))
    #expect(try run("verify", "one", "near", "--tolerance", "0.1%").status == 0)
    #expect(
      try run("verify", "one", "near", "--tolerance", "1", "--tolerance", "acc=1e-9").status == 4)
    let other = try run("verify", "one", "other", "--json")
    #expect(other.status == 4)
    let json = try #require(
      try JSONSerialization.jsonObject(with: Data(other.out.utf8)) as? [String: Any])
    #expect(json["verified"] as? Bool == false && json["has_results"] as? Bool == true)
    let findings = try #require(json["findings"] as? [[String: Any]])
    let different = findings.filter { $0["verdict"] as? String == "different" }
    #expect(different.map { $0["key"] as? String } == ["lr"])
    #expect(different[0]["first"] as? String == "0.1" && different[0]["second"] as? String == "0.2")
  }

  @Test("wrong words, and runs that tell little, are told")
  func words() throws {
    try record("one", accuracy: ["0.5"])
    #expect(try run("start", "--name", "going").status == 0)
    let going = try run("verify", "one", "going")
    #expect(going.status == 4 && going.err.contains("going still goes on"))
    #expect(try run("start", "--name", "empty").status == 0)
    let empty = try run("verify", "going", "empty")
    #expect(empty.status == 0 && empty.err.contains("neither metrics nor files"))
    let twice = try run("verify", "one", "one")
    #expect(twice.status == 1 && twice.err.contains("both are the same run"))
    let typo = try run("verify", "one", "going", "--tolerance", "ac=1")
    #expect(typo.status == 1 && typo.err.contains("neither run has a metric 'ac'"))
    let sign = try run("verify", "one", "going", "--tolerance", "lots")
    #expect(sign.status == 1 && sign.err.contains("'lots' is no tolerance"))
  }
}
