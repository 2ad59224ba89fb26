import Crypto
import FieldbookModel
import FieldbookReplication
import Foundation

/// Replacing a device's key by a new one, in two steps: others must know the new key before it is used.
///
/// Each step can break off anywhere and be asked for again. A file `device.key.next` holds the key that was announced.
extension Workspace {
  package enum RotationState: Sendable, Equatable {
    case none
    /// The next key is in the log, and not in use yet.
    case announced(DeviceKey)
    /// The present key is in use, and the one before it is not retired yet.
    case unfinished(former: DeviceKey)
  }

  package func keyRotation() throws -> RotationState {
    if let next = try folderFiles.readNextKey().map(DeviceKey.init(of:)),
      try role(of: next) != nil
    {
      return .announced(next)
    }
    let former = try store.inspect { try $0.predecessor(of: deviceKey) }
    guard let former, try !isRevoked(former) else { return .none }
    return .unfinished(former: former)
  }

  /// True for a key that an earlier one of the same device let in, as far as the log here says.
  package func isSuccessor(_ key: DeviceKey, of former: DeviceKey) throws -> Bool {
    guard try role(of: key) != nil else { return false }
    var current = key
    for _ in 0..<100 {
      guard let before = try store.inspect({ try $0.predecessor(of: current) }) else {
        return false
      }
      if before == former { return true }
      current = before
    }
    return false
  }

  /// First step: lets the next key in. It has the rights of the present one.
  package func announceNextKey() throws -> DeviceKey {
    guard let role = try role(of: deviceKey) else { throw RotationFailure.notEnrolled }
    if case .announced(let next) = try keyRotation() { return next }
    let key: Curve25519.Signing.PrivateKey
    if let kept = try folderFiles.readNextKey() {
      key = kept
    } else {
      key = try Curve25519.Signing.PrivateKey(rawRepresentation: environment.random(32))
      try folderFiles.writeNextKey(key)
    }
    let next = DeviceKey(of: key)
    let me = device
    try write(.person) {
      try $0.enrol(
        next, name: me.name, owner: me.owner, role: role, isHub: me.isHub && role == .admin,
        succession: (deviceKey, Succession.consent(of: key, former: deviceKey, in: id)))
    }
    try seal()
    return next
  }

  /// Second step: from now on the next key writes. This replica is closed by it, and has to be opened again.
  ///
  /// - Throws: `RotationFailure.runsAreOpen` while runs of this device go on: only the key that began a run ends it.
  package func adoptNextKey() throws {
    guard case .announced(let next) = try keyRotation() else { throw RotationFailure.notAnnounced }
    let open = try store.inspect { try $0.openRuns(of: deviceKey) }
    guard open.isEmpty else { throw RotationFailure.runsAreOpen(open.map(\.hex)) }
    try seal()
    // From here on nobody writes with the old key, whichever process has the replica open.
    try write(.person) { try $0.handOver(to: next) }
    try close()
    try folderFiles.adoptNextKey()
  }

  /// A hand-over that broke off before the key's file was exchanged is carried through. True if it was: then this replica
  /// is closed, and has to be opened again.
  func finishHandOver() throws -> Bool {
    guard let writer = try store.inspect({ try $0.handedOverTo() }), writer != deviceKey,
      let next = try folderFiles.readNextKey(), DeviceKey(of: next) == writer
    else { return false }
    try close()
    try folderFiles.adoptNextKey()
    return true
  }

  /// After `adoptNextKey`, on the replica opened anew: what the former key writes from now on has no effect.
  package func retireFormerKey() throws {
    guard case .unfinished(let former) = try keyRotation() else { return }
    try write(.person) { try $0.revoke(former, accepting: .present) }
    try seal()
  }
}

extension DeviceKey {
  init(of key: Curve25519.Signing.PrivateKey) {
    self.init(bytes: Array(key.publicKey.rawRepresentation))!
  }
}

extension ReplicaFolder {
  private var nextKeyFile: String { keyFile + ".next" }

  func readNextKey() throws -> Curve25519.Signing.PrivateKey? {
    guard let text = FileManager.default.contents(atPath: nextKeyFile), text.count == 64,
      let bytes = Hex.decode(String(decoding: text, as: UTF8.self))
    else { return nil }
    return try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
  }

  /// On the disk before anybody hears of it: a key that was announced and lost would be of no use.
  func writeNextKey(_ key: Curve25519.Signing.PrivateKey) throws {
    let file = open(nextKeyFile, O_CREAT | O_WRONLY | O_TRUNC, 0o600)
    guard file >= 0 else { throw failure(nextKeyFile) }
    defer { close(file) }
    let text = Array(Hex.encode(key.rawRepresentation).utf8)
    guard Foundation.write(file, text, text.count) == text.count, fsync(file) == 0 else {
      throw failure(nextKeyFile)
    }
    try syncFolder()
  }

  func adoptNextKey() throws {
    guard rename(nextKeyFile, keyFile) == 0 else { throw failure(keyFile) }
    try syncFolder()
  }

  private func syncFolder() throws {
    let folder = open(path, O_RDONLY | O_DIRECTORY)
    guard folder >= 0 else { throw failure(path) }
    defer { close(folder) }
    guard fsync(folder) == 0 else { throw failure(path) }
  }

  private func failure(_ path: String) -> WorkspaceFailure {
    .cannotWrite(path: path, reason: String(cString: strerror(errno)))
  }
}

package enum RotationFailure: Failure, Equatable {
  case notEnrolled
  case notAnnounced
  case runsAreOpen([String])

  package var message: String {
    switch self {
    case .notEnrolled:
      "this device is not enrolled: it has no rights that a next key could take over"
    case .notAnnounced: "no next key was announced"
    case .runsAreOpen(let runs):
      "\(Amount.of(runs.count, "run", ("of this device is", "of this device are"))) still open: \(runs.prefix(3).map { String($0.prefix(8)) }.joined(separator: ", "))"
    }
  }

  package var hint: String {
    switch self {
    case .notEnrolled: "ask for a code, then: fieldbook enroll CODE"
    case .notAnnounced: "run: fieldbook devices rotate-key"
    case .runsAreOpen: "end them first: fieldbook finish RUN"
    }
  }
}
