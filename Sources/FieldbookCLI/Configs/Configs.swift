import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct Configs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "config",
    abstract: "Configs that the team shares.",
    discussion: """
      A config is a YAML or JSON file that everyone has, by a name such as train/base.yaml. \
      Edits of different lines merge by themselves; the same line edited twice is a conflict: \
      fieldbook conflicts. `fieldbook run -c NAME` uses one.

      A REF is NAME, NAME~2 (the text before the one before) or NAME@OP (from: config log).

      Examples:
        fieldbook config add train/base.yaml conf/base.yaml
        fieldbook config edit train/base.yaml            (in $EDITOR)
        fieldbook config log train/base.yaml
        fieldbook config diff train/base.yaml~1 train/base.yaml
      """,
    subcommands: [
      ListConfigs.self, AddConfig.self, EditConfig.self, ShowConfig.self, LogConfigs.self,
      DiffConfigs.self, RemoveConfig.self, RestoreConfig.self, MoveConfig.self,
    ],
    defaultSubcommand: ListConfigs.self)
}

extension ArgumentHelp {
  static let configName = ArgumentHelp("A config's name: train/base.yaml.", valueName: "name")
}

extension CommonOptions {
  /// Works on configs: what merges by itself is merged before, and the branch follows afterwards.
  func withConfigs(_ body: (Workspace, Console) throws -> Void) throws {
    try withWorkspace { workspace, console in
      workspace.mergeConfigsIfAble()
      try body(workspace, console)
      do {
        try workspace.refreshConfigBranch()
      } catch let failure as any Failure {
        console.warning("the branch 'configs' is as it was: \(failure.message)")
      }
    }
  }
}

extension Workspace {
  /// A branch that cannot be written now is made when it is asked for.
  func refreshConfigBranch(after reference: EntityReference) {
    if reference.kind == .config { _ = try? refreshConfigBranch() }
  }
}

extension Console {
  /// What a change of a config came to.
  func tellConfig(_ said: String, _ id: ConfigID, in workspace: Workspace, text: String) throws {
    let before = try workspace.config(id)
    workspace.mergeConfigsIfAble()
    let config = try workspace.config(id)
    status(Phrase("\(said) ") + Phrase(config.name, .bold))
    if before.conflicts != config.conflicts, config.conflicts.isEmpty {
      status(Phrase("somebody changed it meanwhile: both changes are merged"))
    }
    for secret in SecretWarning.words(in: text) {
      warning("\(config.name) holds what looks like a secret: \(secret)")
      hint("everybody in the team gets it; take it out: fieldbook purge config:\(config.name) text")
    }
    tellConflicts(of: config)
    if isJSON { show(ConfigDocument(config: config)) }
  }

  func tellConflicts(of config: Config) {
    guard let first = config.conflicts.first else { return }
    warning("\(config.name) is in conflict; what is shown is the newest")
    hint("look: fieldbook conflicts show \(ShortIDs.one(first))")
  }
}

/// One config, whole.
struct ConfigDocument: Document {
  var config: Config

  var json: JSON { config.json.adding(["text": .optional(config.text)]) }

  func lay(on sheet: inout Sheet) {
    sheet.line(
      Phrase(config.name, .bold)
        + (config.lifecycle == .deleted ? Phrase("  deleted", .red) : "")
        + (config.conflicts.isEmpty ? "" : Phrase("  in conflict", .yellow)))
    sheet.pairs([
      ("made", Phrase(Wording.ago(config.createdTime, now: sheet.now))),
      ("last change", Phrase(Wording.ago(config.lastUpdateTime, now: sheet.now))),
      ("change", config.op.map { Phrase(ShortIDs.one($0), .cyan) }),
    ])
    sheet.heading("text")
    sheet.block(config.text ?? "(purged)")
  }
}

extension Config {
  /// Without its text.
  var json: JSON {
    [
      "id": .string(id.hex), "name": .string(name), "lifecycle": .string(lifecycle.rawValue),
      "op": .optional(op), "bytes": .integer(Int64(text?.utf8.count ?? 0)),
      "created_at": .time(createdTime), "updated_at": .time(lastUpdateTime),
      "conflicts": .strings(conflicts),
    ]
  }
}
