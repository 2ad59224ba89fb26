import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

/// How a command ended: what to say about it, where, and with which status.
struct Ending: Equatable {
  var status: Int32
  var output = ""
  var complaint = ""

  static let done = Ending(status: 0)

  /// Of an error that a command threw, or the parser.
  init(_ error: any Error, words: [String]) {
    self.init(error, words: words, failed: words.first == "run" ? Status.runFailed : Status.failed)
  }

  private init(_ error: any Error, words: [String], failed: Int32) {
    if let error = error as? RecordingFailed {
      self.init(error.reason, words: words, failed: Status.runFailed)
      return
    }
    if let failure = error as? any Failure {
      let hint = (failure as? WorkspaceFailure)?.lookingHint(words) ?? failure.hint
      self.init(status: failed, complaint: Ending.lines(failure.message, hint: hint))
    } else if let code = error as? ExitCode {
      self.init(status: code.rawValue)
    } else if let line = SystemReason.line(error) {
      self.init(
        status: failed,
        complaint: Ending.lines(line, hint: "check the path, its permissions and the free space"))
    } else if Fieldbook.exitCode(for: error) == .success {
      self.init(status: 0, output: HelpText.tidied(Fieldbook.fullMessage(for: error)))
    } else if Fieldbook.exitCode(for: error) == .validationFailure {
      self.init(
        status: Fieldbook.exitCode(for: error).rawValue,
        complaint: Ending.wrongWords(Fieldbook.fullMessage(for: error), words: words))
    } else {
      self.init(
        status: failed,
        complaint: Ending.lines(
          Fieldbook.message(for: error), hint: "run fieldbook doctor to see if the replica is well")
      )
    }
  }

  init(status: Int32, output: String = "", complaint: String = "") {
    self.status = status
    self.output = output
    self.complaint = complaint
  }

  static func lines(_ message: String, hint: String) -> String {
    // What a person typed can be as long as a command line.
    let whole = Phrase(lowerFirst(message)).plain
    let message = whole.count > 2000 ? whole.prefix(2000) + "…" : whole
    return "error: \(message)\n" + (hint.isEmpty ? "" : "hint: \(Phrase(hint).plain)\n")
  }

  /// The parser's `Error: … Usage: … See …` in our form.
  private static func wrongWords(_ text: String, words: [String]) -> String {
    var message = ""
    var usage = ""
    var hint = ""
    for line in text.split(separator: "\n").map(String.init) {
      if line.hasPrefix("Error: ") {
        message = lowerFirst(String(line.dropFirst(7)))
      } else if line.hasPrefix("Usage: ") {
        usage = "usage: " + HelpText.brief(String(line.dropFirst(7)))
      } else if line.hasPrefix("  See '") {
        hint = "see '" + line.dropFirst(7)
      }
    }
    // The parser takes `-1` for an option.
    if let number = words.first(where: { $0.wholeMatch(of: #/-[0-9.]+/#) != nil }),
      message.hasPrefix("missing "), let name = message.split(separator: "'").dropFirst().first
    {
      message = "the value '\(number)' is invalid for '\(name)': it cannot be negative"
    }
    if words.first == "run", !words.contains("--") {
      hint = "put -- before the command: fieldbook run -- python train.py"
    }
    return "error: \(message)\n" + (usage.isEmpty ? "" : usage + "\n") + "hint: \(hint)\n"
  }

  private static func lowerFirst(_ text: String) -> String {
    guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return text }
    return first.lowercased() + text.dropFirst()
  }
}

/// A failure of ours after a command was begun: its status must not be taken for the command's.
struct RecordingFailed: Error {
  var reason: any Error
}

/// Exit statuses that scripts rely on.
enum Status {
  static let failed: Int32 = 1
  static let conflicts: Int32 = 3
  static let differences: Int32 = 4
  static let wrongWords: Int32 = 64
  /// Of `run` and `reproduce`, when Fieldbook itself failed and not the command.
  static let runFailed: Int32 = 125
}
