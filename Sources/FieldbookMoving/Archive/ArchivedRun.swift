import FieldbookModel
import FieldbookWorkspace

/// The run of an archive as other trackers' runs come: by its own id, so that twice, or on two laptops, it is one run.
package struct ArchivedRun: Source {
  private let archive: RunArchive
  private let experiment: String
  private var manifest: RunManifest { archive.manifest }

  /// - Parameter experiment: the name that it has, or gets, here.
  package init(_ archive: RunArchive, experiment: String? = nil) {
    self.archive = archive
    self.experiment = experiment ?? archive.manifest.experiment
  }

  package var title: String { archive.path }

  package func census() throws -> Census {
    var census = Census()
    census[.experiments] = 1
    census[.runs] = 1
    census[.params] = manifest.parameters.count
    census[.tags] = manifest.tags.count
    census[.metrics] = Int(manifest.metrics.keys)
    census[.points] = Int(manifest.metrics.points)
    census[.files] = manifest.files.count
    census[.environment] = manifest.environment.count
    return census
  }

  package func read(_ sink: RecordSink) throws {
    var home = ForeignExperiment(name: experiment)
    home.createdTime = manifest.experimentTime
    try sink(.experiment(home))
    var run = ForeignRun(key: manifest.run.key, id: manifest.name, experiment: experiment)
    run.name = manifest.name
    run.user = manifest.user
    run.state = manifest.state
    run.startTime = manifest.startTime
    run.isDeleted = manifest.isDeleted
    run.parent = manifest.parent?.key
    run.description = manifest.description
    run.parameters = manifest.parameters
    run.tags = manifest.tags
    run.foundingTags = TravellingTags(manifest).tags
    run.environment = manifest.environment
    run.labels = manifest.labels
    run.datasets = manifest.datasets
    run.modelInputs = manifest.modelInputs
    run.modelOutputs = manifest.modelOutputs
    run.files = ArchivedFiles(files: manifest.files)
    try sink(.run(run))
    try archive.eachSeries { try sink(.points($0)) }
    try sink(.endOfRun)
  }
}

/// Files that are in the content store by now, or known of and not at hand.
private struct ArchivedFiles: ForeignFiles {
  let files: [RunManifest.File]

  func each(_ body: (ForeignFile) throws -> Void) throws {
    for file in files {
      let stamp = file.digest.bytes.prefix(8).reduce(Int64(0)) { $0 << 8 | Int64($1) }
      var one = ForeignFile(path: file.path, byteCount: file.byteCount, stamp: stamp)
      one.digest = file.digest
      try body(one)
    }
  }

  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void
  ) throws {
    throw MovingFailure.notThere(file.path)
  }
}
