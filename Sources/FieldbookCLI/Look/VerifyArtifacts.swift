import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct VerifyArtifacts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read a run's files again and check their hashes.",
    discussion: """
      Ends with status 4 if a file is damaged.

      Example:
        fieldbook artifacts verify @last
      """)

  @Argument(help: .run) var ref: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    let isDamaged = try common.withWorkspace { workspace, console in
      let report = ArtifactVerification(
        findings: try workspace.artifacts(workspace.runID(ref)).map { artifact in
          guard artifact.isHere else { return (artifact, .notHere) }
          return (artifact, try workspace.contentStore.verify(artifact.digest) ? .ok : .damaged)
        })
      console.show(report)
      return report.findings.contains { $0.finding == .damaged }
    }
    if isDamaged { throw ExitCode(Status.differences) }
  }
}

struct ArtifactVerification: Document {
  enum Finding: String {
    case ok, damaged
    case notHere = "not_here"
  }

  var findings: [(artifact: Artifact, finding: Finding)]

  var json: JSONValue {
    [
      "artifacts": .array(
        findings.map { $0.artifact.json.adding(["finding": .string($0.finding.rawValue)]) })
    ]
  }

  func lay(on sheet: inout Sheet) {
    guard !findings.isEmpty else { return sheet.line("no files") }
    var table = Table([.init("", shrinks: false), .init("")], hasHeadings: false)
    for (artifact, finding) in findings {
      let word: Phrase =
        switch finding {
        case .ok: Phrase("ok", .green)
        case .damaged: Phrase("damaged", .red)
        case .notHere: Phrase("not here yet", .yellow)
        }
      table.row([word, Phrase(artifact.path)])
    }
    sheet.table(table)
  }
}
