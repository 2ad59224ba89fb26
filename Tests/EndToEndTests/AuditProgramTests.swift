import FieldbookTestSupport
import Foundation
import Testing

@Suite("Audits, by the program")
struct AuditProgramTests {
  let fieldbook: Binary

  init() throws { fieldbook = try .withReplica(of: "ana") }

  private func run(_ words: String...) throws -> Command.Answer {
    try fieldbook.own(words, as: "ana")
  }

  private func object(_ answer: Command.Answer) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(answer.out.utf8)) as? [String: Any])
  }

  @Test("a checklist, a score, and an exit status below the one that is asked for")
  func story() throws {
    #expect(try run("start", "--experiment", "churn", "--name", "a|b `c`").status == 0)
    let params = ["log", "param", "--run", "@last", "seed=42", "lr=1", "--dir", "ana"]
    #expect(try fieldbook.run(params, as: "ana").status == 0)
    #expect(try run("finish", "@last").status == 0)
    let shown = try run("audit", "@last")
    #expect(shown.status == 0 && shown.out.contains("score 18 of 100"), "\(shown.out)")
    #expect(shown.out.contains("fieldbook run --data PATH -- COMMAND"))
    let json = try object(run("audit", "@last", "--json"))
    #expect(json["score"] as? Int == 18)
    let checks = try #require(json["checks"] as? [[String: Any]])
    #expect(checks.count == 10)
    let id = try #require(json["run_id"] as? String)
    let described = checks.first { $0["name"] as? String == "description" }
    #expect((described?["mend"] as? String)?.hasPrefix("fieldbook describe \(id) ") == true)
    #expect(try run("audit", "@last", "--fail-under", "18").status == 0)
    let below = try run("audit", "@last", "--fail-under", "19")
    #expect(below.status == 1 && below.out == shown.out)
    #expect(below.err.contains("the score 18 is below 19"))
    let markdown = try run("audit", "@last", "--markdown").out
    #expect(markdown.hasPrefix("# a\\|b \\`c\\`: 18 of 100\n"), "\(markdown)")
    #expect(markdown.contains("- [x] **seed**: seed=42\n"))
    #expect(markdown.contains("- [ ] **code version** (missing): none\n  - mend: `fieldbook run"))
  }

  @Test("an experiment: each run, the mean, and what most lack")
  func experiment() throws {
    for name in ["one", "two"] {
      #expect(try run("start", "--experiment", "churn", "--name", name).status == 0)
      #expect(try run("log", "param", "--run", name, "lr=1").status == 0)
      #expect(try run("finish", name).status == 0)
    }
    #expect(try run("describe", "one", "why").status == 0)
    let json = try object(run("audit", "experiment:churn", "--json"))
    #expect(json["mean"] as? Double == 11)
    let runs = try #require(json["runs"] as? [[String: Any]])
    #expect(runs.map { $0["score"] as? Int } == [10, 12])
    let lacks = try #require(json["lacks"] as? [[String: Any]])
    #expect(lacks.first?["name"] as? String == "code" && lacks.first?["runs"] as? Int == 2)
    #expect(lacks.last?["name"] as? String == "description" && lacks.last?["runs"] as? Int == 1)
    #expect(try run("audit", "experiment:churn", "--fail-under", "12").status == 1)
    #expect(try run("audit", "experiment:churn", "--fail-under", "11").status == 0)
    let bare = try run("audit", "churn")
    #expect(bare.status == 0 && bare.out.hasPrefix("churn  2 runs, mean score 11 of 100\n"))
    #expect(try run("audit", "chur").err.contains("no run matches 'chur'"))
    let markdown = try run("audit", "experiment:churn", "--markdown").out
    #expect(markdown.contains("| code version | 2 | `fieldbook run -- COMMAND"))
    let empty = try run("audit", "experiment:Default", "--fail-under", "0")
    #expect(empty.status == 1 && empty.err.contains("there is no run to audit"), "\(empty.err)")
    #expect(try run("audit", "one", "--fail-under", "101").status == 64)
    #expect(try run("audit", "one", "--json", "--markdown").status == 64)
  }
}
