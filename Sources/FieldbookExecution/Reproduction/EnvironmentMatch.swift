/// What the Python of a reproduction is, beside what it was. All nil and empty for a command that is none of Python's.
package struct EnvironmentMatch: Equatable, Sendable {
  package var recordedPython: String?
  package var python: String?
  package var executable: String?
  package var differing: [PackageDifference] = []
  /// What `create` could not have, and why.
  package var unavailable: [(package: RequiredPackage, reason: String)] = []
  /// Of the recorded version, with files of another hash.
  package var otherFiles: [PackageHash] = []

  package static func == (one: EnvironmentMatch, other: EnvironmentMatch) -> Bool {
    one.recordedPython == other.recordedPython && one.python == other.python
      && one.executable == other.executable && one.differing == other.differing
      && one.otherFiles == other.otherFiles
      && one.unavailable.elementsEqual(other.unavailable, by: ==)
  }
}
