import FieldbookModel
import Foundation

/// Which peers were given all that is here, so that they are not asked at every meeting. Losing it costs one question.
extension SnapshotRepository {
  /// Changes whenever a snapshot is named here; nil while there is none.
  private var stamp: String? {
    let places = ["/refs/fieldbook/runs", "/packed-refs"].compactMap { name -> String? in
      var info = stat()
      guard stat(bare.path + name, &info) == 0 else { return nil }
      return "\(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec).\(info.st_size)"
    }
    return places.isEmpty ? nil : places.joined(separator: " ")
  }

  private func memory(of peer: DeviceKey) -> String {
    bare.path + "/fieldbook/given-" + peer.hex.prefix(16)
  }

  /// Nil if there is nothing that the peer may lack, as far as is known here.
  ///
  /// - Parameter isChanged: the peer's log is not what it was when it was asked last.
  /// - Returns: what to give `wereGiven` when the peer has got all.
  package func toGive(_ peer: DeviceKey, isChanged: Bool) -> String? {
    guard let stamp else { return nil }
    let known = FileManager.default.contents(atPath: memory(of: peer))
    return isChanged || known != Data(stamp.utf8) ? stamp : nil
  }

  package func wereGiven(_ peer: DeviceKey, _ stamp: String) {
    let path = memory(of: peer)
    try? FileManager.default.createDirectory(
      atPath: PathText.folder(of: path), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try? Data(stamp.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
