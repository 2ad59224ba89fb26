import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ResolveConflicts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve",
    abstract: "Decide one conflict, or many by a rule.",
    discussion: """
      Examples:
        fieldbook conflicts resolve 4be1 --take a
        fieldbook conflicts resolve 4be1 --take theirs
        fieldbook conflicts resolve 4be1 --merge
        fieldbook conflicts resolve --all --where "field LIKE 'tags.%'" --newest

      A side is a letter, a device's name, or mine or theirs where that means one \
      side. Conditions are joined by AND; each compares kind, field, entity, type, \
      device or blocking with a value by =, != or LIKE.
      """)

  @Argument(help: "The beginning of a conflict's id.") var id: String?
  @Option(name: .long, help: .init("Take this side.", valueName: "side")) var take: String?
  @Flag(name: .long, help: "Take what all sides replaced.") var base = false
  @Option(
    name: .long, parsing: .unconditional, help: .init("Take another value.", valueName: "value"))
  var value: String?
  @Flag(name: .long, help: "Join the texts; refused where edits overlap.") var merge = false
  @Flag(name: .long, help: "Write the text in your editor, starting from the merge.")
  var edit = false

  @Flag(name: .long, help: "Decide all that --where admits.") var all = false
  @Option(name: .customLong("where"), help: .init("Which ones.", valueName: "conditions"))
  var conditions: String?
  @Flag(name: .long, help: "With --all: take the newest side of each.") var newest = false
  @Flag(name: .long, help: "With --all: only say what would be decided.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    let choices = [take != nil, base, value != nil, merge, edit].filter { $0 }.count
    if all {
      guard id == nil else { throw ValidationError("--all takes no id; use --where") }
      guard conditions != nil else {
        throw ValidationError("--all needs --where; for every conflict: --where 'kind != none'")
      }
      guard newest ? choices == 0 : choices == 1 && !merge && !edit && value == nil else {
        throw ValidationError("--all needs one of --newest, --take and --base")
      }
    } else {
      guard id != nil else { throw ValidationError("say which conflict, or --all --where …") }
      guard conditions == nil, !newest, !dryRun else {
        throw ValidationError("--where, --newest and --dry-run go with --all")
      }
      guard choices == 1 else {
        throw ValidationError("give one of --take, --base, --value, --merge and --edit")
      }
    }
  }

  func run() throws {
    try common.withWorkspace { workspace, console in
      workspace.mergeConfigsIfAble()
      if all { return try resolveAll(workspace, console) }
      let conflict = try workspace.conflict(id ?? "")
      let decision = try resolve(conflict, workspace)
      console.status(decision.phrase)
      console.hint(
        "take it back: fieldbook undo \(decision.op.prefix(10)); tell the others: fieldbook sync")
      console.show(Silent(json: decision.json))
    }
  }

  private func resolve(_ conflict: Conflict, _ workspace: Workspace) throws -> Decision {
    if let take { return try Decision.make(conflict, .take(take), workspace) }
    if base { return try Decision.make(conflict, .base, workspace) }
    if let value { return try Decision.make(conflict, .value(value), workspace) }
    if merge { return try Decision.merged(conflict, workspace) }
    return try Decision.edited(conflict, workspace, variables: common.variables)
  }

  private func resolveAll(_ workspace: Workspace, _ console: Console) throws {
    let filter = try ConflictFilter(conditions ?? "")
    let chosen = try workspace.conflicts().filter(filter.admits)
    var decisions: [Decision] = []
    for conflict in chosen {
      let resolution: Workspace.Resolution =
        newest ? .take(conflict.newestSide.letter) : take.map { .take($0) } ?? .base
      if dryRun {
        console.status(
          Phrase("would decide ") + conflict.entity.phrase + Phrase("  \(conflict.field)"))
      } else {
        let decision = try Decision.make(conflict, resolution, workspace)
        console.status(decision.phrase)
        decisions.append(decision)
      }
    }
    let verb = dryRun ? "would be decided" : "decided"
    console.status(Phrase("\(Wording.count(chosen.count, "conflict")) \(verb)"))
    console.show(
      Silent(
        json: [
          "resolved": .array(decisions.map(\.json)), "matched": .strings(chosen.map(\.id)),
        ]))
  }
}

extension Conflict {
  /// The last written; one by a suspect clock only if there is no other.
  var newestSide: ConflictSide {
    let trusted = sides.filter { !$0.isSuspect }
    return (trusted.isEmpty ? sides : trusted).max {
      ($0.time, $0.op) < ($1.time, $1.op)
    } ?? sides[0]
  }
}
