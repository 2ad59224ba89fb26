import FieldbookExecution
import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Foundation

/// `fieldbook server --background`, `--stop` and `--status`: a server of its own session, known by the lock that it holds.
struct BackgroundServer {
  /// Its `.fieldbook`.
  let folder: String

  var log: BoundedLog { BoundedLog(folder + "/server.log") }

  /// Starts this program again with `words`, and waits until it listens.
  ///
  /// - Returns: the server, and whether it ran already.
  /// - Throws: `BackgroundFailure`.
  func start(
    _ words: [String], variables: [String: String], seconds: Int = 60
  ) throws -> (record: ServerRecord, wasThere: Bool) {
    if let known = ServerRecord.live(in: folder) { return (try settled(known), true) }
    log.turn(moving: [])
    let output = log.opened()
    let input = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard output >= 0, input >= 0 else {
      throw BackgroundFailure.notStarted(String(cString: strerror(errno)))
    }
    defer {
      close(output)
      close(input)
    }
    guard let program = Bundle.main.executablePath,
      let child = Spawn.start(
        program, words, variables: variables, folder: FileManager.default.currentDirectoryPath,
        input: input, output: output, errors: output, inOwnSession: true)
    else { throw BackgroundFailure.notStarted("the program cannot be started again") }
    for _ in 0..<(seconds * 50) {
      if let record = ServerRecord.live(in: folder), record.pid == child, !record.url.isEmpty {
        return (record, false)
      }
      if let status = Spawn.status(of: child) {
        // Another may have been a moment earlier.
        if let other = ServerRecord.live(in: folder) { return (try settled(other), true) }
        throw BackgroundFailure.ended(status: status, said: log.tail())
      }
      usleep(20_000)
    }
    kill(child, SIGTERM)
    _ = Spawn.wait(for: child)
    throw BackgroundFailure.notReady(seconds: seconds, said: log.tail())
  }

  /// One that is about to listen has no address yet.
  private func settled(_ record: ServerRecord) throws -> ServerRecord {
    for _ in 0..<500 {
      guard let known = ServerRecord.live(in: folder) else { break }
      if !known.url.isEmpty { return known }
      usleep(20_000)
    }
    throw BackgroundFailure.notReady(seconds: 10, said: log.tail())
  }
}

enum BackgroundFailure: Failure, Equatable {
  case notStarted(String)
  case ended(status: Int32, said: String)
  case notReady(seconds: Int, said: String)
  case stillThere(pid: Int32)
  case runsAlready(String)

  var message: String {
    switch self {
    case .notStarted(let reason): "the server could not be started: \(reason)"
    case .ended(let status, let said):
      "the server ended with status \(status)" + (said.isEmpty ? "" : ":\n" + said)
    case .notReady(let seconds, let said):
      "the server did not listen within \(seconds) seconds" + (said.isEmpty ? "" : ":\n" + said)
    case .stillThere(let pid): "the server (process \(pid)) has not ended yet"
    case .runsAlready(let url): "a server of this replica runs already, at \(url)"
    }
  }

  var hint: String {
    switch self {
    case .notStarted: "check the permissions of .fieldbook and the free space"
    case .ended, .notReady: "the whole log is in .fieldbook/server.log"
    case .stillThere(let pid): "it finishes what is under way; if need be: kill -KILL \(pid)"
    case .runsAlready: "end it first: fieldbook server --stop"
    }
  }
}
