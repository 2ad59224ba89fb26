import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct Revoke: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take a device's rights away: stolen, lost, gone.",
    discussion: """
      What this replica holds of the device so far still counts; whatever else it writes, \
      whenever and wherever it turns up, is kept in quarantine, without effect. Admins only. \
      If the laptop was an admin's, do it on the hub, whose word counts before any other's.

      If the device was in strangers' hands for longer, say since when: what it wrote from \
      then on is put into quarantine, too, and can be accepted one by one.

      Examples:
        fieldbook devices revoke ana-laptop
        fieldbook devices revoke ana-laptop --before 2026-11-20T18:00:00Z
        fieldbook devices revoke ana-laptop --undo
      """)

  @Argument(help: .device) var device: String
  @Option(
    name: .long,
    help: .init(
      "Accept only what was written before this moment (RFC 3339), by the device's own clock.",
      valueName: "time"))
  var before: String?
  @Flag(name: .long, help: "Accept nothing that the device ever wrote.") var all = false
  @Flag(name: .long, help: "Take the revocation back: all that the device wrote counts.")
  var undo = false
  @Flag(name: .long, help: "Only say what would happen.") var dryRun = false
  @OptionGroup var common: CommonOptions

  func validate() throws {
    if [before != nil, all, undo].filter(\.self).count > 1 {
      throw ValidationError("--before, --all and --undo exclude each other")
    }
  }

  func run() throws {
    let acceptance = try acceptance()
    try common.changeDevice(device) { workspace, device, console in
      if undo {
        if !dryRun { try workspace.reinstate(device) }
        console.status(
          Phrase("\(dryRun ? "would reinstate" : "reinstated") device ")
            + Phrase(device.name, .bold))
        return
      }
      guard !dryRun else {
        console.status(Phrase("would revoke device ") + Phrase(device.name, .bold))
        return
      }
      let before = try members(workspace)
      try workspace.revoke(device.key, accepting: acceptance)
      console.status(Phrase("revoked device ") + Phrase(device.name, .bold))
      let cut = try workspace.quarantined().filter { $0.device == device.key }
      let count = cut.reduce(0) { $0 + $1.numbers.count }
      console.status(
        Phrase(
          count == 0
            ? "everything that is here of it still counts"
            : "\(Amount.of(count, "change", ("of it is", "of it are"))) in quarantine now"
        ))
      let gone = before.subtracting(try members(workspace)).subtracting([device.name])
      if !gone.isEmpty {
        console.warning("with it went: \(gone.sorted().joined(separator: ", "))")
      }
      let friends = try workspace.members(enrolledBy: device.key)
      if !friends.isEmpty {
        let names = friends.map(\.name).joined(separator: ", ")
        console.warning("it let in \(names), who are members still: look whether they should be")
      }
      console.next("fieldbook sync   (others hear of it then)")
    }
  }

  private func members(_ workspace: Workspace) throws -> Set<String> {
    Set(try workspace.devices().filter { !$0.isRevoked }.map(\.name))
  }

  private func acceptance() throws -> Acceptance {
    if all { return .nothing }
    guard let before else { return .present }
    return .before(try Moment.read(before))
  }
}
