import ArgumentParser
import FieldbookModel
import FieldbookWorkspace
import Testing

@testable import FieldbookCLI

@Suite("Verbs, as the contract writes them")
struct VerbTests {
  private static func parse(_ words: [String]) throws -> any ParsableCommand {
    try Fieldbook.parseAsRoot(WordOrder.arranged(words, root: Fieldbook.self))
  }

  private static func ending(_ line: String) async -> Ending {
    await Fieldbook.outcome(of: .success(line.split(separator: " ").map(String.init)))
  }

  @Test(
    "what the contract lists is understood",
    arguments: [
      "init", "init DIR --workspace churn --device ana-laptop",
      "clone http://127.0.0.1:4600 DIR --code C --device D", "clone week.bundle",
      "remote", "remote add ana https://ana.example.org:4601", "remote list", "remote show ana",
      "remote remove ana", "invite --role reader", "enroll CODE", "devices",
      "run --experiment E --name N -c config.yaml -p a=b -p c=d --tag e=f --parent R -- cmd --flag",
      "run --data data/train.csv --data images=/mnt/cats --no-snapshot -- cmd", "reproduce R",
      "reproduce R --env create --allow-data-change --data a=b --into DIR --keep -- --epochs 1",
      "start --experiment E --name N", "finish", "finish R --status failed",
      "log param a=b c=d", "log metric loss=0.1 --step 3", "log metric loss=0.1 --step -3",
      "log tag a=b --run R", "log artifact a b --run R", "experiments", "runs",
      "runs FILTER --order-by x --columns id,name,metrics.acc --limit 3", "show R",
      "logs R --follow", "compare A B C --only-changed --exit-code", "describe R TEXT", "tag R a=b",
      "untag R a b", "label R a b --remove", "comment R TEXT", "rename R NAME", "delete R",
      "restore R", "artifacts ls R", "artifacts get R PATH", "artifacts put R PATH",
      "artifacts verify R", "artifacts verify R model", "artifacts verify", "models",
      "models show NAME", "models register NAME --run R",
      "models register NAME --run R --artifact model", "models alias NAME champion 7~a3f91c02",
      "models unalias NAME champion", "sync", "sync origin ana", "sync --watch", "sync --dry-run",
      "bundle create FILE --since origin", "bundle apply FILE", "bundle show FILE", "status",
      "conflicts", "conflicts --blocking --check", "conflicts show ID",
      "conflicts resolve ID --take a", "conflicts resolve ID --base",
      "conflicts resolve ID --value V", "conflicts resolve ID --value -1",
      "conflicts resolve ID --merge", "conflicts resolve ID --edit",
      "conflicts resolve --all --where kind=value --newest", "conflicts review", "history R",
      "history R description", "undo OP", "server --host 127.0.0.1 --port 0 --share",
      "hub --dir hub --host 127.0.0.1 --port 0 --workspace churn", "doctor", "rebuild",
      "scan", "scan R", "doctor --fix", "doctor --fix --from /mnt/disk", "doctor --fix --alone",
      "backup /mnt/disk", "gc", "gc --grace 30d --dry-run", "gc --grace 12h --yes", "gc --undo",
      "backup create /mnt/disk --with-key --keep 14", "backup verify /mnt/disk",
      "backup restore /mnt/disk", "backup restore /mnt/disk/20261121T102927Z churn",
    ])
  func contract(_ line: String) throws {
    _ = try Self.parse(line.split(separator: " ").map(String.init))
    _ = try Self.parse(["--json", "--dir", "d"] + line.split(separator: " ").map(String.init))
  }

  @Test(
    "words that are wrong end with status 64, one line on what and one on what to do",
    arguments: [
      "show", "tag R a", "log metric --step x a=1", "run", "run python train.py", "compare A",
      "conflicts resolve ID", "conflicts resolve ID --take a --base", "conflicts resolve --all",
      "conflicts resolve --all --where kind=value", "runs --limit 0", "runs --columns colour",
      "status --quiet --verbose", "server --port 70000", "finish --status maybe",
      "sync --watch --dry-run", "status --color sometimes", "invite --role king", "frobnicate",
      "backup", "backup create d --keep 0", "doctor --alone", "doctor --from d",
    ])
  func wrongWords(_ line: String) async {
    let ending = await Self.ending(line)
    #expect(ending.status == 64)
    #expect(ending.output.isEmpty)
    let lines = ending.complaint.split(separator: "\n").filter { !$0.hasPrefix("usage: ") }
    #expect(lines.count == 2)
    #expect(lines.first?.hasPrefix("error: ") == true)
    #expect(lines.last?.hasPrefix("hint: ") == true)
  }

  @Test("a command without -- is told where to put it")
  func forgottenTerminator() async {
    let ending = await Self.ending("run python train.py")
    #expect(
      ending.complaint.hasSuffix(
        "hint: put -- before the command: fieldbook run -- python train.py\n"))
  }

  @Test("after -- nothing belongs to Fieldbook")
  func terminator() throws {
    let verb = try Self.parse(["run", "--", "python", "--json", "--", "-p", "x=y"])
    let run = try #require(verb as? RunVerb)
    #expect(run.command == ["python", "--json", "--", "-p", "x=y"])
    #expect(!run.common.json && run.params.isEmpty)
  }

  @Test("the first = divides a key from its value, and values may be empty or have more")
  func assignments() {
    #expect(Assignment(argument: "a=b=c") == Assignment(argument: "a=b=c"))
    #expect(Assignment(argument: "a=b=c")?.value == "b=c")
    #expect(Assignment(argument: "a=")?.value == "")
    #expect(Assignment(argument: "=b") == nil)
    #expect(Assignment(argument: "a") == nil)
  }

  @Test("limits under which nothing could be finished are told before anything is begun")
  func limits() throws {
    try ProcessLimits.check(openFiles: 40, addressBytes: 256 << 20)
    try ProcessLimits.check(openFiles: .max, addressBytes: .max)
    #expect(throws: InvalidInput.self) {
      try ProcessLimits.check(openFiles: 39, addressBytes: .max)
    }
    #expect(throws: InvalidInput.self) {
      try ProcessLimits.check(openFiles: 1024, addressBytes: 256 << 20 - 1)
    }
  }

  @Test("a failure has its own status, of run another one")
  func failures() {
    let failure = InvalidInput("What is wrong", hint: "what to do")
    let plain = Ending(failure, words: ["tag"])
    #expect(plain == Ending(status: 1, complaint: "error: what is wrong\nhint: what to do\n"))
    #expect(Ending(failure, words: ["run"]).status == 125)
    #expect(Ending(ExitCode(3), words: ["sync"]) == Ending(status: 3))
  }

  @Test("what was not found is followed by the command that lists what there is")
  func lookingHints() {
    func hint(_ what: String, _ reference: String = "x") -> String {
      let failure = WorkspaceFailure.notFound(what: what, reference: reference)
      return Ending(failure, words: ["show"]).complaint.split(separator: "\n").last.map(String.init)
        ?? ""
    }
    #expect(hint("run").contains("fieldbook runs"))
    #expect(hint("run", "@last~3").contains("this device started"))
    #expect(hint("remote") == "hint: see what there is: fieldbook remote list")
    #expect(hint("change") == "hint: changes are named in: fieldbook history REF")
    #expect(hint("version").contains("fieldbook models show"))
  }

  @Test("bytes that are no text are refused before anything is read")
  func notText() async {
    let ending = await Fieldbook.outcome(of: .failure(.init(position: 3, verb: "log")))
    #expect(ending.status == 1)
    #expect(
      ending.complaint.hasPrefix("error: word 3 of the command line is not UTF-8 text\nhint: "))
  }

  @Test("the run that is logged to: told, else the one around us, else the last")
  func runChoice() {
    #expect(RunChoice.reference("base", ["FIELDBOOK_RUN_ID": "a3f9"]) == "base")
    #expect(RunChoice.reference(nil, ["FIELDBOOK_RUN_ID": "a3f9"]) == "a3f9")
    #expect(RunChoice.reference(nil, ["FIELDBOOK_RUN_ID": ""]) == "@last")
  }
}
