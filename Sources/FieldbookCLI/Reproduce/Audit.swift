import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct Audit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Can somebody else make this again? A checklist.",
    discussion: """
      Of a run: code, environment, data, params, metrics, seed, files, config, description, \
      and whether another device made it again with the same outcome, which is checked, not \
      believed. Each with what was found and what mends it, and a score out of 100. Of an \
      experiment: the score of each run, the mean, and what is lacking most.

      Examples:
        fieldbook audit @last
        fieldbook audit experiment:churn --fail-under 70
        fieldbook audit @last --markdown > REPRODUCIBILITY.md
      """)

  @Argument(help: .init("A run, or an experiment by its name.", valueName: "ref"))
  var ref: String
  @Flag(name: .long, help: "Print Markdown.") var markdown = false
  @Option(
    name: .long,
    help: .init("End with status 1 below this score, of an experiment its mean.", valueName: "n"))
  var failUnder: Int?
  @OptionGroup var nearness: ToleranceOptions
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if markdown, common.json { throw ValidationError("--json and --markdown exclude each other") }
    if let failUnder, !(0...100).contains(failUnder) {
      throw ValidationError("--fail-under takes a score from 0 to 100")
    }
  }

  func run() throws {
    let isEnough = try common.withWorkspace { workspace, console in
      let tolerance = try nearness.metrics()
      let document = try AuditedThing.read(ref, tolerance, in: workspace)
      if markdown {
        console.out.write(document.markdown)
      } else {
        console.show(document)
      }
      guard let failUnder else { return true }
      guard let score = document.score else {
        console.warning("there is no run to audit")
        return false
      }
      if score < Double(failUnder) {
        console.status(Phrase("the score \(Wording.number(score)) is below \(failUnder)", .red))
      }
      return score >= Double(failUnder)
    }
    if !isEnough { throw ExitCode(Status.failed) }
  }
}

/// A run or an experiment, audited.
enum AuditedThing: Document {
  case run(RunAudit)
  case experiment(String, ExperimentAudit)

  static func read(_ ref: String, _ tolerance: MetricTolerance, in workspace: Workspace) throws
    -> AuditedThing
  {
    let reference = try thing(ref, in: workspace)
    switch reference.kind {
    case .run: return .run(try workspace.audit(RunID(reference.key), tolerance: tolerance))
    case .experiment:
      return .experiment(
        reference.name, try workspace.audit(ExperimentID(reference.key), tolerance: tolerance))
    default:
      throw InvalidInput(
        "only runs and experiments can be audited",
        hint: "name a run, or experiment:NAME; fieldbook experiments lists them")
    }
  }

  /// An experiment by its bare name, too, where no run is called so.
  private static func thing(_ ref: String, in workspace: Workspace) throws -> EntityReference {
    do { return try workspace.reference(ref) } catch let failure as WorkspaceFailure {
      guard case .notFound = failure, let named = try? workspace.reference("experiment:" + ref)
      else { throw failure }
      return named
    }
  }

  var score: Double? {
    switch self {
    case .run(let audit): Double(audit.score)
    case .experiment(_, let audit): audit.mean
    }
  }

  var json: JSON {
    switch self {
    case .run(let audit): audit.json
    case .experiment(let name, let audit): audit.json(name: name)
    }
  }

  func lay(on sheet: inout Sheet) {
    switch self {
    case .run(let audit): audit.lay(on: &sheet)
    case .experiment(let name, let audit): audit.lay(on: &sheet, name: name)
    }
  }

  var markdown: String {
    switch self {
    case .run(let audit): audit.markdown
    case .experiment(let name, let audit): audit.markdown(name: name)
    }
  }
}
