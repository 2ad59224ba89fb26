import ArgumentParser

struct Bundles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle",
    abstract: "Exchange by file, where no network goes.",
    discussion: """
      Examples:
        fieldbook bundle create week.bundle
        fieldbook bundle apply week.bundle       (on the other machine)
        fieldbook clone week.bundle churn        (or, where there is no replica yet)
      """,
    subcommands: [CreateBundle.self, ApplyBundle.self, ShowBundle.self])
}
