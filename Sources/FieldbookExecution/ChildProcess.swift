import Foundation
import Synchronization

/// A command whose output passes through live and is kept in files at the same time.
struct ChildProcess {
  var command: [String]
  var folder: String
  var environment: [String: String]
  var stdoutCopy: String
  var stderrCopy: String
  /// Where the child's stdout goes: with `--json` our own stdout is for the document.
  var stdoutTarget: FileHandle

  /// The status that `run` passes on: the code, 128+n for a signal, 126 and 127 for a command that cannot
  /// be executed or found.
  func run() async throws -> Int32 {
    guard let path = ChildProcess.find(command[0], variables: environment, folder: folder) else {
      return 127
    }
    guard FileManager.default.isExecutableFile(atPath: path) else { return 126 }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = Array(command.dropFirst())
    process.environment = environment
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let out = Pipe()
    let err = Pipe()
    process.standardOutput = out
    process.standardError = err
    let finished = AsyncStream<Int32>.makeStream()
    process.terminationHandler = { process in
      let status = process.terminationStatus
      finished.continuation.yield(
        process.terminationReason == .uncaughtSignal ? 128 + status : status)
      finished.continuation.finish()
    }
    do { try process.run() } catch { return 126 }
    let forwarding = ChildProcess.forwardSignals(to: process.processIdentifier)
    async let copiedOut: Void = ChildProcess.tee(out, to: stdoutTarget, copy: stdoutCopy)
    async let copiedErr: Void = ChildProcess.tee(err, to: .standardError, copy: stderrCopy)
    var status: Int32 = 125
    for await code in finished.stream { status = code }
    _ = await (copiedOut, copiedErr)
    for source in forwarding { source.cancel() }
    return status
  }

  private static func find(_ name: String, variables: [String: String], folder: String) -> String? {
    func exists(_ path: String) -> Bool {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && !isFolder.boolValue
    }
    if name.contains("/") {
      let path = name.hasPrefix("/") ? name : folder + "/" + name
      return exists(path) ? path : nil
    }
    return (variables["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
      .map { $0 + "/" + name }.first(where: exists)
  }

  /// On a terminal Ctrl-C reaches the child by itself; what is sent to us alone is passed on.
  private static func forwardSignals(to child: pid_t) -> [any DispatchSourceSignal] {
    [SIGINT, SIGTERM, SIGHUP, SIGQUIT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let isFromTerminal = (number == SIGINT || number == SIGQUIT) && isatty(STDIN_FILENO) == 1
        if !isFromTerminal { kill(child, number) }
      }
      source.resume()
      return source
    }
  }

  private static func tee(_ pipe: Pipe, to target: FileHandle, copy: String) async {
    _ = FileManager.default.createFile(atPath: copy, contents: nil)
    let kept = FileHandle(forWritingAtPath: copy)
    let reading = pipe.fileHandleForReading.fileDescriptor
    let writing = target.fileDescriptor
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
          let count = read(reading, &buffer, buffer.count)
          if count < 0 && errno == EINTR { continue }
          if count <= 0 { break }
          var sent = 0
          while sent < count {
            let written = write(writing, Array(buffer[sent..<count]), count - sent)
            if written <= 0 { break }  // Nobody reads any more; the copy still is kept.
            sent += written
          }
          try? kept?.write(contentsOf: Data(buffer[..<count]))
        }
        try? kept?.close()
        continuation.resume()
      }
    }
  }
}
