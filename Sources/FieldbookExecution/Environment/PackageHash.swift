import FieldbookModel

/// A line of `environment/package-hashes.txt`: `NAME==VERSION KIND sha256:HEX`. A package has one for each that is known of it.
///
/// The lines come from whoever recorded the run.
package struct PackageHash: Hashable, Sendable {
  package enum Kind: String, CaseIterable, Sendable {
    /// The file that it was installed from, of what came from a URL. Source: PEP 610, `archive_info`.
    case archive
    /// The package file of conda. Source: `conda-meta/*.json`.
    case conda
    /// A file that a lock of the project allows for this version. There may be many, for other systems.
    case locked
    /// What is installed: SHA-256 over the lines `PATH,HASH` of its `RECORD`, in the order of their bytes, without what differs
    /// from one folder to the next (scripts, compiled files, who installed it). Equal on two machines, equal files.
    case record
  }

  package var name: String
  package var version: String
  package var kind: Kind
  package var digest: ContentDigest

  static let file = "environment/package-hashes.txt"
  private static let linesMax = 40_000
  private static let characters = 500

  /// Nil for any other line.
  package init?(_ line: String) {
    guard line.utf8.count <= PackageHash.characters else { return nil }
    let parts = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let package = RequiredPackage(parts[0]),
      case .version(let version) = package.source, let kind = Kind(rawValue: parts[1]),
      parts[2].hasPrefix("sha256:"), let digest = ContentDigest(hex: String(parts[2].dropFirst(7)))
    else { return nil }
    (name, self.version, self.kind, self.digest) = (package.name, version, kind, digest)
  }

  package var line: String { "\(name)==\(version) \(kind.rawValue) sha256:\(digest.hex)" }

  package static func read(_ text: String) -> [PackageHash] {
    text.split(separator: "\n").prefix(linesMax).compactMap { PackageHash(String($0)) }
  }

  /// Of the packages, by `RequiredPackage.key`, those of one kind.
  static func byKey(_ hashes: [PackageHash], _ kind: Kind) -> [String: [PackageHash]] {
    Dictionary(grouping: hashes.filter { $0.kind == kind }) { RequiredPackage.key(of: $0.name) }
  }

  /// Packages that are of one version here and there, and of which the installed files differ; in the order of names.
  package static func otherFiles(_ recorded: [PackageHash], _ here: [PackageHash]) -> [PackageHash]
  {
    let found = byKey(here, .record)
    return byKey(recorded, .record).values.compactMap { old -> PackageHash? in
      guard let one = old.first, let new = found[RequiredPackage.key(of: one.name)] else {
        return nil
      }
      // Of a package that is installed twice, either will do.
      let same = new.filter { $0.version == one.version }
      let digests = Set(old.map(\.digest))
      return same.isEmpty || same.contains { digests.contains($0.digest) } ? nil : one
    }.sorted { $0.name < $1.name }
  }
}
