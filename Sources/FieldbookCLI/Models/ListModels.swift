import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ListModels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the registered models.",
    discussion: """
      Example:
        fieldbook models
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let models = try Page.all { try workspace.models(ModelQuery(pageToken: $0)) }
      console.show(ModelList(models: models))
    }
  }
}

struct ModelList: Document {
  var models: [RegisteredModel]

  var json: JSON { ["models": .array(models.map(\.json))] }

  func lay(on sheet: inout Sheet) {
    guard !models.isEmpty else {
      return sheet.line("no models; register one: fieldbook models register NAME --run RUN")
    }
    var table = Table([
      .init("model"), .init("latest", shrinks: false),
      .init("versions", isRightAligned: true, shrinks: false),
      .init("aliases"), .init("last change", shrinks: false),
    ])
    for model in models {
      let aliases = model.aliases.sorted { $0.key < $1.key }.map { name, state in
        Phrase(name + " ", .faint) + model.answer(of: state)
      }
      table.row([
        Phrase(model.name, .bold), Phrase(model.latest?.label ?? ""),
        Phrase(String(model.versions.count)), .joined(aliases, separator: ", "),
        Phrase(Wording.ago(model.lastUpdateTime, now: sheet.now)),
      ])
    }
    sheet.table(table)
  }
}
