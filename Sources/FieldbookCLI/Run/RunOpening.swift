import ArgumentParser
import FieldbookModel

/// What `run` and `start` open a run with.
struct RunOpening: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: .init(
      "The experiment; made if it is new (default: FIELDBOOK_EXPERIMENT, else Default).",
      valueName: "name"))
  var experiment: String?

  @Option(
    name: .shortAndLong, help: .init("The run's name (default: one is made up).", valueName: "name")
  )
  var name: String?

  @Option(name: .long, help: .init("May be repeated.", valueName: "key=value"))
  var tag: [Assignment] = []

  @Option(name: .long, help: .init("The run that this one belongs to.", valueName: "run"))
  var parent: String?

  func experimentName(_ variables: [String: String]) -> String {
    if let told = experiment ?? variables["FIELDBOOK_EXPERIMENT"], !told.isEmpty { return told }
    return Experiment.defaultName
  }
}
