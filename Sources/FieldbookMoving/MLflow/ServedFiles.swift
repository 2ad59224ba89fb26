import FieldbookModel
import Foundation

/// Files of a run, a logged model or a trace, as a tracking server gives them.
struct ServedFiles: ForeignFiles {
  enum Owner: Sendable {
    case run(String)
    case model(String)
    /// Of which the server lists none, unless it keeps the files itself.
    case trace(String)
  }

  let client: TrackingClient
  /// As the server says where they are.
  let root: String
  let owner: Owner

  private static let depthLimit = 100
  private static let unknownSize: Int64 = -1

  func each(_ body: (ForeignFile) throws -> Void) throws {
    do { try walk("", depth: 0, body) } catch MovingFailure.refused(_, let status, _)
      where status == 404 || status == 400 || status == 500
    {
      throw MovingFailure.notThere(root)
    }
  }

  private func walk(_ folder: String, depth: Int, _ body: (ForeignFile) throws -> Void) throws {
    guard depth < ServedFiles.depthLimit else {
      throw MovingFailure.damaged(path: root, reason: "folders are nested too deeply")
    }
    var token: String?
    var pages = 0
    repeat {
      let answer = try list(folder, token)
      for file in answer["files"]?.items ?? [] {
        guard let path = file["path"]?.string else { continue }
        if file["is_dir"] == .bool(true) {
          guard path.utf8.count > folder.utf8.count else { continue }
          try walk(path, depth: depth + 1, body)
        } else {
          let size = file["file_size"]?.wholeNumber ?? ServedFiles.unknownSize
          // A server says no more of a file than how long it is.
          try body(ForeignFile(path: path, byteCount: size, stamp: 0))
        }
      }
      token = answer["next_page_token"]?.string.flatMap { $0.isEmpty ? nil : $0 }
      pages += 1
      try BoundedEntries.check(pages, owner: root)
    } while token != nil
  }

  private func list(_ folder: String, _ token: String?) throws -> JSON {
    let path = folder.isEmpty ? nil : folder
    switch owner {
    case .trace:
      guard let proxied else { throw MovingFailure.notThere(root) }
      let answer = try client.get(
        "/api/2.0/mlflow-artifacts/artifacts",
        ["path": folder.isEmpty ? proxied : proxied + "/" + folder])
      return answer.prefixed(by: folder)
    case .run(let id):
      return try client.get(
        "/api/2.0/mlflow/artifacts/list", ["run_id": id, "path": path, "page_token": token])
    case .model(let id):
      return try client.get(
        "/api/2.0/mlflow/logged-models/\(TrackingClient.escaped(id, keeping: ""))/artifacts/directories",
        ["artifact_directory_path": path, "page_token": token])
    }
  }

  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void
  ) throws {
    let place = try staging()
    defer { try? FileManager.default.removeItem(atPath: place) }
    try fetch(file, to: place)
    var info = stat()
    let isWhole =
      stat(place, &info) == 0
      && (file.byteCount == ServedFiles.unknownSize || info.st_size == file.byteCount)
    guard isWhole else {
      throw MovingFailure.unreachable(url: client.base, reason: "\(file.path) came cut short")
    }
    try body(place)
  }

  private func fetch(_ file: ForeignFile, to place: String) throws {
    if let folder = proxied {
      let path = TrackingClient.escaped(folder + "/" + file.path, keeping: "/")
      return try client.download("/api/2.0/mlflow-artifacts/artifacts/" + path, [:], to: place)
    }
    switch owner {
    case .trace: throw MovingFailure.notThere(root)
    case .run(let id):
      try client.download("/get-artifact", ["run_uuid": id, "path": file.path], to: place)
    case .model(let id):
      try client.download(
        "/ajax-api/2.0/mlflow/logged-models/\(TrackingClient.escaped(id, keeping: ""))/artifacts/files",
        ["artifact_file_path": file.path], to: place)
    }
  }

  /// Below the server's own store, if it keeps the files itself.
  private var proxied: String? {
    guard root.hasPrefix("mlflow-artifacts:") else { return nil }
    let path = ArtifactPlaces.path(root)
    return String(path.drop { $0 == "/" })
  }
}

extension JSON {
  /// A list of base names, as names below the folder that was asked for.
  fileprivate func prefixed(by folder: String) -> JSON {
    let files = (self["files"]?.items ?? []).map { file -> JSON in
      .object([
        "path": file["path"]?.string.map { .string(folder.isEmpty ? $0 : folder + "/" + $0) },
        "is_dir": file["is_dir"], "file_size": file["file_size"],
      ])
    }
    return .object(["files": .array(files)])
  }
}
