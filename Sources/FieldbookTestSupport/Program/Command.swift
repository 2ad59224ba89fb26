import FieldbookExecution
import Foundation

/// A program and what it is to be started with.
///
/// Foundation's `Process` is not used: it watches for the end of its children with select(2), and writes past that call's
/// set of 1,024 once a test has more files open.
package struct Command: Sendable {
  /// Looked for as a shell does, if it has no slash.
  package var program: String
  package var words: [String]
  package var variables: [String: String]
  package var folder: String

  package init(
    _ program: String, _ words: [String],
    variables: [String: String] = ProcessInfo.processInfo.environment,
    folder: String = FileManager.default.currentDirectoryPath
  ) {
    self.program = program
    self.words = words
    self.variables = variables
    self.folder = folder
  }

  /// Reads nothing from stdin, unless it is given one.
  ///
  /// - Parameter output: a descriptor for what it prints; nil for nowhere.
  package func start(input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil) throws
    -> Child
  {
    let nowhere = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(nowhere) }
    guard let path = Spawn.find(program, variables: variables, folder: folder),
      let id = Spawn.start(
        path, words, variables: variables, folder: folder, input: input ?? nowhere,
        output: output ?? nowhere, errors: errors ?? nowhere)
    else { throw TestFailure("\(program) cannot be started") }
    return Child(id: id)
  }

  /// What a program said, and how it ended.
  package struct Answer: Sendable {
    /// Of a program that a signal ended: 128 and its number.
    package var status: Int32
    package var out: String
    package var err: String

    /// The JSON document on stdout.
    package var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data(out.utf8))) as? [String: Any] ?? [:]
    }
  }

  /// Starts it, and waits until it has said all and ended.
  ///
  /// - Parameter joined: what it prints to stderr is put among the rest, as a terminal shows it.
  @discardableResult
  package func answer(joined: Bool = false) throws -> Answer {
    let folder = try TemporaryFolder()
    let paths = ["/out", "/err"].map { folder.path + $0 }
    let files = paths.map { open($0, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600) }
    defer { for file in files { close(file) } }
    let status = try start(output: files[0], errors: files[joined ? 0 : 1]).wait()
    func text(_ path: String) -> String {
      String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }
    return Answer(status: status, out: text(paths[0]), err: text(paths[1]))
  }
}
