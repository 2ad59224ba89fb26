import FieldbookDocuments
import FieldbookExecution
import FieldbookModel
import FieldbookWorkspace

/// One run, whole.
struct RunDocument: Document {
  var run: Run
  var isVanished: Bool
  /// Of its metrics; only for people.
  var curves: [String: MetricCurve] = [:]
  /// Members that the command adds, such as `exit_status`.
  var additions: JSON = [:]

  var json: JSON { run.json(isVanished: isVanished).adding(additions) }

  func lay(on sheet: inout Sheet) {
    layHead(on: &sheet)
    if let description = run.description, !description.isEmpty {
      sheet.heading("description")
      sheet.block(description)
    }
    layPairs("params", run.parameters, on: &sheet)
    layMetrics(on: &sheet)
    layPairs("tags", run.tags.filter { sheet.isVerbose || !Run.isOwnTag($0.key) }, on: &sheet)
    layFiles(on: &sheet)
    if !run.comments.isEmpty {
      sheet.heading("comments")
      for comment in run.comments {
        sheet.line(
          Phrase("  \(comment.author), \(Wording.ago(comment.time, now: sheet.now))", .faint))
        sheet.block(comment.text, indent: 4)
      }
    }
    layEnvironment(on: &sheet)
    layConflicts(on: &sheet)
  }

  private func layHead(on sheet: inout Sheet) {
    let source = RunSource(run.environment)
    sheet.line(
      Phrase(run.name, .bold) + "  " + Phrase(run.id.hex, .faint) + "  "
        + run.statusPhrase(isVanished: isVanished)
        + (run.lifecycle == .deleted ? Phrase("  deleted", .red) : ""))
    let by = (run.user.map { " by \($0)" } ?? "") + " on \(run.device)"
    sheet.pairs(
      [
        ("experiment", Phrase(run.experimentName)),
        (
          "started",
          Phrase(Wording.ago(run.startTime, now: sheet.now) + by)
            + Phrase("  \(Wording.moment(run.startTime))", .faint)
        ),
        ("took", run.durationMilliseconds.map { Phrase(Wording.duration(milliseconds: $0)) }),
        ("exit status", exitStatus.map { Phrase($0, .red) }),
        ("parent", run.parent.map { Phrase(ShortIDs.one($0.hex)) }),
        ("reproduces", run.tags[Workspace.reproducesTag.text].map { Phrase(ShortIDs.one($0)) }),
        ("command", source.command.map { Phrase($0) }),
        ("code", source.code),
        ("labels", run.labels.isEmpty ? nil : Phrase(run.labels.joined(separator: ", "))),
      ])
  }

  /// Nil for success, which needs no words.
  private var exitStatus: String? {
    run.tags["fieldbook.exit_status"].flatMap { $0 == "0" ? nil : $0 }
  }

  private func layPairs(_ title: String, _ pairs: [String: String], on sheet: inout Sheet) {
    guard !pairs.isEmpty else { return }
    sheet.heading(title)
    sheet.pairs(
      pairs.sorted { $0.key < $1.key }.map { ($0.key, Wording.brief($0.value)) }, indent: 2)
  }

  private func layMetrics(on sheet: inout Sheet) {
    guard !run.metrics.isEmpty else { return }
    sheet.gap()
    var table = Table([
      .init("metrics"), .init("last", isRightAligned: true, shrinks: false),
      .init("min", isRightAligned: true, shrinks: false),
      .init("max", isRightAligned: true, shrinks: false),
      .init("step", isRightAligned: true, shrinks: false),
      .init("points", isRightAligned: true, shrinks: false), .init(""),
    ])
    for (key, summary) in run.metrics.sorted(by: { $0.key < $1.key }) {
      table.row([
        Phrase("  " + key, .faint), Phrase(Wording.number(summary.last.value), .bold),
        Phrase(Wording.number(summary.minimum)), Phrase(Wording.number(summary.maximum)),
        Phrase(String(summary.last.step)), Phrase(String(summary.count)),
        Curve.phrase(curves[key]),
      ])
    }
    sheet.table(table)
  }

  private func layFiles(on sheet: inout Sheet) {
    if !run.datasets.isEmpty {
      sheet.heading("datasets")
      sheet.pairs(
        run.datasets.map { dataset in
          (
            dataset.name,
            Phrase(
              [dataset.digestWords, dataset.context].compactMap { $0 }.joined(separator: "  "))
          )
        }, indent: 2)
    }
    if !run.artifacts.isEmpty {
      sheet.heading("artifacts")
      var table = ArtifactTable.empty
      let shown = sheet.isVerbose ? run.artifacts[...] : run.artifacts.prefix(12)
      for artifact in shown { ArtifactTable.add(artifact, to: &table) }
      sheet.table(table, indent: 2)
      if shown.count < run.artifacts.count {
        sheet.line(
          Phrase("  … and \(run.artifacts.count - shown.count) more", .faint))
      }
    }
    if !run.modelOutputs.isEmpty {
      sheet.heading("logged models")
      for output in run.modelOutputs { sheet.line(Phrase("  " + output.model.modelText)) }
    }
  }

  private func layEnvironment(on sheet: inout Sheet) {
    guard sheet.isVerbose else { return }
    layPairs("environment", run.environment, on: &sheet)
  }

  private func layConflicts(on sheet: inout Sheet) {
    guard !run.conflicts.isEmpty else { return }
    sheet.heading("conflicts")
    for id in run.conflicts {
      sheet.line(Phrase("  fieldbook conflicts show \(ShortIDs.one(id))", .yellow))
    }
  }
}

extension Dataset {
  /// The content's digest where it is known, and how much there is; else whatever was told.
  fileprivate var digestWords: String {
    guard let content = tags[ContentTag.content] else { return digest }
    return content.prefix(23) + "…"
  }
}
