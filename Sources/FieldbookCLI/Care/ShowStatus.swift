import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

struct ShowStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show replica, peers, what is unsent, and conflicts.",
    discussion: """
      Two replicas that hold the same print the same state hash.

      Example:
        fieldbook status
      """)

  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let report = try workspace.status()
      if let reason = report.unsealed {
        console.warning("what was recorded last may be missing here: \(reason)")
      }
      if let failure = report.objects?.failure { console.warning(failure.message) }
      console.show(StatusDocument(report: report, dir: workspace.dir))
      if report.conflictsTotal > 0 { console.hint("see them: fieldbook conflicts") }
      if report.isPending {
        console.hint(
          "others do not take this replica's changes yet; ask for a code, then: fieldbook enroll CODE"
        )
      } else if report.unsentOps > 0, !report.remotes.isEmpty {
        console.hint("send what is new: fieldbook sync")
      }
    }
  }
}

struct StatusDocument: Document {
  var report: StatusReport
  var dir: String

  var json: JSON { report.json }

  func lay(on sheet: inout Sheet) {
    var pairs: [(String, Phrase)] = [
      (
        "workspace",
        Phrase(report.workspaceName, .bold) + Phrase("  \(report.workspaceID.hex)", .faint)
      ),
      (
        "device",
        Phrase(report.device.name, .bold)
          + Phrase(report.device.isHub ? "  the hub" : "  \(report.device.role.rawValue)")
          + (report.isPending ? Phrase(", pending: not enrolled yet", .yellow) : "")
      ),
      ("folder", Phrase(dir)),
      ("state", Phrase(String(report.stateHash.prefix(16)))),
      (
        "unsent",
        Phrase(report.unsentOps == 0 ? "nothing" : Wording.count(report.unsentOps, "change"))
      ),
      ("conflicts", conflicts),
    ]
    if let objects = report.objects { pairs.append(("objects", objects.words)) }
    sheet.pairs(pairs)
    if sheet.isVerbose {
      sheet.heading("heads")
      for head in report.heads {
        sheet.line(
          Phrase("  \(head.log.description)  \(head.number)  \(ShortIDs.one(head.hash.hex))"))
      }
    }
    guard !report.remotes.isEmpty else { return sheet.line(Phrase("no remotes", .faint)) }
    sheet.gap()
    RemoteList(report.remotes).lay(on: &sheet)
  }

  private var conflicts: Phrase {
    guard report.conflictsTotal > 0 else { return "none" }
    let blocking =
      report.conflictsBlocking > 0 ? ", \(report.conflictsBlocking) of them blocking" : ""
    return Phrase("\(report.conflictsTotal)\(blocking)", .yellow)
  }
}

extension ObjectsStatus {
  fileprivate var words: Phrase {
    let there = Phrase(
      "\(address)  \(Wording.count(standing.away, "pack")), \(Wording.bytes(standing.awayBytes))")
    guard standing.waiting > 0 else { return there }
    return there
      + Phrase(
        "; \(Wording.count(standing.waiting, "pack")) wait to go there,"
          + " \(Wording.bytes(standing.waitingBytes))", .yellow)
  }
}
