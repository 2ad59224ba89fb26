import Crypto
import FieldbookModel
import FieldbookStore
import Foundation

/// What this machine remembers of a log outside the replica's folder.
///
/// A folder that was restored from a backup or copied still has its device key, and would write ops under
/// numbers that were used before. The mark tells: another file, another machine or a lower number.
package struct HighWaterMark: Codable, Equatable {
  var machine: String
  var inode: UInt64
  var epoch: UInt64
  /// Number of the last sealed op.
  var number: UInt64

  static func file(_ environment: WorkspaceEnvironment, _ device: DeviceKey) -> String {
    environment.stateHome + "/marks/" + device.hex + ".json"
  }

  static func read(_ file: String) -> HighWaterMark? {
    guard let data = FileManager.default.contents(atPath: file), data.count < 4096 else {
      return nil
    }
    return try? JSONDecoder().decode(HighWaterMark.self, from: data)
  }

  /// Of the same file and log.
  private func isOf(_ other: HighWaterMark) -> Bool {
    machine == other.machine && inode == other.inode && epoch == other.epoch
  }

  /// Writes the mark unless another process has remembered more meanwhile.
  func keep(_ file: String) throws {
    try makeFolder(of: file)
    let lock = open(file + ".lock", O_CREAT | O_RDWR, 0o600)
    defer { if lock >= 0 { close(lock) } }
    guard lock >= 0, flock(lock, LOCK_EX) == 0 else {
      throw WorkspaceFailure.cannotWrite(path: file, reason: String(cString: strerror(errno)))
    }
    if let kept = HighWaterMark.read(file), kept.isOf(self), kept.number >= number { return }
    try write(file)
  }

  private func makeFolder(of file: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: PathText.folder(of: file), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
    } catch let error as CocoaError {
      throw WorkspaceFailure.cannotWrite(path: file, reason: SystemReason.words(error))
    }
  }

  /// Reaches the disk before it returns: a segment is sent only after its number is remembered.
  func write(_ file: String) throws {
    try makeFolder(of: file)
    do {
      let temporary = file + "." + UUID().uuidString
      try JSONEncoder().encode(self).write(to: URL(fileURLWithPath: temporary))
      let descriptor = open(temporary, O_RDONLY)
      if descriptor >= 0 {
        fsync(descriptor)
        close(descriptor)
      }
      guard rename(temporary, file) == 0 else {
        throw WorkspaceFailure.cannotWrite(path: file, reason: String(cString: strerror(errno)))
      }
    } catch let error as CocoaError {
      throw WorkspaceFailure.cannotWrite(path: file, reason: SystemReason.words(error))
    }
  }

  static func present(
    database: String, environment: WorkspaceEnvironment, epoch: UInt64, number: UInt64
  ) -> HighWaterMark? {
    var info = stat()
    guard stat(database, &info) == 0 else { return nil }
    return HighWaterMark(
      machine: environment.machineID, inode: UInt64(info.st_ino), epoch: epoch,
      number: number)
  }

  /// For simulations: makes the mark of a copied machine fit the copied file, as the image of a disk would.
  package static func passOff(
    _ dir: String, environment: WorkspaceEnvironment, device: DeviceKey
  ) throws {
    let file = file(environment, device)
    guard let mark = read(file),
      let present = present(
        database: ReplicaFolder(dir: dir).database, environment: environment, epoch: mark.epoch,
        number: mark.number)
    else { return }
    try present.write(file)
  }

  /// True when the replica at hand is the one that the mark was left by, and not an older state of it.
  package func admits(_ present: HighWaterMark) -> Bool {
    isOf(present) && number <= present.number || Mutant.isOn(.markIgnored)
  }
}
