import FieldbookModel
import FieldbookReplication
import Foundation

/// One finding of `fieldbook doctor`.
package struct DoctorCheck: Sendable, Equatable {
  package var name: String
  package var ok: Bool
  package var detail: String
  /// What to do; nil when nothing is to do.
  package var fix: String?

  package init(name: String, ok: Bool, detail: String, fix: String?) {
    self.name = name
    self.ok = ok
    self.detail = detail
    self.fix = fix
  }
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
    check("database", fix: "fieldbook doctor --fix") {
      let verdict = try store.integrity()
      return (verdict == "ok", verdict)
    }
    check("files", fix: "fieldbook doctor --fix") {
      let loose = folderFiles.looseModes().map(\.0)
      return (
        loose.isEmpty,
        loose.isEmpty ? "private" : "others may read: " + loose.joined(separator: ", ")
      )
    }
    check(
      "machine", fix: "give each machine its own replica, and sync; then: fieldbook doctor --fix"
    ) {
      let copies = folderFiles.conflictCopies()
      let own = Holder.own(environment)
      if let known = Holder.read(folderFiles), known.isInTheWay(of: own) {
        return (false, "\(known.host) writes here, too")
      }
      return (
        copies.isEmpty,
        copies.isEmpty
          ? "only this one writes here" : "conflict copies: " + copies.joined(separator: ", ")
      )
    }
    check("log", fix: "fieldbook doctor --fix") {
      let verified = try store.inspect { try $0.verifyLog() }
      return (
        true,
        "\(Amount.of(verified.segments, "segment")) with \(Amount.of(verified.ops, "change")): signatures and hashes hold"
      )
    }
    check("waiting", fix: "fieldbook sync; where no peer has it: fieldbook doctor --fix --alone") {
      let own = try store.inspect { try $0.ownWaiting() }.count
      return (
        own == 0,
        own == 0
          ? "nothing of this device"
          : Amount.of(own, "segment") + " written here: what they wait for is lost"
      )
    }
    check("state", fix: "fieldbook doctor --fix") {
      try store.inspect { try $0.checkInvariants() }.map { (false, $0) } ?? (
        true, "tables agree with each other"
      )
    }
    let damagedChunks = Result { try store.inspect { try $0.damagedPayloads() } }
    check("metric data", fix: Self.fix(damagedChunks)) {
      let missing = try store.inspect { try $0.missingChunks(limit: 1000) }.count
      let damaged = try damagedChunks.get().count
      let words = [
        damaged == 0 ? nil : Amount.of(damaged, "chunk", ("is", "are")) + " damaged",
        missing == 0 ? nil : Amount.of(missing, "chunk", ("is", "are")) + " known but not here yet",
      ].compactMap { $0 }
      return (words.isEmpty, words.isEmpty ? "complete" : words.joined(separator: "; "))
    }
    let damaged = Result { try damagedContents() }
    check("artifacts", fix: Self.fix(damaged)) {
      let missing = try wantedArtifacts(limit: 1000).count
      let elsewhere = try missingArtifacts(limit: 1000).count - missing
      let damaged = try damaged.get().map(contentStore.place(toName:))
      let words = [
        damaged.isEmpty
          ? nil : "\(damaged.count) damaged: " + damaged.prefix(5).joined(separator: ", "),
        missing == 0 ? nil : Amount.of(missing, "file", ("is", "are")) + " known but not here yet",
      ].compactMap { $0 }
      guard words.isEmpty else { return (false, words.joined(separator: "; ")) }
      let away = try namedContents().count { try contentStore.large.isAway($0) }
      let kept =
        away == 0 ? "hashes hold" : "hashes hold, of \(away) in the object storage not read now"
      return (
        true,
        elsewhere == 0
          ? "complete, " + kept
          : kept
            + "; \(Amount.of(elsewhere, "file", ("is", "are"))) left to others (contents: \(policyWords))"
      )
    }
    if let check = objectsCheck() { checks.append(check) }
    let audited = Result { try snapshots.bare.audit() }
    check("snapshots", fix: snapshotFix(audited)) { try snapshotWords(audited.get()) }
    check("purges", fix: "fieldbook doctor --fix") {
      let (done, remains, isDue) = try store.inspect {
        (try $0.purges(), try $0.remainsOfPurges(), try $0.needsScrub())
      }
      let discarded = try contentStore.discarded()
      let contents = try store.inspect { try $0.purgedContents() }.filter {
        contentStore.contains($0) || discarded.contains($0)
      }
      let values = done.reduce(0) { $0 + $1.values }
      let silent = Set(done.flatMap(\.unconfirmed)).sorted()
      let words = [
        done.isEmpty
          ? "none"
          : Amount.of(values, "value", ("was", "were")) + " purged, and nothing of it is here",
        silent.isEmpty ? nil : "not confirmed by \(silent.joined(separator: ", "))",
        done.isEmpty || !folderFiles.hasSetAside
          ? nil : "copies in .fieldbook/set-aside can still hold them: remove those by hand",
        done.isEmpty || !FileManager.default.fileExists(atPath: folderFiles.repository)
          ? nil : "snapshots of code in .fieldbook/repository.git can still hold them",
      ].compactMap { $0 }
      let returned = try store.inspect { try $0.returnedSeries() }
      if !returned.isEmpty {
        return (
          false,
          Amount.of(returned.count, "purged metric", ("was", "were")) + " recorded anew meanwhile"
        )
      }
      if remains > 0 {
        return (false, Amount.of(remains, "purged value", ("is", "are")) + " still in the log")
      }
      if !contents.isEmpty {
        return (false, Amount.of(contents.count, "purged file", ("is", "are")) + " still here")
      }
      if try contentStore.large.isErasing() {
        return (false, "bytes of purged files are still in packs")
      }
      if isDue { return (false, "pages of the database can still hold what was purged") }
      return (true, words.joined(separator: "; "))
    }
    check("values", fix: "fieldbook sync, with a peer that has them") {
      let missing = try store.inspect { try $0.incompleteSegments() }
      return (
        missing == 0,
        missing == 0
          ? "complete"
          : Amount.of(missing, "segment")
            + " came without values that nobody had the right to purge"
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

  /// What is damaged makes room first for what a peer has.
  private static func fix(_ damaged: Result<[some Any], any Error>) -> String {
    (try? damaged.get())?.isEmpty == false
      ? "fieldbook doctor --fix, then: fieldbook sync" : "fieldbook sync"
  }
}
