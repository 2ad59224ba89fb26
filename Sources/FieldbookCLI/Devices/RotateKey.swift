import ArgumentParser
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace

struct RotateKey: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate-key",
    abstract: "Give this device a new key, retire the one before.",
    discussion: """
      Announces the next key, syncs, and then uses it; without a remote that answers it waits \
      with the second half until it is called again, for others must know the new key first. \
      On a hub: announce it, and call this again when everyone has synced. Servers and hubs of \
      this replica have to be started anew.

      If the key may be in other hands, do not rotate it: have an admin revoke the device.

      Example:
        fieldbook devices rotate-key
      """)

  @Flag(name: .long, help: "Only announce the next key, even if a remote answers.")
  var announce = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    let console = common.console
    let workspace = try common.openWorkspace()
    let dir = workspace.dir
    do {
      let state = try workspace.keyRotation()
      if case .unfinished(let former) = state {
        try workspace.retireFormerKey()
        console.status(Phrase("retired the former key \(former.id)"))
        return try workspace.close()
      }
      let wasAnnounced = state != .none
      let next = try workspace.announceNextKey()
      console.status(
        Phrase(wasAnnounced ? "announced already: key " : "announced key ") + Phrase(next.id, .bold)
      )
      let isKnown = await tell(workspace, console)
      let isAlone = try workspace.remotes().isEmpty
      guard !announce, isKnown || (wasAnnounced && isAlone) else {
        console.next("fieldbook devices rotate-key   (again, when others have synced)")
        return try workspace.close()
      }
      try workspace.adoptNextKey()
    } catch {
      try? workspace.close()
      throw error
    }
    let renewed = try Workspace.open(dir, environment: common.environment)
    do {
      try renewed.retireFormerKey()
      console.status(
        Phrase("this device writes with key ") + Phrase(renewed.deviceKey.id, .bold)
          + Phrase(" now"))
      _ = await tell(renewed, console)
      if console.isJSON {
        console.show(DeviceList(devices: try renewed.devices().filter(\.isSelf)))
      }
    } catch {
      try? renewed.close()
      throw error
    }
    try renewed.close()
  }

  /// True if some remote took it in.
  private func tell(_ workspace: Workspace, _ console: Console) async -> Bool {
    var isTold = false
    for remote in (try? workspace.remotes()) ?? [] where SyncTargets.canAnswer(remote.url) {
      do {
        _ = try await SyncClient.sync(workspace, remote: remote)
        isTold = true
      } catch let failure as any Failure {
        console.warning("\(remote.name): \(failure.message)")
      } catch {
        console.warning("\(remote.name): \(error)")
      }
    }
    return isTold
  }
}
