import FieldbookModel
import FieldbookRepository

/// What `README.txt` in an archive says: enough for somebody who knows nothing of Fieldbook.
enum ArchiveReadme {
  static func text(_ manifest: RunManifest, _ outcome: RunExport.Outcome) -> [UInt8] {
    var lines = [
      "A run of a machine-learning experiment, as Fieldbook recorded it.", "",
      "  run         \(line(manifest.name))", "  id          \(manifest.run.hex)",
      "  experiment  \(line(manifest.experiment))",
      "  started     \(Timestamp(milliseconds: manifest.startTime).rfc3339)",
      "  status      \(manifest.state.status.rawValue)", "", "What is what:", "",
      "  run.json       all that is known of it: params, metrics, tags, datasets, machine",
      "  params.csv     the settings",
      "  tags.csv       what was noted",
      "  metrics.csv    every point of every metric; time_ms counts from 1970 in UTC",
      "  artifacts/     its files",
    ]
    if outcome.hasSnapshot {
      lines += [
        "  code/          the project as it was when the run started",
        "  config/        the settings, resolved, and what was given on the command line",
        "  environment/   packages and machine", "  code.json      commit, and what was left out",
      ]
      if manifest.snapshot?.parts.contains(where: { $0.path.exactText == "data.json" }) == true {
        lines.append("  data.json      the datasets that it used, with their hashes")
      }
    }
    lines.append("  fieldbook.json what `fieldbook import` reads; sizes and hashes of all the rest")
    let links = manifest.snapshot?.parts.filter { if case .link = $0.body { true } else { false } }
    if let links, !links.isEmpty {
      lines += [
        "",
        "Links of the project are not in here as links: fieldbook.json tells where they lead.",
      ]
      lines += links.prefix(20).map { "  " + line($0.path.shown) }
      if links.count > 20 { lines.append("  and \(links.count - 20) more") }
    }
    if outcome.lacksSnapshot {
      lines += ["", "Its code is not in here: it was not at hand when this was made."]
    }
    if !outcome.missing.isEmpty {
      lines += ["", "Not in here, since they were not at hand when this was made:"]
      lines += outcome.missing.prefix(50).map { "  " + line($0) }
      if outcome.missing.count > 50 { lines.append("  and \(outcome.missing.count - 50) more") }
    }
    lines += [
      "", "Not in here by design: traces, logged and registered models, the history of changes.",
      "", "To have it in a workspace of your own:", "", "  fieldbook init",
      "  fieldbook import THIS-ARCHIVE", "",
    ]
    return Array(lines.joined(separator: "\n").utf8)
  }

  /// Names come from people: on one line, without what commands a terminal.
  private static func line(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }
}
