import FieldbookModel
import FieldbookRepository

/// What `doctor` says and does about packs in an object storage.
extension Workspace {
  /// Nil if packs lie in the folder. Asks the bucket for lists, not for packs.
  func objectsCheck() -> DoctorCheck? {
    do {
      guard let status = try objectsStatus() else { return nil }
      let standing = status.standing
      let waiting =
        standing.waiting == 0
        ? nil
        : "\(standing.waiting) (\(ByteSize.words(standing.waitingBytes))) wait to go there"
      func words(_ first: String) -> String {
        ([first] + [waiting].compactMap { $0 }).joined(separator: "; ")
      }
      if let failure = status.failure {
        return DoctorCheck(
          name: "objects", ok: false, detail: words(failure.message), fix: failure.hint)
      }
      let found: BucketFindings
      do {
        found = try contentStore.large.compareBucket(earlier: earlierStores())
      } catch let failure as BucketFailure {
        return DoctorCheck(
          name: "objects", ok: false, detail: words(failure.message), fix: failure.hint)
      }
      let troubles = [
        found.lost.isEmpty
          ? nil : "\(found.lost.count) packs are gone from \(status.address), or were changed",
        found.unknown == 0 ? nil : "\(found.unknown) packs there are not noted here",
      ].compactMap { $0 }
      guard troubles.isEmpty else {
        return DoctorCheck(
          name: "objects", ok: false, detail: words(troubles.joined(separator: "; ")),
          fix: "fieldbook doctor --fix, then: fieldbook sync")
      }
      return DoctorCheck(
        name: "objects", ok: true,
        detail: words(
          "\(found.packs) packs (\(ByteSize.words(found.bytes))) in \(status.address)"),
        fix: nil)
    } catch {
      return DoctorCheck(
        name: "objects", ok: false,
        detail: (error as? any Failure)?.message ?? "\(error)", fix: "fieldbook doctor --fix")
    }
  }

  /// Reads every content of which the bucket has a part, whole. Nil if packs lie in the folder.
  package func objectsReadCheck() throws -> DoctorCheck? {
    guard let status = try objectsStatus() else { return nil }
    var (damaged, read, bytes): (Int, Int, Int64) = (0, 0, 0)
    do {
      for digest in try namedContents() where try contentStore.large.isAway(digest) {
        read += 1
        bytes += contentStore.size(of: digest) ?? 0
        if try !contentStore.verify(digest) { damaged += 1 }
      }
    } catch let failure as BucketFailure {
      return DoctorCheck(
        name: "objects, read", ok: false, detail: failure.message, fix: failure.hint)
    }
    let all = "\(read) contents (\(ByteSize.words(bytes))) read from \(status.address)"
    return DoctorCheck(
      name: "objects, read", ok: damaged == 0,
      detail: damaged == 0 ? all + ": hashes hold" : all + ", \(damaged) of them damaged",
      fix: damaged == 0 ? nil : "fieldbook sync, with a peer that has them")
  }

  /// - Returns: what was done, a line each.
  func mendObjects() -> [String] {
    do {
      guard let address = try objectsAddress() else { return [] }
      var done: [String] = []
      try renewObjects()
      let notes = try contentStore.large.mendNotes(earlier: earlierStores())
      if notes.found > 0 { done.append("\(notes.found) packs were found in \(address)") }
      if notes.lost > 0 {
        done.append("\(notes.lost) packs that \(address) has lost count as not here")
      }
      if let report = try contentStore.large.uploadPacks() {
        if report.packs > 0 { done.append("\(report.packs) packs went to \(address)") }
        if let failure = report.failure { done.append(failure.message) }
      }
      return done
    } catch {
      return ["not looked into: " + ((error as? any Failure)?.message ?? "\(error)")]
    }
  }
}
