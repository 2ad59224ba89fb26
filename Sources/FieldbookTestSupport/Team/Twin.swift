import FieldbookWorkspace
import Foundation

/// Copies of replicas that go on beside the original, with the same device key.
extension TestMachine {
  /// `cp -r` of a replica's folder, as it is.
  package static func copyFolder(of dir: String, to path: String) throws {
    try FileManager.default.copyItem(atPath: dir, toPath: path)
    // Else it is taken for one folder that two machines see.
    try? FileManager.default.removeItem(atPath: path + "/.fieldbook/holder.json")
  }

  /// Gives the copy in `path` the machine and the high-water mark of the original, as the image of a whole machine does:
  /// only peers can find out then.
  ///
  /// - Returns: False if the original has left no mark yet.
  @discardableResult
  package static func passMark(
    of original: Workspace, to path: String, environment: inout WorkspaceEnvironment
  ) throws -> Bool {
    environment.machineID = original.environment.machineID
    let marks = original.environment.stateHome
    guard FileManager.default.fileExists(atPath: marks) else { return false }
    try FileManager.default.copyItem(atPath: marks, toPath: environment.stateHome)
    try HighWaterMark.passOff(path, environment: environment, device: original.deviceKey)
    return true
  }
}

extension Team {
  /// The member is closed, its folder and its mark are copied, and both are opened: two that write in one name.
  package func twin(of member: Workspace, seed: UInt64) throws -> (Workspace, twin: Workspace) {
    let path = folder.path + "/twin"
    try member.close()
    try TestMachine.copyFolder(of: member.dir, to: path)
    var environment = self.environment("twin", seed: seed)
    try TestMachine.passMark(of: member, to: path, environment: &environment)
    return (
      try Workspace.open(member.dir, environment: member.environment),
      try Workspace.open(path, environment: environment)
    )
  }
}
