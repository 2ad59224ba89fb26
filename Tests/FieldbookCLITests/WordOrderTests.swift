import Testing

@testable import FieldbookCLI

@Suite("Words of the command line")
struct WordOrderTests {
  private func arranged(_ line: String) -> String {
    WordOrder.arranged(line.split(separator: " ").map(String.init), root: Fieldbook.self)
      .joined(separator: " ")
  }

  @Test(
    "common options may stand before the verb",
    arguments: [
      ("--dir hub status", "status --dir hub"),
      ("--dir=hub --json status", "status --dir=hub --json"),
      ("-q --color never runs x", "runs -q --color never x"),
      ("--json conflicts show 4be1", "conflicts show --json 4be1"),
      ("conflicts --dir hub show 4be1", "conflicts show --dir hub 4be1"),
      ("--dir hub models", "models --dir hub"),
      ("--json run --name x -- python --json", "run --json --name x -- python --json"),
      ("--dir hub help", "help"),
      ("--json", "help"),
    ])
  func before(_ given: String, _ expected: String) {
    #expect(arranged(given) == expected)
  }

  @Test(
    "what follows the verb is left alone",
    arguments: [
      "comment @last --json", "run -- ls --dir x", "tag @last a=b --quiet", "help tag",
      "frobnicate",
      "conflicts resolve 4be1 --value --json",
    ])
  func untouched(_ line: String) {
    #expect(arranged(line) == line)
  }

  @Test(
    "a verb that was almost typed is named",
    arguments: [
      ("shwo", "show"), ("conflict", "conflicts"), ("experiment", "experiments"),
      ("stat", "status"),
      ("lable", "label"), ("snyc", "sync"),
    ])
  func suggestions(_ typed: String, _ meant: String) throws {
    let ending = try #require(KnownVerbs.complaint([typed]))
    #expect(ending.status == 64)
    #expect(
      ending.complaint == """
        error: '\(typed)' is not a fieldbook command
        hint: did you mean 'fieldbook \(meant)'?

        """)
  }

  @Test("a word that is near to nothing gets no suggestion")
  func noSuggestion() throws {
    let ending = try #require(KnownVerbs.complaint(["xyzzy"]))
    #expect(ending.complaint.hasSuffix("hint: see what there is: fieldbook help\n"))
  }
}
