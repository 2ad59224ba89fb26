import FieldbookModel
import Foundation

/// Which machine writes here, in `.fieldbook/holder.json`.
///
/// A folder that Dropbox, Syncthing or a network filesystem shows to two machines is one database with two writers who
/// cannot see each other's locks. Each leaves its mark here while it writes, and keeps away from a mark of another
/// machine that is fresh. A folder that was moved or copied goes on once the mark is old.
package struct Holder: Codable, Equatable {
  var machine: String
  var host: String
  var process: Int32
  var boot: String
  /// Milliseconds since 1970.
  var time: Int64

  static let fileName = "holder.json"
  /// After this the mark is written again.
  static let renewalMilliseconds: Int64 = 60_000
  /// Younger marks of other machines are respected.
  static let freshMilliseconds: Int64 = 10 * 60_000

  static func read(_ folder: ReplicaFolder) -> Holder? {
    guard let data = FileManager.default.contents(atPath: folder.holder), data.count < 4096 else {
      return nil
    }
    return try? JSONDecoder().decode(Holder.self, from: data)
  }

  static func own(_ environment: WorkspaceEnvironment) -> Holder {
    let host = ProcessInfo.processInfo.hostName
    return Holder(
      machine: environment.machineID.isEmpty ? host : environment.machineID, host: host,
      process: ProcessInfo.processInfo.processIdentifier, boot: environment.bootID,
      time: environment.now())
  }

  /// True if another machine left it, and not long ago. A time ahead is a clock that is wrong, and counts as now.
  package func isInTheWay(of own: Holder) -> Bool {
    // Containers of one running machine have machine ids of their own, and one kernel that knows all locks.
    let isSameKernel = !boot.isEmpty && boot == own.boot
    return machine != own.machine && !isSameKernel
      && Holder.age(of: time, at: own.time) < Holder.freshMilliseconds
  }

  package func isDue(_ now: Int64) -> Bool {
    now < time || Holder.age(of: time, at: now) >= Holder.renewalMilliseconds
  }

  /// What the file says may be as far away as numbers go.
  private static func age(of time: Int64, at now: Int64) -> Int64 {
    Timestamp(milliseconds: now).since(Timestamp(milliseconds: time))
  }

  /// Not needed to survive anything: what it says is true for minutes. A disk that takes no more says so elsewhere.
  func write(_ folder: ReplicaFolder) {
    let temporary = folder.holder + "." + UUID().uuidString
    guard let data = try? JSONEncoder().encode(self),
      (try? BackupFiles.write(data, to: temporary)) != nil
    else {
      _ = unlink(temporary)
      return
    }
    if rename(temporary, folder.holder) != 0 { unlink(temporary) }
  }
}

extension ReplicaFolder {
  var holder: String { path + "/" + Holder.fileName }

  /// Files that a mirroring service made of two versions of one, as of two machines that wrote at once.
  ///
  /// Nothing but the database and what SQLite puts beside it begins like it; others are known by their names.
  func conflictCopies() -> [String] {
    let known = Set(databaseFiles.map { ($0 as NSString).lastPathComponent })
      .union(["replica.sqlite.checkpoint", "replica.sqlite-journal"])
    let marks = ["conflicted copy", ".sync-conflict-", "case conflict", "(conflict"]
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return names.filter { name in
      !known.contains(name)
        && (name.hasPrefix("replica") || marks.contains { name.lowercased().contains($0) })
    }.sorted()
  }
}
