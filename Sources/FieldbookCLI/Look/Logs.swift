import ArgumentParser
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct Logs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what a run's command printed.",
    discussion: """
      Its stdout goes to stdout and its stderr to stderr.

      Examples:
        fieldbook logs @last
        fieldbook logs @last --follow
      """)

  @Argument(help: .run) var ref: String
  @Flag(name: .shortAndLong, help: "Go on while the run goes on on this machine.")
  var follow = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withWorkspaceOpen { workspace, console in
      let run = try workspace.runID(ref)
      let files = try RunOutput.allCases.compactMap { output in
        try output.file(run, in: workspace).map { (output, $0) }
      }
      if console.isJSON { return console.show(try LogsDocument.read(run, files)) }
      guard !files.isEmpty else { return console.status(Phrase("no output was captured")) }
      let tails = try files.map { output, file in
        try Tail(file: file, to: output == .stdout ? console.out : console.err)
      }
      for tail in tails { try tail.copyNew() }
      while follow, RunOutput.allCases.contains(where: { $0.liveFile(run, in: workspace) != nil }) {
        try await Task.sleep(for: .milliseconds(200))
        for tail in tails { try tail.copyNew() }
      }
    }
  }
}

/// A file that may still grow, copied as far as it goes.
private struct Tail {
  private let handle: FileHandle
  private let outlet: Outlet

  init(file: String, to outlet: Outlet) throws {
    guard let handle = FileHandle(forReadingAtPath: file) else {
      throw FileFailure.cannotRead(file, reason: String(cString: strerror(errno)))
    }
    self.handle = handle
    self.outlet = outlet
  }

  /// Bytes as they are: a program's own colours are its own business.
  func copyNew() throws {
    while let data = try handle.read(upToCount: 1 << 16), !data.isEmpty {
      outlet.write(Array(data))
    }
  }
}

/// Texts of any length: a program may have written anything, so what is no UTF-8 is replaced.
struct LogsDocument: Document {
  var run: RunID
  var stdout: String?
  var stderr: String?

  static func read(_ run: RunID, _ files: [(RunOutput, String)]) throws -> LogsDocument {
    var document = LogsDocument(run: run)
    for (output, file) in files {
      let text = String(
        decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
      switch output {
      case .stdout: document.stdout = text
      case .stderr: document.stderr = text
      }
    }
    return document
  }

  var json: JSONValue {
    ["run_id": .string(run.hex), "stdout": .optional(stdout), "stderr": .optional(stderr)]
  }

  func lay(on sheet: inout Sheet) {}
}
