import ArgumentParser
import FieldbookModel

struct Rebuild: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make the tables again from the log.",
    discussion: """
      Nothing may change. Ends with status 1 if the tables were not what the log \
      adds up to. They are afterwards.

      Example:
        fieldbook rebuild
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    let (before, after) = try common.withWorkspace { workspace, console in
      let (before, after) = try workspace.rebuild()
      if before == after { console.status(Phrase("rebuilt; the state is unchanged")) }
      console.show(
        Silent(
          json: [
            "before": .string(before), "after": .string(after), "changed": .bool(before != after),
          ]))
      return (before, after)
    }
    guard before == after else { throw RebuildFailure(before: before, after: after) }
  }
}

struct RebuildFailure: Failure, Equatable {
  var before: String
  var after: String

  var message: String {
    "the tables differed from the log: \(before.prefix(16)) became \(after.prefix(16))"
  }
  var hint: String { "they are right now; compare state_hash with a peer: fieldbook status --json" }
}
