import FieldbookModel

extension EntityReference {
  /// The id that other documents give it.
  package var publicID: String {
    switch kind {
    case .experiment: ExperimentID(key).decimal
    case .loggedModel: LoggedModelID(key).modelText
    case .trace: TraceID(key).traceText
    case .workspace, .device, .run, .model, .version, .config: key.hex
    }
  }

  package var json: JSON {
    ["type": .string(kind.name), "id": .string(publicID), "name": .string(name)]
  }
}
