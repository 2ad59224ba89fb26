import FieldbookWorkspace

/// A suite whose every test has a team of its own, and calls what belongs to it by its name.
package protocol TeamSuite {
  var team: Team { get }
}

extension TeamSuite {
  package var folder: TemporaryFolder { team.folder }
  package var clock: ManualClock { team.clock }
  package var members: [Workspace] { team.members }
  package var hub: Workspace { team.hub }
  package var ana: Workspace { team.ana }
  package var bo: Workspace { team.bo }
}
