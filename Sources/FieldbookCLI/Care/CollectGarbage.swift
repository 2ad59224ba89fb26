import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

struct CollectGarbage: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc",
    abstract: "Remove contents that nothing names any more.",
    discussion: """
      Files that no change in the log names, overwritten ones included: what a program put \
      that was killed before it could say so. After the grace period they go into a trash in \
      .fieldbook, and when they were there for as long again, for good. What is named again \
      meanwhile comes back by itself; --undo puts everything back. The period is never less \
      than an hour. Packs in an object storage are out of sight for as long once more before \
      they are removed there.

      Says first what would go, and asks; without a terminal it wants --yes.

      Examples:
        fieldbook gc --dry-run
        fieldbook gc --grace 30d --yes
        fieldbook gc --undo
      """)

  @Option(
    name: .long,
    help: .init("How long what nothing names stays, each time: 14d, 36h, 0.", valueName: "time"))
  var grace = GracePeriod(seconds: LargeStore.graceSeconds)
  @Flag(name: .long, help: "Put back what is in the trash.") var undo = false
  @Flag(name: .long, help: "Do not ask.") var yes = false
  @Flag(name: .long, help: "Only say what would go.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if undo, dryRun { throw ValidationError("--undo and --dry-run exclude each other") }
  }

  func run() throws {
    try common.withWorkspace { workspace, console in
      if undo {
        let back = try workspace.putBackContents()
        console.status(Phrase("put back \(Wording.count(back.count, "content"))"))
        return console.show(Silent(json: ["restored": .strings(back.map(\.hex))]))
      }
      let plan = try workspace.planCollection(grace: grace.seconds)
      let caution = try workspace.collectionCaution()
      if dryRun || plan.isEmpty {
        console.show(
          CollectionDocument(work: plan, grace: grace.seconds, isDone: false, caution: caution))
        return tell(caution, console)
      }
      if !yes {
        if !console.isJSON {
          console.show(
            CollectionDocument(work: plan, grace: grace.seconds, isDone: false, caution: caution))
        }
        try confirm(console)
      }
      let done = try workspace.collectContents(grace: grace.seconds)
      console.show(
        CollectionDocument(work: done, grace: grace.seconds, isDone: true, caution: caution))
      tell(caution, console)
      if let failure = done.chunks.bucketFailure {
        console.warning("what lies in the object storage stays for now: \(failure.message)")
        console.hint(failure.hint)
      }
      if !done.discarded.isEmpty { console.next("fieldbook gc --undo   (puts it back)") }
    }
  }

  private func confirm(_ console: Console) throws {
    guard isatty(STDIN_FILENO) == 1 else {
      throw InvalidInput(
        "nothing was removed: nobody is here to be asked", hint: "say --yes, or --dry-run")
    }
    console.err.write("Go on? [y/N] ")
    guard let answer = readLine()?.lowercased(), ["y", "yes"].contains(answer) else {
      throw InvalidInput("nothing was removed", hint: "answer y, or say --yes")
    }
  }

  private func tell(_ caution: Workspace.CollectionCaution?, _ console: Console) {
    switch caution {
    case .waiting(let count):
      console.warning(
        "nothing leaves the trash while \(Wording.count(count, "segment")) here cannot be read"
          + " in context: a sync brings what they wait for")
    case .setAside:
      console.warning(
        "nothing leaves the trash while .fieldbook/set-aside holds what doctor --fix found damaged")
    case nil: break
    }
  }
}

/// `14d`, `36h`, `90m`, `30s`, `0`.
struct GracePeriod: ExpressibleByArgument, Equatable {
  var seconds: Int64
  private static let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86400]
  private static let secondsMax: Int64 = 36500 * 86400

  init(seconds: Int64) { self.seconds = seconds }

  init?(argument: String) {
    if argument == "0" {
      seconds = 0
      return
    }
    guard let last = argument.last, let unit = GracePeriod.units[last],
      let number = Int64(argument.dropLast()), argument.first != "+", number >= 0,
      number <= GracePeriod.secondsMax / unit
    else { return nil }
    seconds = number * unit
  }

  var defaultValueDescription: String {
    seconds % 86400 == 0 ? "\(seconds / 86400)d" : "\(seconds)s"
  }
}

struct CollectionDocument: Document {
  var work: ContentCollection
  var grace: Int64
  var isDone: Bool
  var caution: Workspace.CollectionCaution?

  var json: JSON {
    func items(_ items: [ContentCollection.Item]) -> JSON {
      .array(items.map { ["digest": .string($0.content.hex), "bytes": .integer($0.bytes)] })
    }
    let freed = work.chunks.unneededBytes - work.chunks.keptBytes
    return [
      "done": .bool(isDone), "grace_seconds": .integer(grace),
      "discarded": items(work.discarded), "removed": items(work.removed),
      "restored": items(work.returned), "in_trash": items(work.waiting),
      "young": items(work.young), "unfinished": items(work.unfinished),
      "packs": .count(work.chunks.packs), "pack_bytes": .integer(work.chunks.bytes),
      "removed_packs": .count(work.chunks.unneededPacks),
      "rewritten_packs": .count(work.chunks.rewrittenPacks),
      "removed_chunk_bytes": .integer(freed),
      "removed_objects": .count(work.chunks.removedAway),
      "removed_object_bytes": .integer(work.chunks.removedAwayBytes),
      "kept_chunk_bytes": .integer(work.chunks.keptBytes), "trash_is_held": .bool(caution != nil),
    ]
  }

  func lay(on sheet: inout Sheet) {
    var table = Table(
      [.init("what"), .init("count", isRightAligned: true), .init("size", isRightAligned: true)],
      hasHeadings: false)
    func row(_ what: String, _ items: [ContentCollection.Item]) {
      guard !items.isEmpty else { return }
      table.row([
        Phrase(what), Phrase(Wording.count(items.count, "file")),
        Phrase(Wording.bytes(items.bytes)),
      ])
    }
    row(isDone ? "moved to the trash" : "to the trash", work.discarded)
    row(isDone ? "removed for good" : "for good", work.removed)
    row(isDone ? "unfinished downloads removed" : "unfinished downloads", work.unfinished)
    row(
      isDone ? "put back, since it is named again" : "back, since it is named again",
      work.returned)
    let freed = work.chunks.unneededBytes - work.chunks.keptBytes
    if freed > 0 || work.chunks.rewrittenPacks > 0 {
      let packs = work.chunks.unneededPacks + work.chunks.rewrittenPacks
      table.row([
        Phrase(isDone ? "space of chunks given back" : "space of chunks"),
        Phrase("of \(Wording.count(packs, "pack"))"), Phrase(Wording.bytes(freed)),
      ])
    }
    if work.chunks.removedAway > 0 {
      table.row([
        Phrase(isDone ? "removed from the object storage" : "from the object storage"),
        Phrase(Wording.count(work.chunks.removedAway, "pack")),
        Phrase(Wording.bytes(work.chunks.removedAwayBytes)),
      ])
    }
    row("in the trash, stays for now", work.waiting)
    row("unnamed, but not for long enough", work.young)
    if work.isEmpty { sheet.line("nothing to remove") }
    sheet.table(table)
  }
}
