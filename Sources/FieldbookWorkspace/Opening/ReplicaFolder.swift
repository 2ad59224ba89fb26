import Crypto
import FieldbookModel
import FieldbookStore
import Foundation

/// The files of a replica: `.fieldbook/` and what lies in it.
package struct ReplicaFolder: Sendable {
  /// The folder that holds `.fieldbook/`.
  let dir: String

  var path: String { dir + "/.fieldbook" }
  var database: String { path + "/replica.sqlite" }
  var keyFile: String { path + "/device.key" }
  var descriptor: String { path + "/workspace.json" }
  var settings: String { path + "/" + Settings.fileName }
  var objects: String { path + "/objects" }
  /// Snapshots of runs.
  var repository: String { path + "/repository.git" }
  /// What this replica serves with, and its key.
  var certificate: String { path + "/tls" }
  /// Where what is damaged goes: nothing is deleted for being so.
  var setAside: String { path + "/set-aside" }
  var hasSetAside: Bool {
    (try? FileManager.default.contentsOfDirectory(atPath: setAside))?.isEmpty == false
  }

  /// What never changes of a replica: which workspace it is of, and how it came to be.
  package struct Descriptor: Codable, Equatable {
    var format: Int
    var workspace: String
    var name: String
    var device: String
    var owner: String
    /// Hexadecimal digits of what the workspace's id was made from; nil unless this device founded it.
    var nonce: String?
  }

  static let format = 1

  func make(_ descriptor: Descriptor, key: Curve25519.Signing.PrivateKey) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      // Git never sees a replica that lies in a repository, least of all its key.
      try write(Data("*\n".utf8), to: path + "/.gitignore", mode: 0o600)
      try write(Data(Hex.encode(key.rawRepresentation).utf8), to: keyFile, mode: 0o600)
      try write(try JSONEncoder().encode(descriptor), to: self.descriptor, mode: 0o600)
    } catch let error as CocoaError {
      throw WorkspaceFailure.cannotWrite(path: path, reason: SystemReason.words(error))
    }
  }

  private func write(_ data: Data, to file: String, mode: Int) throws {
    try data.write(to: URL(fileURLWithPath: file), options: .atomic)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
  }

  func read() throws -> (Descriptor, Curve25519.Signing.PrivateKey) {
    guard FileManager.default.fileExists(atPath: self.descriptor) else {
      throw WorkspaceFailure.holdsNoReplica(dir)
    }
    guard let data = FileManager.default.contents(atPath: self.descriptor), data.count < 65536,
      let descriptor = try? JSONDecoder().decode(Descriptor.self, from: data)
    else {
      throw WorkspaceFailure.damagedFile(
        path: self.descriptor, reason: "it does not say which workspace this is")
    }
    guard let key = ReplicaFolder.key(in: keyFile) else {
      throw WorkspaceFailure.damagedFile(path: keyFile, reason: "it holds no device key")
    }
    return (descriptor, key)
  }

  /// SQLite would take a missing or empty file for a new database, and all would seem to be gone.
  func requireDatabase() throws {
    var info = stat()
    guard stat(database, &info) == 0 else {
      guard errno == ENOENT else { return }
      throw DatabaseFailure.corrupt("\(database) is missing")
    }
    if info.st_size == 0 { throw DatabaseFailure.corrupt("\(database) is empty") }
  }

  /// Nil if the file is missing or holds no key.
  static func key(in file: String) -> Curve25519.Signing.PrivateKey? {
    guard let text = FileManager.default.contents(atPath: file), text.count == 64,
      let bytes = Hex.decode(String(decoding: text, as: UTF8.self))
    else { return nil }
    return try? Curve25519.Signing.PrivateKey(rawRepresentation: bytes)
  }

  /// Throws for a folder on a filesystem that several machines mount.
  func refuseNetworkFilesystem() throws {
    guard let mounts = try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8) else {
      return
    }
    let type = ReplicaFolder.filesystem(of: nearestExisting(dir), mounts: mounts)
    guard ReplicaFolder.networkTypes.contains(type) else { return }
    throw WorkspaceFailure.networkFilesystem(path: dir, type: type)
  }

  private func nearestExisting(_ path: String) -> String {
    var probe = path
    while !FileManager.default.fileExists(atPath: probe), probe != "/", !probe.isEmpty {
      probe = PathText.folder(of: probe)
    }
    return URL(fileURLWithPath: probe.isEmpty ? "." : probe).resolvingSymlinksInPath().path
  }

  /// Type of the longest mount point that `path` lies below. Source: proc(5), the form of fstab(5).
  static func filesystem(of path: String, mounts: String) -> String {
    var best: (length: Int, type: String) = (-1, "")
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 2 else { continue }
      let point = unescaped(fields[1])
      let isAbove = point == "/" || path == point || path.hasPrefix(point + "/")
      if isAbove, point.count >= best.length { best = (point.count, String(fields[2])) }
    }
    return best.type
  }

  /// Blanks, tabs, newlines and backslashes stand there as three octal digits. Source: getmntent(3).
  private static func unescaped(_ field: Substring) -> String {
    ["\\040": " ", "\\011": "\t", "\\012": "\n", "\\134": "\\"].reduce(String(field)) {
      $0.replacingOccurrences(of: $1.key, with: $1.value)
    }
  }

  /// Filesystems that several machines mount, or that keep no shared memory for a file.
  static let networkTypes: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "lustre", "gpfs", "ceph", "beegfs", "glusterfs",
    "ncpfs", "9p", "coda", "orangefs", "pvfs2", "panfs", "wekafs", "ocfs2", "gfs2", "davfs",
    "vboxsf", "vmhgfs", "prl_fs",
    "fuse.sshfs", "fuse.s3fs", "fuse.rclone", "fuse.glusterfs", "fuse.ceph", "fuse.gcsfuse",
    "fuse.davfs2", "fuse.davfs", "fuse.goofys", "fuse.juicefs", "fuse.vmhgfs-fuse", "fuse.moosefs",
    "fuse.mount-s3", "fuse.curlftpfs", "fuse.google-drive-ocamlfuse", "fuse.onedriver",
    "fuse.blobfuse", "fuse.blobfuse2",
  ]
}
