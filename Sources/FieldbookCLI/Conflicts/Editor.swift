import FieldbookModel
import Foundation

/// The person's own text editor.
enum Editor {
  /// The text as it was when the editor ended well.
  ///
  /// The command is `VISUAL`, else `EDITOR`, else `vi`, as a shell reads it. A text that is not
  /// accepted stays where it was written, for nobody likes to write twice.
  ///
  /// - Parameters:
  ///   - ending: of the file's name, so that the editor knows what it is.
  ///   - check: throws for a text that cannot be taken.
  static func edit(
    _ text: String, variables: [String: String], ending: String = ".md",
    accepts: (String) -> Bool = { _ in true }, check: (String) throws -> Void = { _ in }
  ) throws -> String {
    let name = "fieldbook-\(UUID().uuidString.prefix(8))\(ending)"
    let file = (NSTemporaryDirectory() as NSString).appendingPathComponent(name)
    let isMade = FileManager.default.createFile(
      atPath: file, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
    guard isMade else { throw EditorFailure.cannotStart("\(file) cannot be written") }
    let command =
      [variables["VISUAL"], variables["EDITOR"], "vi"].compactMap { $0 }
      .first { !$0.isEmpty } ?? "vi"
    do {
      try run(command, on: file)
    } catch EditorFailure.endedBadly(let command, _) {
      // What somebody wrote is not lost with an editor that crashed.
      let isTouched = (try? FileCopy.text(file)) != text
      if !isTouched { try? FileManager.default.removeItem(atPath: file) }
      throw EditorFailure.endedBadly(command, file: isTouched ? file : nil)
    } catch {
      try? FileManager.default.removeItem(atPath: file)
      throw error
    }
    let edited = try FileCopy.text(file)
    guard accepts(edited) else { throw EditorFailure.unresolved(file: file) }
    do {
      try check(edited)
    } catch let refusal as InvalidInput {
      throw EditorFailure.refused(reason: refusal.message, file: file)
    }
    try? FileManager.default.removeItem(atPath: file)
    return edited
  }

  /// As git does it: the shell reads the command, so that `code --wait` works.
  private static func run(_ command: String, on file: String) throws {
    let words = ["sh", "-c", command + " \"$@\"", command, file]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    // Ctrl-C is for the editor while it runs.
    let interrupt = signal(SIGINT, SIG_IGN)
    let quit = signal(SIGQUIT, SIG_IGN)
    defer {
      signal(SIGINT, interrupt)
      signal(SIGQUIT, quit)
    }
    var pid: pid_t = 0
    let problem = posix_spawn(&pid, "/bin/sh", nil, nil, arguments, environ)
    guard problem == 0 else {
      throw EditorFailure.cannotStart(String(cString: strerror(problem)))
    }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else {
        throw EditorFailure.cannotStart(String(cString: strerror(errno)))
      }
    }
    guard status == 0 else { throw EditorFailure.endedBadly(command, file: nil) }
  }
}

enum EditorFailure: Failure, Equatable {
  case cannotStart(String)
  /// With the file, if something was written into it.
  case endedBadly(String, file: String?)
  case unresolved(file: String)
  case refused(reason: String, file: String)
  case untouched

  var message: String {
    switch self {
    case .cannotStart(let reason): "the editor cannot be started: \(reason)"
    case .endedBadly(let command, _): "'\(command)' ended with an error, nothing was changed"
    case .unresolved: "the text still has conflict markers, nothing was changed"
    case .refused(let reason, _): reason + ", nothing was changed"
    case .untouched: "the text was left as it was, so nothing was decided"
    }
  }

  var hint: String {
    switch self {
    case .cannotStart, .endedBadly(_, nil): "name an editor: export EDITOR=nano"
    case .endedBadly(_, let file?):
      "name another editor: export EDITOR=nano; your text is in \(file)"
    case .unresolved(let file):
      "take out the lines that begin with <<<<<<<, ======= and >>>>>>>; your text is in \(file)"
    case .refused(_, let file): "mend it there and give it as a file; your text is in \(file)"
    case .untouched: "to take a side as it is: --take a"
    }
  }
}
