import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace

extension Workspace {
  /// One run with a few fields, and metrics if asked for.
  @discardableResult
  func record(_ name: String, points: Int = 0, keys: Int = 1) throws -> RunID {
    let experiment = try ensureExperiment(named: "digits", durability: .script)
    let run = try createRun(
      RunDraft(experiment: experiment, name: name, parameters: [EntryKey(unchecked: "lr"): "0.1"]),
      durability: .script)
    if points > 0 {
      var generator = SeededGenerator(seed: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
      let series = (0..<keys).map { key in
        MetricSeries(
          key: "m\(key)",
          points: (0..<points).map { step in
            MetricPoint(
              step: Int64(step), timestamp: Int64(step) * 1000,
              value: Double(bitPattern: generator.next() >> 2 | 1))
          })
      }
      try logBatch(run, parameters: [], metrics: series, tags: [], durability: .script)
    }
    return run
  }

  func origin(_ url: String) throws -> Remote {
    if let known = try remotes().first(where: { $0.name == "origin" }) {
      if known.url == url { return known }
      try removeRemote(name: "origin")
    }
    try addRemote(name: "origin", url: url)
    return try remote("origin")
  }
}
