import FieldbookWorkspace

/// A source, taken into a workspace from its beginning to its end.
package enum Intake {
  /// - Parameter tell: is shown how far it came.
  @discardableResult
  package static func run(
    _ source: any Source, into workspace: Workspace, tell: @escaping (Census) -> Void = { _ in }
  ) throws -> MoveReport {
    let recorder = Recorder(workspace, source: source.title, tell: tell)
    try source.read { try recorder.take($0) }
    return try recorder.finish(source.census())
  }
}
