import FieldbookModel

/// Why a run cannot be done again. Nothing was started.
package enum ReproductionFailure: Failure, Equatable {
  case noCommand(String)
  case noCode(String)
  /// A document of the snapshot that this program would not have written.
  case unreadable(String, String)
  /// So many words of the command were secrets, and are not kept.
  case secrets([String])
  case largeFiles([String])
  case noPython(String)
  case noPackages(String)
  case noEnvironment(String)
  case data([DataFinding])
  case noSuchData(String, known: [String])
  case notPlain(String)

  package var message: String {
    switch self {
    case .noCommand(let run): "the snapshot of run \(run) does not say what was run"
    case .noCode(let run): "the snapshot of run \(run) holds no code"
    case .unreadable(let run, let name): "\(name) in the snapshot of run \(run) does not read"
    case .secrets(let names):
      "the command had \(Amount.of(names.count, "secret")), which nobody kept: "
        + names.joined(separator: ", ")
    case .largeFiles(let paths):
      "large files of the code are not on this replica: " + Words.few(paths)
    case .noPython(let version):
      "there is no Python here that could stand for the recorded one, \(version)"
    case .noPackages(let run): "run \(run) recorded no Python packages to rebuild"
    case .noEnvironment(let reason): "the Python environment cannot be made: \(reason)"
    case .data(let findings): findings.map(\.complaint).joined(separator: "; ")
    case .noSuchData(let name, let known):
      known.isEmpty
        ? "the run recorded no data, so none is called \(name)"
        : "the run recorded no data called \(name), but \(known.joined(separator: ", "))"
    case .notPlain(let path):
      "a link stands on the way to \(path) in the snapshot, or something that is no folder"
    }
  }

  package var hint: String {
    switch self {
    case .noCommand, .noCode:
      "reproduce works on what fieldbook run recorded, unless it was told --no-snapshot"
    case .unreadable: "ask whoever made the run; fieldbook devices names them"
    case .secrets(let names):
      "set " + (1...max(1, names.count)).map { "FIELDBOOK_SECRET_\($0)" }.joined(separator: ", ")
        + " to what stood there"
    case .largeFiles: "sync with a peer that has them: fieldbook sync"
    case .noPython: "put one into PATH, or name it in FIELDBOOK_PYTHON"
    case .noPackages: "use --env reuse, and prepare the environment yourself"
    case .noEnvironment: "is its venv module installed (Debian: python3-venv)? Else use --env reuse"
    case .data(let findings):
      "say where it lies with --data \(findings.first?.name ?? "NAME")=PATH,"
        + " or go on with other data: --allow-data-change"
    case .noSuchData: "write --data NAME=PATH"
    case .notPlain: "use --dir, place the data yourself and run the command there"
    }
  }
}

enum Words {
  /// The first five, and how many there are beyond.
  static func few(_ words: [String]) -> String {
    let rest = words.count > 5 ? " and \(words.count - 5) more" : ""
    return words.prefix(5).joined(separator: ", ") + rest
  }
}
