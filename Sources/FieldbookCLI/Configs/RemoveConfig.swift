import ArgumentParser

struct RemoveConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rm",
    abstract: "Hide a config; restore brings it back.",
    discussion: """
      Example:
        fieldbook config rm train/old.yaml
      """)

  @Argument(help: .configName) var name: String
  @Flag(name: .long, help: "Only say what would be deleted.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.changeLifecycle(
      "config:" + name, to: .deleted, said: dryRun ? "would delete" : "deleted",
      already: "was deleted already:", dryRun: dryRun)
  }
}

struct RestoreConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Bring back a config that was deleted.",
    discussion: """
      Examples:
        fieldbook config ls --deleted
        fieldbook config restore train/old.yaml
      """)

  @Argument(help: .configName) var name: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.changeLifecycle(
      "config:" + name, to: .active, said: "restored", already: "is not deleted:", dryRun: false)
  }
}

struct MoveConfig: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mv",
    abstract: "Give a config another name.",
    discussion: """
      Its history stays with it.

      Example:
        fieldbook config mv base.yaml train/base.yaml
      """)

  @Argument(help: .configName) var name: String
  @Argument(help: .init("The new name.", valueName: "new")) var new: String
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.change("config:" + name, "renamed") { workspace, reference in
      try workspace.rename(reference.key, to: new, durability: .person)
    }
  }
}
