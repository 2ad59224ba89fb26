import FieldbookModel
import FieldbookWorkspace

/// Things that a test needs and says nothing of.
extension Workspace {
  @discardableResult
  package func newRun(
    _ name: String? = nil, durability: Durability = .person
  ) throws -> RunID {
    try createRun(
      RunDraft(experiment: Experiment.defaultID, name: name), durability: durability)
  }

  /// All bytes of a file of a run, verified.
  package func content(_ run: RunID, _ path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try readVerified(try heldArtifact(run, path: path)) { bytes += $0 }
    return bytes
  }

  package func newModel(_ name: String = "m") throws -> ModelID {
    try createModel(named: name, description: nil, tags: [:], durability: .person)
  }

  @discardableResult
  package func newVersion(of model: ModelID, source: String = "s") throws -> ModelVersion {
    try createVersion(
      of: model, source: source, run: nil, description: nil, tags: [:], durability: .person)
  }

  /// Of all runs that are shown, sorted.
  package func runNames() throws -> [String] {
    try runs(RunQuery(limit: 1000)).items.map(\.name).sorted()
  }
}
