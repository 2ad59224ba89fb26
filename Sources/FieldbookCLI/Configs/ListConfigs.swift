import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ListConfigs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ls",
    abstract: "List the team's configs.",
    discussion: """
      Example:
        fieldbook config ls
      """)

  @Flag(name: .long, help: "Deleted ones.") var deleted = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withConfigs { workspace, console in
      let wanted: Lifecycle = deleted ? .deleted : .active
      let configs = try workspace.configs().filter { $0.lifecycle == wanted }
      console.show(ConfigList(configs: configs))
    }
  }
}

struct ConfigList: Document {
  var configs: [Config]

  var json: JSON { ["configs": .array(configs.map(\.json))] }

  func lay(on sheet: inout Sheet) {
    guard !configs.isEmpty else {
      return sheet.line("no configs; add one: fieldbook config add NAME FILE")
    }
    var table = Table([
      .init("config"), .init("change", shrinks: false),
      .init("size", isRightAligned: true, shrinks: false), .init("last change", shrinks: false),
      .init("", shrinks: false),
    ])
    let ids = ShortIDs(configs.compactMap(\.op))
    for config in configs {
      table.row([
        Phrase(config.name, .bold), config.op.map { Phrase(ids($0), .cyan) } ?? "",
        Phrase(Wording.bytes(Int64(config.text?.utf8.count ?? 0))),
        Phrase(Wording.ago(config.lastUpdateTime, now: sheet.now)),
        config.conflicts.isEmpty
          ? (config.text == nil ? Phrase("purged", .red) : "") : Phrase("in conflict", .yellow),
      ])
    }
    sheet.table(table)
  }
}
