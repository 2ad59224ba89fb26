import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct DiffConfigs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Show how two texts, or two runs' configs, differ.",
    discussion: """
      Of two texts line by line. Of two runs key by key: what their configs were after \
      includes, variables and -p, so that 1, 1.0 and "1" are told apart.

      Examples:
        fieldbook config diff train/base.yaml               (the last change)
        fieldbook config diff train/base.yaml~3 train/base.yaml
        fieldbook config diff @last~1 @last --exit-code     (status 4 if they differ)
      """)

  @Argument(help: .init("A config or a run.", valueName: "ref")) var ref: String
  @Argument(
    help: .init("Another one (default: of a config, the text before).", valueName: "ref"))
  var other: String?
  @Flag(name: .long, help: "End with status 4 if there are differences.") var exitCode = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    var isDifferent = false
    try common.withConfigs { workspace, console in
      if isConfig(ref) {
        isDifferent = try diffTexts(workspace, console)
      } else {
        isDifferent = try diffRuns(workspace, console)
      }
    }
    if exitCode, isDifferent { throw ExitCode(Status.differences) }
  }

  /// By its form: names of configs have an ending.
  private func isConfig(_ ref: String) -> Bool {
    if ref.hasPrefix("config:") { return true }
    let end = ref.lastIndex { $0 == "@" || $0 == "~" } ?? ref.endIndex
    return ConfigName.hasEnding(ref) || ConfigName.hasEnding(String(ref[..<end]))
  }

  private func diffTexts(_ workspace: Workspace, _ console: Console) throws -> Bool {
    let one = try workspace.configVersion(ref)
    guard let other else {
      let before = try workspace.textBefore(one)
      return show(before, one, console)
    }
    guard isConfig(other) else { throw mixed }
    return show(one, try workspace.configVersion(other), console)
  }

  private func diffRuns(_ workspace: Workspace, _ console: Console) throws -> Bool {
    guard let other else {
      throw InvalidInput(
        "one run alone has no difference",
        hint: "name another one: fieldbook config diff \(ref) @last")
    }
    guard !isConfig(other) else { throw mixed }
    let runs = try [ref, other].map { try workspace.run(workspace.runID($0)) }
    let document = RunConfigDifference(
      runs: runs, configs: try runs.map { try RunConfig(of: $0, in: workspace) })
    console.show(document)
    for config in document.configs where config.isFlat {
      console.hint("run \(config.run) has no config of its own: its params are compared")
    }
    return !document.rows.isEmpty
  }

  private var mixed: InvalidInput {
    InvalidInput("a config and a run cannot be compared", hint: "name two of one kind")
  }

  private func show(_ one: ConfigVersion?, _ other: ConfigVersion, _ console: Console) -> Bool {
    console.show(ConfigDifference(from: one, to: other))
    return one?.text != other.text
  }
}

extension Workspace {
  /// Nil for the first.
  fileprivate func textBefore(_ version: ConfigVersion) throws -> ConfigVersion? {
    let versions = try configHistory().versions(of: version.config)
    guard let place = versions.firstIndex(where: { $0.change.op == version.op }),
      versions.indices.contains(place + 1), let text = versions[place + 1].text
    else { return nil }
    let entry = versions[place + 1]
    return ConfigVersion(
      config: version.config, name: entry.name, text: text, op: entry.change.op)
  }
}

struct ConfigDifference: Document {
  var from: ConfigVersion?
  var to: ConfigVersion

  private var lines: LineDifference { LineDifference(from: from?.text ?? "", to: to.text) }

  var json: JSON {
    [
      "from": from?.json ?? .null, "to": to.json, "equal": .bool(from?.text == to.text),
      "diff": .string(lines.near(context: 3).text),
    ]
  }

  func lay(on sheet: inout Sheet) {
    guard from?.text != to.text else { return sheet.line("no differences") }
    sheet.line(
      Phrase("--- " + (from.map { "\($0.name)@\(ShortIDs.one($0.op))" } ?? "nothing"), .bold))
    sheet.line(Phrase("+++ \(to.name)@\(ShortIDs.one(to.op))", .bold))
    (sheet.isVerbose ? lines : lines.near(context: 3)).lay(on: &sheet, indent: 0)
  }
}
