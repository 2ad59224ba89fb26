import FieldbookModel
import FieldbookReplication
import Foundation
import GRDB

/// One finding of `fieldbook doctor`.
package struct DoctorCheck: Sendable, Equatable {
  package var name: String
  package var ok: Bool
  package var detail: String
  /// What to do; nil when nothing is to do.
  package var fix: String?
}

extension Workspace {
  /// Looks, changes nothing.
  package func doctor() throws -> [DoctorCheck] {
    var checks: [DoctorCheck] = []
    func check(_ name: String, fix: String?, _ body: () throws -> (Bool, String)) {
      do {
        let (ok, detail) = try body()
        checks.append(DoctorCheck(name: name, ok: ok, detail: detail, fix: ok ? nil : fix))
      } catch {
        let detail = (error as? any Failure)?.message ?? String(describing: error)
        checks.append(DoctorCheck(name: name, ok: false, detail: detail, fix: fix))
      }
    }
    check("database", fix: "restore a backup, or clone again from a peer") {
      let verdict = try store.integrity()
      return (verdict == "ok", verdict)
    }
    check("device key", fix: "chmod 600 \(folderFiles.keyFile)") {
      var info = stat()
      guard stat(folderFiles.keyFile, &info) == 0 else { return (false, "missing") }
      return (
        info.st_mode & 0o077 == 0, info.st_mode & 0o077 == 0 ? "private" : "readable by others"
      )
    }
    check("log", fix: "clone again from a peer, or restore a backup") {
      let verified = try store.inspect { try $0.verifyLog() }
      return (
        true,
        "\(verified.segments) segments with \(verified.ops) changes: signatures and hashes hold"
      )
    }
    check("state", fix: "fieldbook rebuild") {
      try store.inspect { try $0.checkInvariants() }.map { (false, $0) } ?? (
        true, "tables agree with each other"
      )
    }
    check("metric data", fix: "fieldbook sync") {
      let missing = try missingChunkPayloads(limit: 1000).count
      return (
        missing == 0, missing == 0 ? "complete" : "\(missing) chunks are known but not here yet"
      )
    }
    let damaged = Result { try damagedContents() }
    let again = (try? damaged.get())?.first.map { "rm -f \($0), then: " } ?? ""
    check("artifacts", fix: again + "fieldbook sync") {
      let missing = try missingArtifacts(limit: 1000).count
      let damaged = try damaged.get()
      let words = [
        damaged.isEmpty
          ? nil : "\(damaged.count) damaged: " + damaged.prefix(5).joined(separator: ", "),
        missing == 0 ? nil : "\(missing) are known but not here yet",
      ].compactMap { $0 }
      return (
        words.isEmpty, words.isEmpty ? "complete, hashes hold" : words.joined(separator: "; ")
      )
    }
    check("purges", fix: "fieldbook rebuild, and then fieldbook doctor again") {
      let (done, remains, isDue) = try store.inspect {
        (try $0.purges(), try $0.remainsOfPurges(), try $0.needsScrub())
      }
      let contents = try store.inspect { try $0.purgedContents() }.filter(contentStore.contains)
      let values = done.reduce(0) { $0 + $1.values }
      let silent = Set(done.flatMap(\.unconfirmed)).sorted()
      let words = [
        done.isEmpty ? "none" : "\(values) values were purged, none of them is here",
        silent.isEmpty ? nil : "not confirmed by \(silent.joined(separator: ", "))",
      ].compactMap { $0 }
      if remains > 0 { return (false, "\(remains) purged values are still in the log") }
      if !contents.isEmpty { return (false, "\(contents.count) purged files are still here") }
      if isDue { return (false, "pages of the database can still hold what was purged") }
      return (true, words.joined(separator: "; "))
    }
    check("values", fix: "fieldbook sync, with a peer that has them") {
      let missing = try store.inspect { try $0.incompleteSegments() }
      return (
        missing == 0,
        missing == 0
          ? "complete"
          : "\(missing) segments came without values that nobody had the right to purge"
      )
    }
    check("clock", fix: "set this machine's clock") {
      let ahead = try store.inspect { try $0.newestClock() }.milliseconds - environment.now()
      let minutes = ahead / 60_000
      return (
        minutes <= 5,
        minutes <= 5
          ? "in order" : "the newest change known is \(minutes) minutes ahead of this machine"
      )
    }
    check("enrolment", fix: "ask for a code, then: fieldbook enroll CODE") {
      (
        !isPending,
        isPending ? "this replica is pending: others do not take its changes yet" : "enrolled"
      )
    }
    return checks
  }
}
