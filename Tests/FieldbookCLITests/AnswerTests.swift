import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookCLI

@Suite("Answers to what cannot be")
struct AnswerTests {
  @Test("errors of the system's are one line with the file and the reason")
  func systemErrors() {
    let error = NSError(
      domain: NSCocoaErrorDomain, code: CocoaError.fileWriteOutOfSpace.rawValue,
      userInfo: [NSFilePathErrorKey: "/x/y"])
    let ending = Ending(error, words: ["tag"])
    #expect(ending.status == 1)
    #expect(ending.complaint.hasPrefix("error: /x/y: No space left on device\nhint: "))
    do {
      _ = try Data(contentsOf: URL(fileURLWithPath: "/"))
      Issue.record("a folder was read")
    } catch {
      let complaint = Ending(error, words: []).complaint
      #expect(!complaint.contains("Domain") && !complaint.contains("Error "), "\(complaint)")
    }
  }

  @Test("lost output changes the status of what went well, and no other")
  func lostOutput() {
    #expect(Ending.done.losingOutput(code: ENOSPC, words: ["runs"]).status == 1)
    #expect(Ending.done.losingOutput(code: ENOSPC, words: ["run"]).status == 125)
    let ending = Ending(status: 7).losingOutput(code: EBADF, words: ["run"])
    #expect(ending.status == 7)
    #expect(ending.complaint.hasPrefix("error: stdout cannot be written: it is closed\nhint: "))
  }

  @Test("help for what is no verb is as wrong as the verb itself")
  func helpless() async {
    func ending(_ line: String) async -> Ending {
      await Fieldbook.outcome(of: .success(line.split(separator: " ").map(String.init)))
    }
    #expect(await ending("help nope") == ending("nope"))
    #expect(await ending("help nope").status == 64)
    #expect(await ending("help models shw").complaint.contains("'fieldbook models show'"))
    for line in ["help", "help runs", "help models show"] {
      #expect(await ending(line).status == 0, "\(line)")
    }
  }

  @Test("hints use the names that were given")
  func givenNames() {
    func hint(_ failure: WorkspaceFailure, _ words: String...) -> String {
      Ending(failure, words: words).complaint.split(separator: "\n").last.map(String.init) ?? ""
    }
    let version = WorkspaceFailure.notFound(what: "version", reference: "9")
    #expect(hint(version, "models", "alias", "churn", "best", "9").hasSuffix("models show churn"))
    #expect(hint(version, "show", "model:churn@9").hasSuffix("models show churn"))
    let side = WorkspaceFailure.noSuchSide(given: "z", sides: ["a", "b"])
    #expect(hint(side, "conflicts", "resolve", "4be1", "--take", "z").hasSuffix("show 4be1"))
    #expect(
      hint(.deleted(what: "experiment", name: "churn"), "start").hasSuffix(
        "restore experiment:churn"))
    #expect(hint(.ambiguous(reference: "A3f9", candidates: ["a3f901", "a3f902"])).contains("more"))
    #expect(hint(.ambiguous(reference: "twin", candidates: ["a3f901", "b3f902"])).contains("id"))
  }

  @Test("fields of that name in any family are near, else one spelled almost so")
  func nearFields() {
    let all = ["description", "params.lr", "tags.color", "tags.lr"]
    #expect(NoSuchField.near("lr", all) == ["params.lr", "tags.lr"])
    #expect(NoSuchField.near("descripton", all) == ["description"])
    #expect(NoSuchField.near("zzz", all) == [])
  }

  @Test("a script that chose the experiment is told of")
  func movedRun() {
    #expect(RunVerb.moveWords(told: "churn", ended: "churn") == nil)
    #expect(
      RunVerb.moveWords(told: "churn", ended: "other")
        == "it is in experiment 'other', which the script chose, not in 'churn'")
  }

  @Test("a text with any marker left is not decided")
  func markers() {
    #expect(ConflictMerge.hasMarkers("a\n<<<<<<< ana\nb\n"))
    #expect(ConflictMerge.hasMarkers("b\n>>>>>>> bo"))
    #expect(!ConflictMerge.hasMarkers("a <<<<<<< b\n=======\n"))
  }

  @Test("a rehearsal of sync has the shape of sync")
  func rehearsal() {
    let json = SyncPlan(plan: [("origin", 4)], total: 2, blocking: 1).json
    let real = SyncDocument(
      outcomes: [SyncOutcome(report: .init(name: "origin"), failure: nil)], newConflicts: 0,
      total: 2, blocking: 1
    ).json
    guard case .object(let planned) = json, case .object(let done) = real else {
      Issue.record("no objects")
      return
    }
    #expect(planned.map(\.name) == done.map(\.name) + ["dry_run"])
    let text = json.text(isIndented: false)
    #expect(text.contains(#""pushed_ops""#) && text.contains("4") && text.contains("null"))
  }
}
