import FieldbookModel
import Foundation

/// What the attributes of one run add up to, its series of numbers aside.
struct NeptuneState {
  private let run: NeptuneRun
  private var entries: BoundedEntries
  private var system: [String: String] = [:]
  private var paths: [(path: String, file: String)] = []
  private var series: [String: Int] = [:]

  init(_ run: NeptuneRun) {
    self.run = run
    entries = BoundedEntries(owner: run.id)
  }

  mutating func take(_ row: NeptuneRow) throws {
    switch row.type {
    case "float_series": break
    case "file", "file_series":
      let name =
        row.type == "file" ? row.path : row.path + "/" + String(Int64(exactly: row.step) ?? 0)
      if let file = row.values["file_value"] { paths.append((name, file)) }
      try BoundedEntries.check(paths.count, owner: run.id)
    case "string_series", "histogram_series": series[row.type, default: 0] += 1
    default:
      guard let value = row.single else { return }
      if row.path.hasPrefix("sys/") {
        system[row.path] = value
      } else {
        try entries.add(row.path, value)
      }
    }
  }

  func record(files: String?) -> ForeignRun {
    let key = ForeignKey.hashed("neptune run", [run.project, run.id])
    var record = ForeignRun(key: key, id: run.id, experiment: run.project)
    record.name = system["sys/name"] ?? run.id
    record.user = system["sys/owner"]
    record.description = system["sys/description"]
    record.startTime = system["sys/creation_time"].flatMap(NeptuneTime.milliseconds)
    let end = system["sys/modification_time"].flatMap(NeptuneTime.milliseconds)
    let status: RunStatus = system["sys/failed"]?.lowercased() == "true" ? .failed : .finished
    record.state = RunState(status: status, endTime: end.map(Timestamp.init(milliseconds:)))
    record.isDeleted = system["sys/trashed"]?.lowercased() == "true"
    record.parameters = entries.values
    record.tags = system.filter { !NeptuneState.fields.contains($0.key) }
    if let labels = system["sys/tags"].flatMap(NeptuneState.set) {
      record.labels = labels
      record.tags["sys/tags"] = nil
    }
    record.tags["neptune.run_id"] = run.id
    record.files = NeptuneFiles(root: files, files: paths)
    return record
  }

  /// Of a set as Parquet has it; CSV has none that could be read.
  private static func set(_ text: String) -> [String]? {
    try? JSONDecoder().decode([String].self, from: Data(text.utf8))
  }

  /// Attributes that are fields of their own here.
  private static let fields: Set<String> = ["sys/name", "sys/owner", "sys/description"]

  var left: [Left] {
    series.sorted { $0.key < $1.key }.map { type, count in
      Left(.points, run.id, reason: "values of a \(type), which is no metric", count: count)
    }
  }
}

/// Files of one run below the folder that the exporter put them into.
private struct NeptuneFiles: ForeignFiles {
  let root: String?
  let files: [(path: String, file: String)]

  func each(_ body: (ForeignFile) throws -> Void) throws {
    guard !files.isEmpty else { return }
    for (path, file) in files {
      var info = stat()
      let isThere = place(of: file).map { lstat($0, &info) == 0 } ?? false
      let stamp = Int64(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(info.st_mtim.tv_nsec)
      try body(
        ForeignFile(
          path: path, byteCount: isThere ? Int64(info.st_size) : 0, stamp: isThere ? stamp : 0))
    }
  }

  /// Nil for one that leads out of the folder.
  private func place(of file: String) -> String? {
    guard let root, StoreWriter.canName(file) else { return nil }
    return root + "/" + file
  }

  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void
  ) throws {
    guard let root, let named = files.first(where: { $0.path == file.path }),
      place(of: named.file) != nil
    else { throw MovingFailure.notThere(file.path) }
    try LocalFiles(root: root).withContent(
      of: ForeignFile(path: named.file, byteCount: file.byteCount, stamp: file.stamp),
      staging: staging, body)
  }
}
