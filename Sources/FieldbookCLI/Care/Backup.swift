import ArgumentParser

struct Backup: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keep, check and restore copies of this replica.",
    discussion: """
      A backup is a folder with all that was recorded when it was begun. It can be made while \
      others write, and one that was interrupted is never taken for a backup. What was synced \
      to a peer is safe there, too.

      Examples:
        fieldbook backup /mnt/disk/churn --keep 14
        fieldbook backup verify /mnt/disk/churn
        fieldbook backup restore /mnt/disk/churn churn
      """,
    subcommands: [CreateBackup.self, VerifyBackup.self, RestoreBackup.self],
    defaultSubcommand: CreateBackup.self)
}
