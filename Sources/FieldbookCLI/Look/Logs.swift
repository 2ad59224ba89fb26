import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct Logs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what a run's command printed.",
    discussion: """
      Its stdout goes to stdout and its stderr to stderr. What is known and not on this replica \
      is fetched from a remote first.

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
      let places = try RunOutput.allCases.compactMap { output in
        try output.place(run, in: workspace).map { (output, $0) }
      }
      let kept = places.compactMap { $0.1.artifact }
      let reasons = try await Fetching.bring(kept, to: workspace, console)
      if let absent = kept.first(where: { !workspace.contentStore.contains($0.digest) }) {
        throw NotFetched(
          what: absent.path, device: try workspace.run(run).device,
          isOwn: try Fetching.isOwn(run, workspace), reasons: reasons)
      }
      if console.isJSON { return console.show(try LogsDocument.read(run, places, workspace)) }
      guard !places.isEmpty else { return console.status(Phrase("no output was captured")) }
      var tails: [Tail] = []
      for (output, place) in places {
        let outlet = output == .stdout ? console.out : console.err
        switch place {
        case .live(let file): tails.append(try Tail(file: file, to: outlet))
        case .kept(let artifact): try workspace.readVerified(artifact) { outlet.write($0) }
        }
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

  static func read(
    _ run: RunID, _ places: [(RunOutput, RunOutput.Place)], _ workspace: Workspace
  ) throws -> LogsDocument {
    var document = LogsDocument(run: run)
    for (output, place) in places {
      var bytes: [UInt8] = []
      switch place {
      case .live(let file): bytes = Array(FileManager.default.contents(atPath: file) ?? Data())
      case .kept(let artifact): try workspace.readVerified(artifact) { bytes += $0 }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      switch output {
      case .stdout: document.stdout = text
      case .stderr: document.stderr = text
      }
    }
    return document
  }

  var json: JSON {
    ["run_id": .string(run.hex), "stdout": .optional(stdout), "stderr": .optional(stderr)]
  }

  func lay(on sheet: inout Sheet) {}
}
