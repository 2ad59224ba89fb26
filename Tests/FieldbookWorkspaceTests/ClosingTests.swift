import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@Suite("Closing a replica") struct ClosingTests {
  private let folder: TemporaryFolder
  private let workspace: Workspace

  init() throws {
    folder = try TemporaryFolder()
    workspace = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock())[0]
  }

  private var logBytes: Int {
    let path = workspace.dir + "/.fieldbook/replica.sqlite-wal"
    return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  private func write(_ workspace: Workspace) throws {
    for index in 0..<40 {
      let run = try workspace.createRun(
        RunDraft(experiment: Experiment.defaultID, name: "run \(index)"), durability: .script)
      let text = String(repeating: "0123456789", count: 3000)
      try workspace.setDescription(run.key, text, durability: .script)
    }
    _ = try workspace.runs(RunQuery())
  }

  private func reopened() throws -> Workspace {
    try Workspace.open(workspace.dir, environment: workspace.environment)
  }

  @Test("the last one copies a long write-ahead log back") func last() throws {
    try write(workspace)
    #expect(logBytes > 1 << 20)
    let state = try workspace.stateHash()
    try workspace.close()
    #expect(logBytes == 0)
    let again = try reopened()
    #expect(try again.stateHash() == state && again.runs(RunQuery()).items.count == 40)
    try again.close()
  }

  @Test("one of two leaves it to the other") func notLast() throws {
    let other = try reopened()
    try write(workspace)
    let state = try workspace.stateHash()
    try workspace.close()
    #expect(logBytes > 1 << 20)
    #expect(try other.stateHash() == state)
    try other.close()
    #expect(try reopened().runs(RunQuery()).items.count == 40)
  }
}
