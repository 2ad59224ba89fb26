import ArgumentParser
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct Logs: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what a run's command printed.",
    discussion: """
      Examples:
        fieldbook logs @last
        fieldbook logs @last --follow
      """)

  @Argument(help: "The run (default: @last).") var ref = "@last"
  @Flag(name: .long, help: "Its stderr instead of its stdout.") var stderr = false
  @Flag(name: [.short, .long], help: "Go on until the run ends.") var follow = false
  @OptionGroup var common: CommonOptions

  func run() async throws {
    try await common.withWorkspace { workspace, console in
      let run = try workspace.runID(ref)
      let name = stderr ? "stderr" : "stdout"
      let live = workspace.folder + "/live/\(run.hex).\(name)"
      guard let file = FileHandle(forReadingAtPath: live) else {
        return try printKept(workspace, run, name, console)
      }
      defer { try? file.close() }
      repeat {
        while let part = try file.read(upToCount: 65536), !part.isEmpty {
          console.out.write(String(decoding: part, as: UTF8.self))
        }
        if follow { try await Task.sleep(for: .milliseconds(250)) }
      } while follow && FileManager.default.fileExists(atPath: live)
    }
  }

  private func printKept(_ workspace: Workspace, _ run: RunID, _ name: String, _ console: Console) throws {
    let path = try workspace.artifactFile(run, path: "logs/\(name).txt")
    guard let file = FileHandle(forReadingAtPath: path) else { return }
    defer { try? file.close() }
    while let part = try file.read(upToCount: 65536), !part.isEmpty {
      console.out.write(String(decoding: part, as: UTF8.self))
    }
  }
}
