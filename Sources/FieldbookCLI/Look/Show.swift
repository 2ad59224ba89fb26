import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct Show: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show a run, experiment, model, config or trace.",
    discussion: """
      Examples:
        fieldbook show @last
        fieldbook show brisk-heron-412 --verbose        (with what was captured)
        fieldbook show model:churn@7
        fieldbook show trace:@last                      (its spans as a tree)
      """)

  @Argument(help: .reference) var ref: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      try console.show(workspace.reference(ref), in: workspace)
    }
  }
}

extension ArgumentHelp {
  static let reference = ArgumentHelp(
    "A run (id, beginning of it, name, @last), experiment:NAME, model:NAME, model:NAME@VERSION, config:NAME or trace:ID.",
    valueName: "ref")
  static let run = ArgumentHelp("A run: id, beginning of it, name, or @last.", valueName: "run")
}

extension Console {
  /// Shows whatever the reference refers to.
  func show(_ reference: EntityReference, in workspace: Workspace) throws {
    switch reference.kind {
    case .run:
      show(try RunDocument.read(RunID(reference.key), in: workspace, withCurves: !isJSON))
    case .experiment:
      show(ExperimentDocument(experiment: try workspace.experiment(ExperimentID(reference.key))))
    case .model:
      show(try ModelDocument(workspace.model(ModelID(reference.key)), in: workspace))
    case .version:
      show(VersionDocument(version: try workspace.version(VersionID(reference.key))))
    case .trace:
      let id = TraceID(reference.key)
      show(TraceDocument(trace: try workspace.trace(id), spans: try workspace.spans(of: id)))
    case .config: show(ConfigDocument(config: try workspace.config(ConfigID(reference.key))))
    case .workspace, .device, .loggedModel:
      show(ReferenceDocument(reference: reference))
    }
  }
}

extension RunDocument {
  static func read(_ id: RunID, in workspace: Workspace, withCurves: Bool = false) throws
    -> RunDocument
  {
    let run = try workspace.run(id)
    return RunDocument(
      run: run, isVanished: Vanished.check(run, in: workspace),
      curves: withCurves ? try Curve.curves(of: run, in: workspace, width: 16) : [:])
  }
}

struct ExperimentDocument: Document {
  var experiment: Experiment

  var json: JSON { experiment.json }

  func lay(on sheet: inout Sheet) {
    sheet.line(
      Phrase(experiment.name, .bold) + Phrase("  \(experiment.id.decimal)", .faint)
        + (experiment.lifecycle == .deleted ? Phrase("  deleted", .red) : ""))
    sheet.pairs([
      ("runs", Phrase(String(experiment.runCount))),
      ("made", Phrase(Wording.ago(experiment.createdTime, now: sheet.now))),
      ("last change", Phrase(Wording.ago(experiment.lastUpdateTime, now: sheet.now))),
    ])
    if let description = experiment.description, !description.isEmpty {
      sheet.heading("description")
      sheet.block(description)
    }
    guard !experiment.tags.isEmpty else { return }
    sheet.heading("tags")
    sheet.pairs(
      experiment.tags.sorted { $0.key < $1.key }.map { ($0.key, Wording.brief($0.value)) },
      indent: 2)
  }
}

/// Things that have no page of their own.
struct ReferenceDocument: Document {
  var reference: EntityReference

  var json: JSON { reference.json }

  func lay(on sheet: inout Sheet) { sheet.line(reference.phrase) }
}

extension EntityReference {
  /// `run brisk-heron-412 (a3f91c02)`.
  var phrase: Phrase {
    let words = Phrase(kind.name.replacing("_", with: " ") + " ") + Phrase(name, .bold)
    return kind == .run ? words + Phrase(" (\(ShortIDs.one(key.hex)))", .faint) : words
  }
}
