import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace

struct VerifyArtifacts: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Read files again and check their hashes.",
    discussion: """
      Of a run, of one file or folder of it, or with no REF of everything that has files. Ends \
      with status 4 if a file is damaged; one that is known and not here yet is named, and \
      is no error.

      Examples:
        fieldbook artifacts verify @last
        fieldbook artifacts verify @last model
        fieldbook artifacts verify
      """)

  @Argument(help: .init("A run (default: all that has files).", valueName: "ref"))
  var ref: String?
  @Argument(help: "Only this file, or what is below this folder.") var path: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    let isDamaged = try common.withWorkspace { workspace, console in
      let report = try ArtifactVerification(workspace, chosen(workspace))
      console.show(report)
      guard report.count(.damaged) > 0 else {
        if report.count(.notHere) > 0 {
          console.hint("what is not here yet comes with: fieldbook sync")
        }
        return false
      }
      console.hint(
        "fieldbook doctor --fix sets aside what is damaged, fieldbook sync fetches it from a peer;"
          + " putting the same file again mends it, too")
      return true
    }
    if isDamaged { throw ExitCode(Status.differences) }
  }

  private func chosen(_ workspace: Workspace) throws -> [ArtifactVerification.Chosen] {
    guard let ref else {
      return try workspace.entitiesWithArtifacts().flatMap { entity in
        try workspace.artifacts(of: entity.key).map { (entity, $0) }
      }
    }
    let files = ArtifactSelection.below(path, try workspace.artifacts(workspace.runID(ref)))
    if let path, files.isEmpty {
      throw NoSuchEntry(what: "file", name: path, look: "fieldbook artifacts ls \(ref)")
    }
    return files.map { (nil, $0) }
  }
}

struct ArtifactVerification: Document {
  enum Finding: String {
    case ok, damaged
    case notHere = "not_here"
    /// In an object storage that cannot be reached now.
    case away = "out_of_reach"
  }

  /// A file, and of what it is where that was not asked for.
  typealias Chosen = (owner: EntityReference?, artifact: Artifact)

  private var findings: [(chosen: Chosen, finding: Finding)]

  init(_ workspace: Workspace, _ chosen: [Chosen]) throws {
    // What many name is read once.
    var known: [ContentDigest: Finding] = [:]
    let store = workspace.contentStore
    findings = try chosen.map { one in
      let content = one.artifact.digest
      if let finding = known[content] { return (one, finding) }
      var finding: Finding
      do {
        finding = try !store.isKept(content) ? .notHere : store.verify(content) ? .ok : .damaged
      } catch is BucketFailure {
        finding = .away
      }
      known[content] = finding
      return (one, finding)
    }
  }

  func count(_ finding: Finding) -> Int { findings.count { $0.finding == finding } }

  var json: JSON {
    [
      "artifacts": .array(
        findings.map { one in
          let finding: JSON = ["finding": .string(one.finding.rawValue)]
          guard let owner = one.chosen.owner else {
            return one.chosen.artifact.json.adding(finding)
          }
          return one.chosen.artifact.json.adding(finding).adding([
            "of": ["type": .string(owner.kind.name), "id": .string(owner.key.hex)]
          ])
        }),
      "ok": .count(count(.ok)), "damaged": .count(count(.damaged)),
      "not_here": .count(count(.notHere)), "out_of_reach": .count(count(.away)),
    ]
  }

  func lay(on sheet: inout Sheet) {
    guard !findings.isEmpty else { return sheet.line("no files") }
    var table = Table(
      [.init("", shrinks: false), .init("", shrinks: false), .init("")], hasHeadings: false)
    for (chosen, finding) in findings {
      let word: Phrase =
        switch finding {
        case .ok: Phrase("ok", .green)
        case .damaged: Phrase("damaged", .red)
        case .notHere: Phrase("not here yet", .yellow)
        case .away: Phrase("out of reach", .yellow)
        }
      // Of everything only what is amiss is worth a line.
      if let owner = chosen.owner {
        guard finding != .ok else { continue }
        table.row([word, Phrase(ShortIDs.one(owner.key.hex)), Phrase(chosen.artifact.path)])
      } else {
        table.row([word, Phrase(chosen.artifact.path), ""])
      }
    }
    if !table.rows.isEmpty { sheet.table(table) }
    guard findings.first?.chosen.owner != nil else { return }
    let words = [
      (Finding.ok, "ok"), (.damaged, "damaged"), (.notHere, "not here yet"),
      (.away, "in the object storage, out of reach"),
    ]
    let told = words.compactMap { finding, word in
      count(finding) > 0 ? "\(count(finding)) \(word)" : nil
    }
    sheet.line(Phrase(told.joined(separator: ", ")))
  }
}
