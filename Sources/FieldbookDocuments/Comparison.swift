import FieldbookModel
import FieldbookWorkspace

/// Runs side by side. What tells any two runs apart (id, name, times) is no difference.
package struct Comparison {
  package struct Row: Equatable {
    package var section: String
    package var key: String
    /// One for each run, nil where the run has none.
    package var values: [Value?]

    package var isDifferent: Bool { values.contains { $0 != values[0] } }
  }

  package enum Value: Equatable {
    case text(String)
    /// Equal by bits, so that NaN equals NaN.
    case number(UInt64)

    init(_ number: Double) { self = .number(number.bitPattern) }

    package var json: JSON {
      switch self {
      case .text(let text): .string(text)
      case .number(let bits): .number(Double(bitPattern: bits))
      }
    }
  }

  package var runs: [Run]
  package var rows: [Row]

  package init(runs: [Run]) {
    self.runs = runs
    rows =
      Comparison.rows("run", runs) { run in
        [
          "experiment": .text(run.experimentName), "status": .text(run.state.status.rawValue),
          "description": run.description.map { .text($0) },
          "labels": run.labels.isEmpty ? nil : .text(run.labels.joined(separator: ", ")),
        ].compactMapValues { $0 }
      }
      + Comparison.rows("params", runs) { $0.parameters.mapValues { .text($0) } }
      + Comparison.rows("metrics", runs) { $0.metrics.mapValues { Value($0.last.value) } }
      + Comparison.rows("tags", runs) { run in
        run.tags.filter { !Run.isOwnTag($0.key) }.mapValues { .text($0) }
      }
      + Comparison.datasets(runs)
      + Comparison.rows("environment", runs) { $0.environment.mapValues { .text($0) } }
  }

  /// By name; where a run used several of one name, by name and context. Content decides where all runs know it.
  private static func datasets(_ runs: [Run]) -> [Row] {
    let doubled = Set(
      runs.flatMap { run in
        Dictionary(grouping: run.datasets, by: \.name).filter { $1.count > 1 }.keys
      })
    func key(_ dataset: Dataset) -> String {
      guard doubled.contains(dataset.name), let context = dataset.context else {
        return dataset.name
      }
      return "\(dataset.name) (\(context))"
    }
    let unknown = Set(
      runs.flatMap(\.datasets).filter { $0.tags[ContentTag.content] == nil }.map(key))
    return rows("datasets", runs) { run in
      Dictionary(grouping: run.datasets, by: key).mapValues { same in
        let byContent = same.allSatisfy { !unknown.contains(key($0)) }
        return .text(
          same.map { $0.identity(byContent: byContent) }.sorted().joined(separator: ", "))
      }
    }
  }

  private static func rows(_ section: String, _ runs: [Run], _ values: (Run) -> [String: Value])
    -> [Row]
  {
    let columns = runs.map(values)
    let keys = Set(columns.flatMap(\.keys)).sorted()
    return keys.map { key in Row(section: section, key: key, values: columns.map { $0[key] }) }
  }
}

extension Comparison {
  package var json: JSON {
    [
      "runs": .strings(runs.map(\.id.hex)),
      "differences": .array(
        rows.filter(\.isDifferent).map { row in
          [
            "section": .string(row.section), "key": .string(row.key),
            "values": .array(row.values.map { $0?.json ?? .null }),
          ]
        }),
    ]
  }
}

extension Dataset {
  /// What tells two uses of a dataset apart.
  fileprivate func identity(byContent: Bool) -> String {
    byContent ? tags[ContentTag.content] ?? digest : digest
  }
}
