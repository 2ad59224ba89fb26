import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

/// Peers, devices, and what was exchanged.
extension PageLooking {
  private static let exchangesMax = 200

  func sync() throws -> JSON {
    let devices = try workspace.devices()
    let names = Dictionary(devices.map { ($0.key.hex, $0.name) }) { first, _ in first }
    return [
      "remotes": .array(
        try workspace.remotes().map { remote in
          remote.json.adding(["unsent_ops": .optional(try workspace.unsentOps(to: remote))])
        }),
      "objects": (try? workspace.objectsStatus())?.json ?? .null,
      "devices": .array(devices.map(\.json)), "status": try status(viewer: nil),
      "quarantine": .count(try workspace.quarantined().filter { !$0.isRejected }.count),
      "exchanges": .array(
        workspace.exchangeLog.newest(PageLooking.exchangesMax).map { note in
          [
            "time": .time(Timestamp(milliseconds: note.time)), "remote": .optional(note.remote),
            "peer": .optional(note.peer.map { names[$0] ?? String($0.prefix(8)) }),
            "direction": .string(note.isInbound ? "in" : "out"),
            "sent_ops": .count(note.sentOps), "received_ops": .count(note.receivedOps),
            "sent_points": .count(note.sentPoints), "received_points": .count(note.receivedPoints),
            "conflicts": .count(note.conflicts), "seconds": .number(note.seconds),
            "error": .optional(note.error),
          ]
        }),
      "invites": .array(
        try workspace.openInvites().map { invite in
          ["role": .string(invite.role.rawValue), "expires_at": .time(invite.expires)]
        }),
    ]
  }
}
