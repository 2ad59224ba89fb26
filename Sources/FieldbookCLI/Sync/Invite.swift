import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

struct Invite: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a one-time code that lets a new device in.",
    discussion: """
      The code works once, within a day, and only at the replica that made it.

      Example:
        fieldbook invite --dir hub
      """)

  @Option(name: .long, help: .init("What the device may do.", valueName: "role"))
  var role: Role = .writer
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let code = try Enrolment.invite(workspace, role: role)
      console.show(InviteDocument(code: code, role: role))
      console.status(
        Phrase("works once, until \(Wording.moment(code.expires)), for a \(role.rawValue)"))
      console.next("on the new device: fieldbook clone URL --code CODE")
    }
  }
}

extension Role: ExpressibleByArgument {}

/// The code alone for a person, so that a shell can keep it.
struct InviteDocument: Document {
  var code: InviteCode
  var role: Role

  var json: JSON {
    [
      "code": .string(code.text), "expires_at": .time(code.expires),
      "role": .string(role.rawValue),
    ]
  }

  func lay(on sheet: inout Sheet) { sheet.line(Phrase(code.text)) }
}
