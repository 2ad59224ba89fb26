/// What an entity is. The raw values are part of the log's format.
package enum EntityKind: UInt8, Sendable, CaseIterable {
  case workspace = 1
  case device = 2
  case experiment = 3
  case run = 4
  case model = 5
  case version = 6
  case loggedModel = 7
  case trace = 8
  case config = 9

  package var name: String {
    switch self {
    case .workspace: "workspace"
    case .device: "device"
    case .experiment: "experiment"
    case .run: "run"
    case .model: "model"
    case .version: "version"
    case .loggedModel: "logged_model"
    case .trace: "trace"
    case .config: "config"
    }
  }
}
