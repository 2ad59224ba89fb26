import ArgumentParser

/// The command line: every verb, in the order in which one meets them.
package struct Fieldbook: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "fieldbook",
    abstract: "A team's experiments, kept like code: record, sync, decide once.",
    discussion: """
      Alone:        fieldbook init
                    fieldbook run --experiment churn -- python train.py
                    fieldbook runs
      With a team:  fieldbook hub --dir hub --workspace churn   (always on)
                    fieldbook invite --dir hub                  (prints CODE)
                    fieldbook clone http://... --code CODE      (each laptop)
                    fieldbook sync

      REF is a run (its id or the beginning of it, its name, @last, @last~1, ...), or
      experiment:NAME, model:NAME, model:NAME@VERSION, config:NAME, trace:ID.
      Every command takes --json, --quiet, --verbose, --color and --dir.
      """,
    version: "0.1.0-dev",
    groupedSubcommands: [
      CommandGroup(
        name: "A replica",
        subcommands: [
          Init.self, Clone.self, ShowStatus.self, Doctor.self, Rebuild.self, Backup.self,
          CollectGarbage.self, Scan.self, ListPurges.self,
        ]),
      CommandGroup(
        name: "Recording",
        subcommands: [
          RunVerb.self, Reproduce.self, Start.self, Log.self, Finish.self, Server.self,
        ]),
      CommandGroup(
        name: "Looking",
        subcommands: [
          ListExperiments.self, ListRuns.self, ListTraces.self, Show.self, Logs.self, Compare.self,
          VerifyRuns.self, Audit.self, History.self, Artifacts.self, Checkout.self, ShowPage.self,
        ]),
      CommandGroup(
        name: "Changing",
        subcommands: [
          Describe.self, Tag.self, Untag.self, Label.self, AddComment.self, Rename.self,
          Delete.self, Restore.self, Undo.self, PurgeVerb.self,
        ]),
      CommandGroup(name: "Models", subcommands: [Models.self]),
      CommandGroup(name: "Configs", subcommands: [Configs.self]),
      CommandGroup(name: "Moving", subcommands: [Import.self, Export.self]),
      CommandGroup(
        name: "The team",
        subcommands: [
          Hub.self, Invite.self, Enroll.self, Devices.self, Remotes.self, Sync.self, Bundles.self,
          Conflicts.self, GitCredential.self,
        ]),
    ])

  package init() {}
}
