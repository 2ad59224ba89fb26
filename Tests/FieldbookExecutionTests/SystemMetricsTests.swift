import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookExecution

@Suite("System metrics of a run")
struct SystemMetricsTests {
  @Test("a processor's share is of the ticks between two looks; waiting for a disk is not work")
  func processor() throws {
    let first = try #require(SystemMetrics.Processor("cpu  100 0 100 700 100 0 0 0 0 0\ncpu0 1"))
    let second = try #require(SystemMetrics.Processor("cpu  130 0 120 740 110 0 0 0 0 0\n"))
    #expect(second.busy(since: first) == 50)
    #expect(first.busy(since: first) == nil)
    for text in ["", "cpu", "cpu  1 2", "intr 5", "cpu  a b c d e"] {
      #expect(SystemMetrics.Processor(text) == nil)
    }
  }

  @Test("memory is what is not available")
  func memory() {
    let text = "MemTotal:       8000000 kB\nMemFree: 1 kB\nMemAvailable:   6000000 kB\n"
    #expect(
      SystemMetrics.memory(text) == [
        "system_memory_usage_megabytes": 2048, "system_memory_usage_percentage": 25,
      ])
    #expect(SystemMetrics.memory("MemTotal: x kB").isEmpty)
  }

  @Test("cards are told one by one, without what they do not tell")
  func cards() {
    let values = SystemMetrics.cards("50, 1000, 4000, 120.5\n7, 0, 0, [N/A]\nnonsense\n")
    #expect(values["gpu_0_utilization_percentage"] == 50)
    #expect(values["gpu_0_memory_usage_percentage"] == 25)
    #expect(values["gpu_0_power_usage_watts"] == 120.5)
    #expect(values["gpu_1_utilization_percentage"] == 7)
    #expect(
      values["gpu_1_power_usage_watts"] == nil && values["gpu_1_memory_usage_percentage"] == nil)
    #expect(values.count == 6)
  }

  @Test("the command's memory is that of all processes below, shared pages in parts")
  func processes() throws {
    let folder = try TemporaryFolder()
    func process(_ id: Int, _ parent: Int, pages: Int, pss: Int? = nil) throws {
      let path = folder.path + "/\(id)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      let fields = ["S", "\(parent)"] + Array(repeating: "0", count: 19) + ["\(pages)", "0"]
      try Data("\(id) (a) b) \(fields.joined(separator: " "))\n".utf8)
        .write(to: URL(fileURLWithPath: path + "/stat"))
      if let pss {
        try Data("0-1 rollup\nRss: 9 kB\nPss:   \(pss) kB\n".utf8)
          .write(to: URL(fileURLWithPath: path + "/smaps_rollup"))
      }
    }
    try process(10, 1, pages: 1000)
    try process(11, 10, pages: 3)
    try process(12, 11, pages: 999, pss: 5)
    try process(13, 1, pages: 1000)
    let page = Int64(sysconf(Int32(_SC_PAGESIZE)))
    #expect(ProcessTree.memory(below: 10, proc: folder.path) == 3 * page + 5 * 1024)
    #expect(ProcessTree.memory(below: 13, proc: folder.path) == nil)
    let child = try Command("sleep", ["60"]).start()
    defer { child.stop() }
    #expect((ProcessTree.memory(below: getpid()) ?? 0) > 0)
  }

  @Test("how often is a setting, and nonsense is refused")
  func setting() throws {
    func interval(_ text: String?) throws -> Duration? {
      try SystemMetrics.interval(text.map { ["FIELDBOOK_SYSTEM_METRICS": $0] } ?? [:])
    }
    #expect(try interval(nil) == .seconds(10) && interval("2.5") == .milliseconds(2500))
    #expect(try interval("off") == nil && interval("0") == nil)
    for text in ["soon", "-1", "nan", "1e9"] {
      #expect(throws: InvalidInput.self) { try interval(text) }
    }
  }

  @Test("points come while a run goes on, and none after it")
  func recorded() async throws {
    let folder = try TemporaryFolder()
    let workspace = try TestMachine.team(["ana"], root: folder.path, clock: ManualClock())[0]
    let run = try workspace.newRun("r")
    let smi = folder.path + "/nvidia-smi"
    try Data("#!/bin/sh\necho '40, 100, 200, 55'\n".utf8).write(to: URL(fileURLWithPath: smi))
    #expect(chmod(smi, 0o755) == 0)
    let task = try #require(
      try SystemMetrics.start(
        workspace, run, ["FIELDBOOK_SYSTEM_METRICS": "0.1", "PATH": folder.path + ":/bin:/usr/bin"])
    )
    let name = "system/gpu_0_utilization_percentage"
    for _ in 0..<600 {
      if try workspace.metricHistory(run, key: name).count >= 2 { break }
      try await Task.sleep(for: .milliseconds(50))
    }
    task.cancel()
    await task.value
    let points = try workspace.metricHistory(run, key: name)
    #expect(points.count >= 2 && points.allSatisfy { $0.value == 40 })
    #expect(points.map(\.step) == points.indices.map(Int64.init))
    #expect(try workspace.run(run).metrics["system/system_memory_usage_megabytes"] != nil)
    try await Task.sleep(for: .milliseconds(300))
    #expect(try workspace.metricHistory(run, key: name).count == points.count)
  }
}
