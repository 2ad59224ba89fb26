import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// Lets them meet until there is nothing new, and expects one state, which the log adds up to on each.
func expectEqual(
  _ team: [Workspace], at location: SourceLocation = #_sourceLocation
) throws {
  try TestMachine.quiesce(team)
  #expect(try TestMachine.discord(team) == [], sourceLocation: location)
}
