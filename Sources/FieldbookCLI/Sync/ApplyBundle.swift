import ArgumentParser
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace

struct ApplyBundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Take in a bundle; twice does no harm.",
    discussion: """
      Example:
        fieldbook bundle apply week.bundle
      """)

  @Argument(help: "The file.", completion: .file()) var file: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let before = try workspace.conflicts().count
      let (report, snapshots) = try BundleFile.apply(AbsolutePath.of(file), to: workspace)
      let conflicts = try workspace.conflicts()
      console.status(
        Phrase(
          report.ops + snapshots == 0
            ? "nothing new"
            : "took in \(Wording.count(report.ops, "change"))"
              + (snapshots == 0 ? "" : " and \(Wording.count(snapshots, "snapshot"))")))
      if report.waiting > 0 {
        console.hint(
          "\(Wording.count(report.waiting, "segment")) of it wait for others that are missing here")
      }
      if !conflicts.isEmpty { console.next("fieldbook conflicts") }
      console.show(
        Silent(
          json: [
            "pulled_ops": .count(report.ops), "pulled_points": .count(report.points),
            "snapshots": .count(snapshots), "waiting": .count(report.waiting),
            "conflicts": [
              "new": .count(max(0, conflicts.count - before)), "total": .count(conflicts.count),
              "blocking": .count(conflicts.filter(\.isBlocking).count),
            ],
          ]))
    }
  }
}
