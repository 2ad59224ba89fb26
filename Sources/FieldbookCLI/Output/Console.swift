import FieldbookDocuments
import FieldbookModel

/// Where a command's words go: data to stdout, everything about it to stderr.
struct Console: Sendable {
  let out: Outlet
  let err: Outlet
  let isJSON: Bool
  let isQuiet: Bool
  let isVerbose: Bool
  let now: @Sendable () -> Timestamp

  /// The one door for data.
  func show(_ document: some Document) {
    if isJSON {
      out.write(document.json.text(isIndented: true) + "\n")
    } else {
      out.write(laidOut(document).rendered(inColour: out.hasColour))
    }
  }

  /// One of many: a JSON line, or its lines for a person.
  func stream(_ document: some Document) {
    if isJSON {
      out.write(document.json.text(isIndented: false) + "\n")
    } else {
      show(document)
    }
  }

  private func laidOut(_ document: some Document) -> Sheet {
    var sheet = Sheet(now: now(), width: out.width, isVerbose: isVerbose)
    document.lay(on: &sheet)
    return sheet
  }

  /// A line on what was done. Not with `--quiet`.
  func status(_ phrase: Phrase) {
    guard !isQuiet else { return }
    err.write(phrase.rendered(inColour: err.hasColour) + "\n")
  }

  /// The next useful command. Not with `--quiet`.
  func next(_ command: String) { status(Phrase("next: ", .cyan) + Phrase(command)) }

  /// Something that may help. Not with `--quiet`.
  func hint(_ text: String) { status(Phrase("hint: ", .cyan) + Phrase(text)) }

  /// Something that the person should know although the command goes on.
  func warning(_ text: String) {
    err.write(
      (Phrase("warning: ", .yellow) + Phrase(text)).rendered(inColour: err.hasColour) + "\n")
  }

  /// A part of the work that failed while the rest goes on.
  func problem(_ message: String, hint: String) {
    let lines = [Phrase("error: ", .red) + Phrase(message), Phrase("hint: ", .cyan) + Phrase(hint)]
    for line in lines { err.write(line.rendered(inColour: err.hasColour) + "\n") }
  }

  /// Only with `--verbose`.
  func detail(_ text: String) {
    guard isVerbose else { return }
    status(Phrase(text, .faint))
  }
}
