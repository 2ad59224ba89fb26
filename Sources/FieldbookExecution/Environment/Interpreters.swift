import Foundation

/// The Python interpreters of this machine.
struct Interpreters {
  let variables: [String: String]
  /// Where the command runs: `.venv/bin/python` begins there.
  let folder: String
  private static let patience = Duration.seconds(20)

  /// The one that stands for a recorded command's first word: itself if it is there, else one of the same name, else any.
  ///
  /// - Parameter executable: what the interpreter said that it is; a path may have begun at a folder that is not here.
  func atHand(for word: String, executable: String? = nil)
    -> (program: String, facts: PythonFacts)?
  {
    let name = (word as NSString).lastPathComponent
    // Told by whoever recorded it.
    let own = word.contains("/") ? executable.flatMap { Interpreters.isPlain($0) ? $0 : nil } : nil
    return first([word, own, variables["FIELDBOOK_PYTHON"], name, "python3", "python"]) { _ in true
    }
  }

  /// One of a minor version, to make environments with; else any.
  func base(minor: String?) -> (program: String, facts: PythonFacts)? {
    let all = [minor.map { "python" + $0 }, variables["FIELDBOOK_PYTHON"], "python3", "python"]
    return first(all) { $0.minor == minor } ?? first(all) { _ in true }
  }

  private static func isPlain(_ executable: String) -> Bool {
    executable.hasPrefix("/") && PythonFacts.isInterpreter(executable)
  }

  private func first(_ programs: [String?], _ isGood: (PythonFacts) -> Bool)
    -> (program: String, facts: PythonFacts)?
  {
    for case let program? in programs where !program.isEmpty {
      let facts = PythonFacts.ask(
        program, folder: folder, variables: variables, patience: Interpreters.patience)
      if let facts, isGood(facts) { return (program, facts) }
    }
    return nil
  }
}
