import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookWorkspace

/// What ordinary git clients, and git-lfs, may do with a replica's repository over HTTP: read it, as devices of the workspace.
///
/// Everything that is decided without sockets; `GitRoutes` carries it over HTTP.
package struct GitHosting: Sendable {
  /// Below it are git's addresses. What comes after it in a clone's name is cut off by git: the folder is `repository`.
  package static let path = "/repository.git"
  /// What a client says that it has and wants; of `git http-backend` the limit of what it takes in.
  static let questionBytes = 10 << 20
  static let conversations = 4
  static let conversationsWaiting = 32

  let workspace: Workspace
  let complaints: Complaints
  /// Behind TLS.
  let isSecure: Bool
  let program: any GitProgram

  package init(
    workspace: Workspace, complaints: Complaints = .silent, isSecure: Bool = false,
    program: any GitProgram
  ) {
    self.workspace = workspace
    self.complaints = complaints
    self.isSecure = isSecure
    self.program = program
  }

  /// The device that a request proves to come from.
  ///
  /// - Throws: `Workspace.TokenRefusal`.
  package func admit(_ authorization: String?) throws -> DeviceKey {
    guard let token = Credentials.token(authorization).flatMap(DeviceToken.init) else {
      throw Workspace.TokenRefusal.noToken
    }
    _ = try workspace.admit(token, for: .git)
    return token.device
  }

  /// Before the first run there is no repository yet; its branch of configs is made when somebody asks.
  func prepare() throws {
    try workspace.snapshots.bare.make()
    _ = try workspace.refreshConfigBranch()
  }

  /// Runs' artifacts are commits from when somebody names them.
  func prepare(_ asked: ReferenceQuestion) throws {
    switch asked.artifacts {
    case .none: break
    case .of(let runs): try workspace.refreshArtifactCommits(of: runs)
    case .all: try workspace.refreshArtifactCommits(of: nil)
    }
  }

  // MARK: What git is started with

  /// The two questions that a client has which only reads, in the protocol that is called smart.
  enum Question {
    /// Which references there are.
    case references
    case pack

    var path: String { self == .references ? "/info/refs" : "/git-upload-pack" }
    var query: String { self == .references ? "service=git-upload-pack" : "" }
    var method: String { self == .references ? "GET" : "POST" }
    var mediaType: String { self == .references ? "" : "application/x-git-upload-pack-request" }
  }

  /// - Parameters:
  ///   - version: what the client says of the protocol's version.
  ///   - encoding: of the body, `gzip` or nothing.
  ///   - asked: what it says of references.
  func variables(
    _ question: Question, version: String?, encoding: String?, body: [UInt8],
    asked: ReferenceQuestion
  ) -> [String: String] {
    let isSecond = GitHosting.isSecond(version)
    var settings = [
      ("http.getanyfile", "false"), ("http.receivepack", "false"), ("http.uploadpack", "true"),
      ("uploadpack.allowFilter", "true"), ("uploadpack.allowTipSHA1InWant", "true"),
      // The folder may belong to whoever made it; what is served is ours.
      ("safe.directory", "*"),
    ]
    // What comes later counts.
    settings.append(("transfer.hideRefs", "refs/fieldbook"))
    if isSecond, asked.namesRuns { settings.append(("transfer.hideRefs", "!refs/fieldbook")) }
    var variables = [
      "GIT_PROJECT_ROOT": workspace.snapshots.bare.path, "GIT_HTTP_EXPORT_ALL": "1",
      "PATH_INFO": question.path, "QUERY_STRING": question.query,
      "REQUEST_METHOD": question.method, "CONTENT_TYPE": question.mediaType,
      "CONTENT_LENGTH": String(body.count), "GATEWAY_INTERFACE": "CGI/1.1",
      "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "LC_ALL": "C",
      "GIT_CONFIG_COUNT": String(settings.count),
    ]
    for (place, setting) in settings.enumerated() {
      variables["GIT_CONFIG_KEY_\(place)"] = setting.0
      variables["GIT_CONFIG_VALUE_\(place)"] = setting.1
    }
    if let encoding, encoding == "gzip" { variables["HTTP_CONTENT_ENCODING"] = encoding }
    if isSecond { variables["GIT_PROTOCOL"] = "version=2" }
    return variables
  }

  /// - Parameter version: what a client says of the protocol's version.
  static func isSecond(_ version: String?) -> Bool {
    version?.split(separator: ":").contains("version=2") == true
  }
}
