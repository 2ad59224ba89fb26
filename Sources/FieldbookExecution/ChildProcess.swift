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
  func run() async throws -> Int32 {
    guard let path = Spawn.find(command[0], variables: environment, folder: folder) else {
      return 127
    }
    guard FileManager.default.isExecutableFile(atPath: path) else { return 126 }
    let (out, err, ending) = try (OwnPipe(), OwnPipe(), OwnPipe())
    let forwarding = await SignalForwarding.start()
    defer { forwarding.stop() }
    let child = Spawn.start(
      path, Array(command.dropFirst()), variables: environment, folder: folder,
      output: out.writeEnd, errors: err.writeEnd)
    out.closeWriteEnd()
    err.closeWriteEnd()
    guard let child else { return 126 }
    forwarding.begin(to: child)
    async let copiedOut: Void = OutputCopy.run(
      from: out, until: ending, to: stdoutTarget.fileDescriptor, keeping: stdoutCopy)
    async let copiedErr: Void = OutputCopy.run(
      from: err, until: ending, to: stderrTarget.fileDescriptor, keeping: stderrCopy)
    let status = await Blocking.run { Spawn.wait(for: child) }
    forwarding.stop()
    ending.closeWriteEnd()
    _ = await (copiedOut, copiedErr)
    return status
  }
}
