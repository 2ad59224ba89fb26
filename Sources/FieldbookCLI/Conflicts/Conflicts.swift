import ArgumentParser

struct Conflicts: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "What people decided differently: list, look, decide.",
    discussion: """
      A conflict never stops sync or other work. Blocking ones (aliases, stages) keep answering \
      with what was settled before, until someone decides.

      Examples:
        fieldbook conflicts
        fieldbook conflicts --blocking --check     (for CI: status 3 if any)
        fieldbook conflicts show 4be1
        fieldbook conflicts resolve 4be1 --take theirs
        fieldbook conflicts review
      """,
    subcommands: [
      ListConflicts.self, ShowConflict.self, ResolveConflicts.self, ReviewConflicts.self,
    ],
    defaultSubcommand: ListConflicts.self)
}
