import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct PurgeVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Take a value out of history, everywhere, for ever.",
    discussion: """
      For a token, a patient's number, whatever must not be kept. Every value that the field \
      ever had goes, from this replica's files now and from others' when they sync; that it was \
      purged, by whom and why, stays. A file's content goes wherever it is named. Bundles and \
      backups made before still hold it, and so do snapshots: what is in their files stays. Change the token as well: someone may have seen it.

      FIELD is tags.K, params.K, metrics.K, artifacts.PATH, labels.L, datasets.D, \
      environment.K, description, comments, name or user; of a trace also spans, metadata.K, \
      assessments.ID, request_preview and response_preview; of a config, text. Admins only.

      Examples:
        fieldbook purge @last tags.note --reason "a token was pasted"
        fieldbook purge @last artifacts.logs/output.log --reason "patient data"
        fieldbook purge baseline comments --only 3f2a91c0 --reason "a name"
        fieldbook purge 3f2a91c0 --all --reason "recorded by mistake"
      """)

  @Argument(help: .reference) var ref: String
  @Argument(help: .init("What goes: tags.K, params.K, description, …", valueName: "field"))
  var field: String?
  @Flag(
    name: .long, help: "The whole run or trace: values, points, and the files that are its alone.")
  var all = false
  @Option(
    name: .long,
    help: .init(
      "Of comments, only the one with this op (from: fieldbook history).", valueName: "op"))
  var only: String?
  @Option(name: .long, help: .init("Why; it is kept, and everyone can read it.", valueName: "text"))
  var reason: String?
  @Flag(name: .long, help: "Do not keep the field's name either.") var hideName = false
  @Flag(name: .long, help: "Do not ask.") var yes = false
  @Flag(name: .long, help: "Only say what would go.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard (field != nil) != all else {
      throw ValidationError(all ? "name a field, or --all, not both" : "name a field, or say --all")
    }
    if only != nil, field != "comments" { throw ValidationError("--only is for comments") }
    if !dryRun, reason?.isEmpty != false {
      throw ValidationError("a purge keeps its reason: --reason TEXT")
    }
  }

  func run() throws {
    try common.withWorkspace { workspace, console in
      let (key, phrase) = try target(workspace)
      let subject = try subject(workspace, key)
      let found = try workspace.purgeOutcome(key, subject)
      let what =
        Phrase(
          "\(Wording.count(found.values, "value")) and \(Wording.count(found.contents, "file")) of "
        )
        + phrase
        + Phrase(
          found.alsoNamedBy == 0
            ? ""
            : " (named by \(Wording.count(found.alsoNamedBy, "other run")), which lose it, too)")
      let snapshot = snapshotThatStays(workspace, key, subject)
      if let snapshot {
        console.warning(
          "the run's snapshot \(ShortIDs.one(snapshot)) stays in .fieldbook/repository.git wherever it is: purge does not reach into it"
        )
      }
      if dryRun {
        console.status(Phrase("would purge ") + what)
        if console.isJSON {
          console.show(PurgeDocument(outcome: found, reason: reason, snapshot: snapshot))
        }
        return
      }
      try confirm(what, console)
      let outcome = try workspace.purge(
        key, subject, reason: reason ?? "", label: hideName ? nil : subject.text)
      console.status(Phrase("purged ") + what)
      if outcome.sharedContents > 0 {
        console.warning(
          "\(Wording.count(outcome.sharedContents, "file")) stayed: others name the same content")
      }
      if try workspace.needsScrub() {
        console.warning(
          "pages of the database can hold it until, with no other program at work: fieldbook doctor --fix"
        )
      }
      console.next("fieldbook sync   (others lose it then; who has: fieldbook purges)")
      if console.isJSON {
        console.show(PurgeDocument(outcome: outcome, reason: reason, snapshot: snapshot))
      }
    }
  }

  /// The commit whose name goes, while its files do not.
  private func snapshotThatStays(
    _ workspace: Workspace, _ key: EntityKey, _ subject: PurgeSubject
  ) -> String? {
    switch subject {
    case .everything: break
    case .field(let field), .value(let field, _):
      guard field == .environment("snapshot") else { return nil }
    case .series: return nil
    }
    return (try? workspace.run(RunID(key)))?.environment["snapshot"]
  }

  /// What was purged whole has no name any more, but can be named by its id.
  private func target(_ workspace: Workspace) throws -> (EntityKey, Phrase) {
    do {
      let reference = try workspace.reference(ref)
      return (reference.key, reference.phrase)
    } catch let failure as WorkspaceFailure {
      guard ref.utf8.count == 32, let key = EntityKey(hex: ref.lowercased()) else { throw failure }
      return (key, Phrase(ref))
    }
  }

  private func subject(_ workspace: Workspace, _ key: EntityKey) throws -> PurgeSubject {
    guard let field else { return .everything }
    let name = FieldName(field)
    if name.split.family == "metrics", let metric = name.split.member {
      return .series(String(metric))
    }
    guard let only else { return .field(name) }
    let entries = try workspace.history(key, field: name).filter {
      $0.op.hasPrefix(only.lowercased())
    }
    guard let op = entries.first?.op, Set(entries.map(\.op)).count == 1 else {
      throw InvalidInput(
        entries.isEmpty ? "no comment's op begins with '\(only)'" : "'\(only)' is ambiguous",
        hint: "see them: fieldbook history \(ref) comments")
    }
    return .value(name, op: op)
  }

  private func confirm(_ what: Phrase, _ console: Console) throws {
    guard !yes else { return }
    guard isatty(STDIN_FILENO) == 1 else {
      throw InvalidInput(
        "a purge cannot be taken back, and nobody is here to be asked", hint: "say --yes")
    }
    console.err.write("This takes away, for ever and from everyone: ")
    console.err.write(what.rendered(inColour: console.err.hasColour))
    console.err.write("\nType purge to go on: ")
    guard readLine() == "purge" else {
      throw InvalidInput("nothing was purged", hint: "type the word purge, or say --yes")
    }
  }
}

struct PurgeDocument: Document {
  var outcome: PurgeOutcome
  var reason: String?
  /// The commit of a snapshot that stays.
  var snapshot: String?

  var json: JSON {
    [
      "op": .optional(outcome.op), "values": .integer(Int64(outcome.values)),
      "files": .integer(Int64(outcome.contents)),
      "shared_files": .integer(Int64(outcome.sharedContents)),
      "also_named_by": .integer(Int64(outcome.alsoNamedBy)), "reason": .optional(reason),
      "kept_snapshot": .optional(snapshot),
    ]
  }

  func lay(on sheet: inout Sheet) {}
}
