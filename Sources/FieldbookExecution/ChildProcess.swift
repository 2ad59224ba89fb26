import Foundation

/// A command whose output passes through live and is kept in files at the same time.
struct ChildProcess {
  var command: [String]
  var folder: String
  var environment: [String: String]
  var stdoutCopy: String
  var stderrCopy: String
  /// Where the child's stdout goes: with `--json` our own stdout is for the document.
  var stdoutTarget: FileHandle
  var stderrTarget = FileHandle.standardError

  /// The status that `run` passes on: the code, 128+n for a signal, 126 and 127 for a command that cannot
  /// be executed or found.
  func run() async throws -> Int32 { try await runTelling().status }

  /// - Returns: also which streams were not kept to their end, and why.
  func runTelling() async throws -> (status: Int32, lost: [String]) {
    guard let path = Spawn.find(command[0], variables: environment, folder: folder) else {
      return (127, [])
    }
    guard FileManager.default.isExecutableFile(atPath: path) else { return (126, []) }
    let (out, err, ending) = try (OwnPipe(), OwnPipe(), OwnPipe())
    let forwarding = await SignalForwarding.start()
    defer { forwarding.stop() }
    let child = Spawn.start(
      path, Array(command.dropFirst()), variables: environment, folder: folder,
      output: out.writeEnd, errors: err.writeEnd)
    out.closeWriteEnd()
    err.closeWriteEnd()
    guard let child else { return (126, []) }
    forwarding.begin(to: child)
    async let copiedOut = OutputCopy.run(
      from: out, until: ending, to: stdoutTarget.fileDescriptor, keeping: stdoutCopy)
    async let copiedErr = OutputCopy.run(
      from: err, until: ending, to: stderrTarget.fileDescriptor, keeping: stderrCopy)
    let status = await Blocking.run { Spawn.wait(for: child) }
    forwarding.stop()
    ending.closeWriteEnd()
    let troubles = await (("stdout", copiedOut), ("stderr", copiedErr))
    let lost = [troubles.0, troubles.1].compactMap { stream, reason in
      reason.map { "the rest of \(stream) (\($0))" }
    }
    return (status, lost)
  }
}
