import FieldbookModel
import Foundation

/// What Neptune's exporter wrote: Parquet, or CSV with the same columns.
///
/// A row is a value of an attribute of a run; a file holds rows of one run, and is called `RUN_part_N.parquet`. Source: the exporter's
/// README, "Data layout on disk" and "Parquet schema".
package final class NeptuneFolder: Source {
  package let title: String
  private let tables: [String]
  private let files: String?
  private let stepMultiplier: Double
  private let openParquet: (String) throws -> ParquetTables
  private var parquet: ParquetTables?

  /// - Parameter files: the folder that the exporter put files into; nil where there is none.
  /// - Parameter stepMultiplier: Neptune's steps can have fractions, ours are whole.
  /// - Parameter parquet: starts what reads Parquet, given the first such file.
  package init(
    path: String, files: String? = nil, stepMultiplier: Int = 1,
    parquet: @escaping (String) throws -> ParquetTables
  ) throws {
    title = path
    openParquet = parquet
    self.files = files
    self.stepMultiplier = Double(stepMultiplier)
    try LocalFiles.requireFolder(path, what: "Neptune export")
    var found: Set<String> = []
    try LocalFiles(root: path).each { file in
      if NeptuneFolder.endings.contains(where: file.path.hasSuffix) {
        found.insert(path + "/" + file.path)
      }
    }
    // Where somebody made CSV of a Parquet file, it is the same once more.
    tables = found.filter { table in
      !table.hasSuffix(".parquet") || !found.contains(table.dropLast(8) + ".csv")
    }.sorted()
    guard !tables.isEmpty else {
      throw MovingFailure.notA(
        what: "Neptune export", path: path, reason: "there is no Parquet or CSV file in it")
    }
  }

  private static let endings = [".parquet", ".csv"]

  private func rows(of table: String) throws -> CSVRows {
    guard table.hasSuffix(".parquet") else { return try CSVRows(table) }
    let reader = try parquet ?? openParquet(table)
    parquet = reader
    return try reader.rows(table)
  }

  /// Counted by reading the tables once more, without making anything of them.
  package func census() throws -> Census {
    var runs: Set<NeptuneRun> = []
    try each { runs.insert($0.run) }
    var census = Census()
    census[.runs] = runs.count
    return census
  }

  package func read(_ sink: RecordSink) throws {
    var runs: [NeptuneRun: NeptuneState] = [:]
    var order: [NeptuneRun] = []
    try each { row in
      if runs[row.run] == nil { order.append(row.run) }
      try runs[row.run, default: NeptuneState(row.run)].take(row)
    }
    var known: Set<String> = []
    for run in order where known.insert(run.project).inserted {
      try sink(.experiment(ForeignExperiment(name: run.project)))
    }
    for run in order {
      guard let state = runs[run] else { continue }
      for left in state.left { try sink(.left(left)) }
      try sink(.run(state.record(files: files)))
      try each(of: run) { row in
        guard row.type == "float_series", let value = row.number else { return }
        let step = row.step * stepMultiplier
        guard let whole = Int64(exactly: step) else {
          return try sink(
            .left(
              Left(
                .points, "\(run.id): \(row.path) at \(row.step)",
                reason: "the step is not whole: give --step-multiplier")))
        }
        try sink(
          .points(
            MetricSeries(
              key: row.path,
              points: [MetricPoint(step: whole, timestamp: row.time ?? 0, value: value)])))
      }
      try sink(.endOfRun)
    }
  }

  /// - Parameter run: of this one, and of the tables alone that hold it.
  private func each(of run: NeptuneRun? = nil, _ body: (NeptuneRow) throws -> Void) throws {
    for table in tables {
      if let run, holders[table]?.contains(run) == false { continue }
      var found: Set<NeptuneRun> = []
      let rows = try rows(of: table)
      let columns = try NeptuneColumns(try rows.row() ?? [], path: table)
      while let fields = try rows.row() {
        if fields == [""] { continue }
        let row = try columns.row(fields, number: rows.count)
        found.insert(row.run)
        if run == nil || row.run == run { try body(row) }
      }
      holders[table] = found
    }
  }

  private var holders: [String: Set<NeptuneRun>] = [:]
}

struct NeptuneRun: Hashable {
  var project: String
  var id: String
}
