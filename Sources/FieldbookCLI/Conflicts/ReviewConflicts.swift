import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ReviewConflicts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "review",
    abstract: "Walk through the conflicts, like git add -p.",
    discussion: """
      Each is shown with its sides; one key decides it or goes on. Nothing is lost by a \
      decision: fieldbook history shows what was not taken, fieldbook undo takes it back.

      Example:
        fieldbook conflicts review
      """)

  @Flag(name: .long, help: "Only those that hold something back.") var blocking = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      workspace.mergeConfigsIfAble()
      let conflicts = try workspace.conflicts(blockingOnly: blocking)
      guard !conflicts.isEmpty else { return console.status("no conflicts") }
      var review = Review(
        workspace: workspace, console: console, variables: common.variables, keys: KeyReader())
      for (index, conflict) in conflicts.enumerated() {
        guard try review.decide(conflict, place: "\(index + 1)/\(conflicts.count)") else { break }
      }
      let left = try workspace.conflicts().count
      console.status(
        Phrase("\(Wording.count(review.decisions.count, "conflict")) decided, \(left) left"))
      if !review.decisions.isEmpty { console.hint("tell the others: fieldbook sync") }
      if console.isJSON {
        console.show(
          Silent(json: ["resolved": .array(review.decisions.map(\.json)), "left": .count(left)]))
      }
    }
  }
}

/// A person going through conflicts. Talks on stderr: stdout is for data.
private struct Review {
  let workspace: Workspace
  let console: Console
  let variables: [String: String]
  let keys: KeyReader
  var decisions: [Decision] = []

  /// False when the person has had enough.
  mutating func decide(_ conflict: Conflict, place: String) throws -> Bool {
    let merge = ConflictMerge(conflict, in: workspace)
    show(conflict, merge)
    let menu = ReviewMenu(conflict, merge: merge)
    while true {
      say(Phrase("(\(place)) what now? ", .bold) + Phrase("[\(menu.keys)] "), endsLine: false)
      guard let key = keys.next() else {
        say("")
        return false
      }
      say(Phrase(String(key)))
      do {
        switch menu.choice(key) {
        case .take(let letter): try keep(.make(conflict, .take(letter), workspace))
        case .merge: try keep(.merged(conflict, workspace))
        case .edit: try keep(.edited(conflict, workspace, variables: variables))
        case .base: try keep(.make(conflict, .base, workspace))
        case .skip: break
        case .quit: return false
        case .help:
          for line in menu.explanations { say(Phrase("  ") + line) }
          continue
        }
        return true
      } catch let failure as any Failure {
        say(Phrase("error: ", .red) + Phrase(failure.message))
        say(Phrase("hint: ", .cyan) + Phrase(failure.hint))
      }
    }
  }

  private mutating func keep(_ decision: Decision) {
    decisions.append(decision)
    say(decision.phrase.tinted(.green))
  }

  private func show(_ conflict: Conflict, _ merge: ConflictMerge?) {
    var sheet = Sheet(now: console.now(), width: console.err.width, isVerbose: console.isVerbose)
    sheet.line("")
    ConflictDocument(conflict: conflict, merge: merge).layValues(on: &sheet)
    if case .clean(let text) = merge {
      sheet.heading("merged (m)")
      sheet.block(text)
    }
    sheet.line("")
    console.err.write(sheet.rendered(inColour: console.err.hasColour))
  }

  private func say(_ phrase: Phrase, endsLine: Bool = true) {
    console.err.write(phrase.rendered(inColour: console.err.hasColour) + (endsLine ? "\n" : ""))
  }
}
