import Crypto
import FieldbookModel
import FieldbookReplication
import Foundation

extension Workspace {
  /// A new workspace with its first replica; its device is an admin and gives out version numbers.
  package static func create(
    in dir: String, name: String, device: String, owner: String, isHub: Bool,
    environment: WorkspaceEnvironment
  ) throws -> Workspace {
    try Check.entityName(name, what: "workspace")
    let (folder, key, halfMade) = try prepare(dir, device: device, environment: environment)
    let deviceKey = DeviceKey(bytes: Array(key.publicKey.rawRepresentation))!
    let nonce = environment.random(16)
    let id = Genesis.workspaceID(founder: deviceKey, nonce: nonce)
    let descriptor = ReplicaFolder.Descriptor(
      format: ReplicaFolder.format, workspace: id.hex, name: name, device: device, owner: owner,
      nonce: Hex.encode(nonce))
    try folder.make(descriptor, key: key)
    let workspace = try Workspace(folder: folder, environment: environment, isNew: true)
    try workspace.write(.person) { transaction in
      try begin(transaction, descriptor, nonce: nonce, founder: deviceKey, isHub: isHub)
      try transaction.seal()
    }
    try halfMade.finish()
    return workspace
  }

  /// The first ops of a workspace.
  static func begin(
    _ transaction: WriteTransaction, _ descriptor: ReplicaFolder.Descriptor, nonce: [UInt8],
    founder: DeviceKey, isHub: Bool
  ) throws {
    let id = Genesis.workspaceID(founder: founder, nonce: nonce)
    try transaction.create(
      .createWorkspace, id.key,
      [
        (.nonce, .bytes(nonce)), (.name, .text(descriptor.name)),
        (.allocator, .bytes(founder.bytes)),
      ])
    try transaction.enrol(
      founder, name: descriptor.device, owner: descriptor.owner, role: .admin, isHub: isHub)
    try transaction.create(
      .createExperiment, Experiment.defaultID.key, [(.name, .text(Experiment.defaultName))])
  }

  /// An empty replica of an existing workspace with a device key of its own. It is `pending` until enrolled.
  package static func createClone(
    in dir: String, workspaceID: WorkspaceID, name: String, device: String, owner: String,
    environment: WorkspaceEnvironment
  ) throws -> Workspace {
    let (folder, key, halfMade) = try prepare(dir, device: device, environment: environment)
    try folder.make(
      .init(
        format: ReplicaFolder.format, workspace: workspaceID.hex, name: name, device: device,
        owner: owner),
      key: key)
    let workspace = try Workspace(folder: folder, environment: environment, isNew: true)
    try halfMade.finish()
    return workspace
  }

  private static func prepare(_ dir: String, device: String, environment: WorkspaceEnvironment)
    throws -> (ReplicaFolder, Curve25519.Signing.PrivateKey, HalfMade)
  {
    try Check.entityName(device, what: "device")
    let folder = ReplicaFolder(dir: dir)
    try folder.refuseNetworkFilesystem()
    let halfMade = try HalfMade(folder)
    let key = try Curve25519.Signing.PrivateKey(rawRepresentation: environment.random(32))
    return (folder, key, halfMade)
  }

  /// Opens the replica in `dir/.fieldbook/`.
  package static func open(_ dir: String, environment: WorkspaceEnvironment) throws -> Workspace {
    let found = try openAsIs(dir, environment: environment)
    guard try found.finishHandOver() else { return found }
    return try openAsIs(dir, environment: environment)
  }

  private static func openAsIs(_ dir: String, environment: WorkspaceEnvironment) throws -> Workspace
  {
    let folder = ReplicaFolder(dir: dir)
    guard !HalfMade.isAt(folder) else { throw WorkspaceFailure.halfMade(dir) }
    return try Workspace(folder: folder, environment: environment)
  }

  /// The folder that holds `.fieldbook/`: as told, else `FIELDBOOK_DIR`, else the nearest one upward.
  package static func find(
    explicit: String?, from folder: String, variables: [String: String]
  ) throws -> String {
    func holds(_ dir: String) -> Bool {
      FileManager.default.fileExists(atPath: ReplicaFolder(dir: dir).descriptor)
    }
    if let told = explicit ?? variables["FIELDBOOK_DIR"], !told.isEmpty {
      guard holds(told) else { throw WorkspaceFailure.holdsNoReplica(told) }
      return told
    }
    var current = folder
    while true {
      if holds(current) { return current }
      let parent = PathText.folder(of: current)
      guard parent != current, !parent.isEmpty else {
        throw WorkspaceFailure.notAReplica(folder)
      }
      current = parent
    }
  }

  /// As the log names it; before the first sync, as the clone was told.
  package var name: String {
    (try? store.inspect { try $0.workspaceName() }).flatMap { $0 } ?? descriptor.name
  }

  package var isPending: Bool {
    ((try? store.inspect { try $0.role(of: deviceKey) }) ?? nil) == nil
  }

  package var device: Device {
    let known = try? devices().first { $0.isSelf }
    return known
      ?? Device(
        key: deviceKey, name: descriptor.device, owner: descriptor.owner, role: .writer,
        isHub: false,
        isSelf: true, enrolledTime: Timestamp(milliseconds: environment.now()), lastSeen: nil)
  }
}
