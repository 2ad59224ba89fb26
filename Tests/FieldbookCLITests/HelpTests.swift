import ArgumentParser
import Testing

@testable import FieldbookCLI

@Suite("Help")
struct HelpTests {
  private func help(_ command: any ParsableCommand.Type) -> String {
    HelpText.tidied(Fieldbook.helpMessage(for: command, columns: 80))
  }

  private static func leaves(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
    let below = command.configuration.subcommands
    return below.isEmpty ? [command] : below.flatMap { leaves($0) }
  }

  @Test("every page fits into 80 columns, and no example is broken in two")
  func width() {
    func all(_ command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
      [command] + command.configuration.subcommands.flatMap(all)
    }
    for command in all(Fieldbook.self) {
      var last = ""
      for line in help(command).split(separator: "\n", omittingEmptySubsequences: false) {
        #expect(line.count <= 80, "\(line)")
        let isExample = last.hasPrefix("  fieldbook ")
        #expect(!isExample || line.isEmpty || line.hasPrefix(" "), "\(last)⏎\(line)")
        last = String(line)
      }
    }
  }

  @Test("the first page")
  func firstPage() {
    #expect(
      help(Fieldbook.self) == """
        A team's experiments, kept like code: record, sync, decide once.

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

        USAGE: fieldbook <subcommand>

        OPTIONS:
          --version               Show the version.
          -h, --help              Show help information.

        A REPLICA:
          init                    Make a new workspace with its first replica.
          clone                   Make a new replica of an existing workspace.
          status                  Show replica, peers, what is unsent, and conflicts.
          doctor                  Check the replica: database, signatures, files, clock.
          rebuild                 Make the tables again from the log.
          backup                  Keep, check and restore copies of this replica.
          gc                      Remove contents that nothing names any more.
          scan                    Look for secrets that were recorded by mistake.
          purges                  List what was purged, why, and who has confirmed.

        RECORDING:
          run                     Run a command and capture all about it.
          reproduce               Do a run again: its code, data, packages and command.
          start                   Open a run by hand, without a command.
          log                     Record params, metrics, tags, files from a script.
          finish                  Close a run that was opened by hand.
          server                  Serve MLflow's REST API over this replica.

        LOOKING:
          experiments             List the experiments.
          runs                    List runs; FILTER is MLflow's filter language.
          traces                  List traces; FILTER is MLflow's filter language.
          show                    Show a run, experiment, model, config or trace.
          logs                    Print what a run's command printed.
          compare                 Compare runs: params, metrics, tags, code and machine.
          verify                  Check that a second run gave what the first did.
          audit                   Can somebody else make this again? A checklist.
          history                 Show who changed what, when.
          artifacts               List, fetch, add or verify files of a run.
          checkout                Write out a run's code, config and environment.
          page                    Print the address of the page, for a browser.

        CHANGING:
          describe                Say what a run, experiment, model or version is about.
          tag                     Set tags.
          untag                   Remove tags.
          label                   Put labels on a run, or take them off.
          comment                 Add a comment to a run.
          rename                  Rename a run, experiment or model.
          delete                  Hide something; restore brings it back.
          restore                 Bring back what was deleted.
          undo                    Take a change back, by a new change.
          purge                   Take a value out of history, everywhere, for ever.

        MODELS:
          models                  Registered models, their versions and aliases.

        CONFIGS:
          config                  Configs that the team shares.

        MOVING:
          import                  Take in a run's archive, or another tracker.
          export                  Write a run to an archive, or all for a tracker.

        THE TEAM:
          hub                     Serve a replica as the team's always-on peer.
          invite                  Make a one-time code that lets a new device in.
          enroll                  Let this pending replica in, with a code.
          devices                 Who writes here: list, rename, roles, revoke.
          remote                  Peers by name: add, list, show, remove, git.
          sync                    Exchange what is new with peers, both ways.
          bundle                  Exchange by file, where no network goes.
          conflicts               What people decided differently: list, look, decide.

          See 'fieldbook help <subcommand>' for detailed help.

        """)
  }

  @Test("every command says in one line what it does, and shows an example")
  func everyCommand() {
    for command in Self.leaves(Fieldbook.self) {
      let abstract = command.configuration.abstract
      #expect(!abstract.isEmpty && abstract.count <= 54, "\(command._commandName): \(abstract)")
      #expect(
        command.configuration.discussion.contains("  fieldbook "),
        "\(command._commandName) has no example")
    }
  }

  @Test("what is no help, such as a completion script, stays as it is")
  func scripts() {
    let script = "#!/bin/sh\n  --version stays\nX SUBCOMMANDS:"
    #expect(HelpText.tidied(script) == script + "\n")
  }

  @Test("a usage line leaves out what every command takes")
  func usage() {
    #expect(
      help(Tag.self).contains("USAGE: fieldbook tag <ref> <key=value> ... [<options>]\n"))
    #expect(help(RunVerb.self).contains("USAGE: fieldbook run [<options>] -- <command> ...\n"))
  }
}
