import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct LogConfigs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Show how the configs came to be, the newest first.",
    discussion: """
      The same is the branch 'configs' of a git repository, which any git reads.

      Examples:
        fieldbook config log
        fieldbook config log train/base.yaml
        git --git-dir .fieldbook/repository.git log -p configs
      """)

  @Argument(help: .configName) var name: String?
  @Option(name: .long, help: "At most so many.") var limit: Int?
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit is at least 1") }
  }

  func run() throws {
    try common.withConfigs { workspace, console in
      let id = try name.map { try workspace.configVersion($0).config }
      let all = try workspace.configCommits().filter { id == nil || $0.entry.change.config == id }
      console.show(
        ConfigLog(
          entries: all.reversed().prefix(limit ?? .max).map { ($0.entry, $0.commit.hex) }))
    }
  }
}

struct ConfigLog: Document {
  var entries: [(entry: ConfigHistory.Entry, commit: String)]

  var json: JSON {
    [
      "changes": .array(
        entries.map { entry, commit in
          [
            "op": .string(entry.change.op), "commit": .string(commit),
            "time": .time(entry.change.time), "author": .string(entry.change.owner),
            "device": .string(entry.change.deviceName), "deed": .string(entry.deed.rawValue),
            "id": .string(entry.change.config.hex), "name": .string(entry.name),
            "before": .string(entry.before),
          ]
        })
    ]
  }

  func lay(on sheet: inout Sheet) {
    guard !entries.isEmpty else { return sheet.line("no changes") }
    let ids = ShortIDs(entries.map(\.entry.change.op))
    var table = Table([
      .init("op", shrinks: false), .init("commit", shrinks: false), .init("when", shrinks: false),
      .init("who"), .init("what"),
    ])
    for (entry, commit) in entries {
      let change = entry.change
      let renamed = entry.deed == .rename ? "\(entry.before) to " : ""
      table.row([
        Phrase(ids(change.op), .cyan), Phrase(String(commit.prefix(8)), .faint),
        Phrase(Wording.ago(change.time, now: sheet.now)),
        Phrase("\(change.owner) on \(change.deviceName)"),
        Phrase("\(entry.deed.rawValue) \(renamed)") + Phrase(entry.name, .bold),
      ])
    }
    sheet.table(table)
  }
}
