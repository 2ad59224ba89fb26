import FieldbookModel

/// A package with the files that will do for it, as a line of pip's requirements.
struct PackagePin: Equatable, Sendable {
  var package: RequiredPackage
  /// In order; none: any file.
  var digests: [ContentDigest]

  /// Of a version those that a lock allows; of a URL the file that it was. What comes from a version control has none.
  static func all(_ packages: [RequiredPackage], _ hashes: [PackageHash]) -> [PackagePin] {
    let locked = PackageHash.byKey(hashes, .locked)
    let archives = PackageHash.byKey(hashes, .archive)
    return packages.map { package in
      let found: [PackageHash]
      switch package.source {
      case .version(let version):
        found = (locked[package.key] ?? []).filter { $0.version == version }
      case .url(let url): found = url.hasPrefix("https://") ? archives[package.key] ?? [] : []
      }
      return PackagePin(
        package: package, digests: Set(found.map(\.digest)).sorted { $0.hex < $1.hex })
    }
  }

  var line: String {
    ([package.line] + digests.map { "--hash=sha256:" + $0.hex }).joined(separator: " ")
  }
}
