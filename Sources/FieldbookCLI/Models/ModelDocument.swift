import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

/// One registered model with its versions and aliases.
struct ModelDocument: Document {
  var model: RegisteredModel
  var leases: [LeasedNumbers]

  init(_ model: RegisteredModel, in workspace: Workspace) throws {
    self.model = model
    leases = try workspace.leasedNumbers(of: model.id)
  }

  var json: JSON { model.json.adding(["leases": .array(leases.map(\.json))]) }

  func lay(on sheet: inout Sheet) {
    sheet.line(
      Phrase(model.name, .bold)
        + Phrase("  made \(Wording.ago(model.createdTime, now: sheet.now))", .faint)
        + (model.lifecycle == .deleted ? Phrase("  deleted", .red) : ""))
    if let description = model.description, !description.isEmpty {
      sheet.heading("description")
      sheet.block(description)
    }
    layAliases(on: &sheet)
    layVersions(on: &sheet)
    layLeases(on: &sheet)
    guard !model.tags.isEmpty else { return }
    sheet.heading("tags")
    sheet.pairs(
      model.tags.sorted { $0.key < $1.key }.map { ($0.key, Wording.brief($0.value)) }, indent: 2)
  }

  private func layAliases(on sheet: inout Sheet) {
    guard !model.aliases.isEmpty else { return }
    sheet.heading("aliases")
    for (name, state) in model.aliases.sorted(by: { $0.key < $1.key }) {
      sheet.line(Phrase("  \(name)  ", .bold) + model.answer(of: state))
      if let conflict = state.conflict {
        sheet.line(
          Phrase("    decide: fieldbook conflicts show \(ShortIDs.one(conflict))", .yellow))
      }
    }
  }

  private func layLeases(on sheet: inout Sheet) {
    guard !leases.isEmpty else { return }
    sheet.heading("numbers leased")
    for lease in leases {
      let state =
        lease.hasLapsed
        ? "nobody gives what is left of them" : lease.left == 0 ? "all given" : "\(lease.left) left"
      sheet.line(
        Phrase("  \(Wording.range(lease.numbers))", .bold)
          + Phrase("  \(lease.device.name)  ") + Phrase(state, .faint))
    }
  }

  private func layVersions(on sheet: inout Sheet) {
    guard !model.versions.isEmpty else { return }
    sheet.gap()
    var table = Table([
      .init("version", shrinks: false), .init("run", shrinks: false), .init("status"),
      .init("stage"), .init("made", shrinks: false), .init("by"), .init("source"),
    ])
    for version in model.versions {
      table.row([
        Phrase(version.label, .bold)
          + (version.lifecycle == .deleted ? Phrase(" (deleted)", .red) : ""),
        Phrase(version.run.map { ShortIDs.one($0.hex) } ?? "", .faint),
        Phrase(version.status.lowercased()), Phrase(version.stage == "None" ? "" : version.stage),
        Phrase(Wording.ago(version.createdTime, now: sheet.now)), Phrase(version.author),
        Phrase(version.source, .faint),
      ])
    }
    sheet.table(table)
  }
}

struct VersionDocument: Document {
  var version: ModelVersion

  var json: JSON {
    JSON.object([.init(name: "name", value: .string(version.modelName))]).adding(version.json)
  }

  func lay(on sheet: inout Sheet) {
    sheet.line(
      Phrase("\(version.modelName) \(version.label)", .bold)
        + (version.finalNumber == nil ? Phrase("  provisional", .yellow) : "")
        + (version.lifecycle == .deleted ? Phrase("  deleted", .red) : ""))
    sheet.pairs([
      ("status", Phrase(version.status.lowercased())),
      ("stage", version.stage == "None" || version.stage.isEmpty ? nil : Phrase(version.stage)),
      ("run", version.run.map { Phrase(ShortIDs.one($0.hex)) }),
      ("source", Phrase(version.source)),
      (
        "made", Phrase("\(Wording.ago(version.createdTime, now: sheet.now)) by \(version.author)")
      ),
    ])
    if let description = version.description, !description.isEmpty {
      sheet.heading("description")
      sheet.block(description)
    }
    guard !version.tags.isEmpty else { return }
    sheet.heading("tags")
    sheet.pairs(
      version.tags.sorted { $0.key < $1.key }.map { ($0.key, Wording.brief($0.value)) }, indent: 2)
  }
}

extension RegisteredModel {
  /// What an alias answers, and that it is held.
  func answer(of state: AliasState) -> Phrase {
    let answer = Phrase(label(of: state.version) ?? "none")
    return state.isHeld ? answer + Phrase(" (held: undecided)", .yellow) : answer
  }
}
