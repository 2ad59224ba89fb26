import FieldbookModel

/// What an audit judges a run by.
package struct AuditFacts: Equatable, Sendable {
  package enum Snapshot: Equatable, Sendable {
    case none
    /// The run names one, and its bytes are not on this replica.
    case notHere
    /// - Parameter lacking: files that it should hold and does not.
    case here(commit: String, hasConfig: Bool, lacking: [String])
  }

  package enum Packages: Equatable, Sendable {
    case none, notHere
    case listed(Int)
  }

  /// The best that another run says of this one.
  package enum Repetition: Equatable, Sendable {
    /// This run itself repeats another.
    case isOne(of: String)
    case none
    case differs(run: String, device: String, differences: Int)
    /// Nothing but the same device says so.
    case sameDevice(run: String)
    case unfinished(run: String)
    case verified(run: String, device: String)
  }

  package var run: RunID
  package var name: String
  package var status: RunStatus
  package var parameters = 0
  package var metrics = 0
  /// Names of params that are seeds, with their values; `PYTHONHASHSEED` too.
  package var seeds: [String: String] = [:]
  /// Files that are results, by content; whether they are here.
  package var files = 0
  package var filesHere = 0
  package var datasets = 0
  /// Of them, those whose whole content was hashed, and those that no tool gave a digest.
  package var hashedDatasets = 0
  package var namelessDatasets = 0
  package var snapshot = Snapshot.none
  package var gitCommit: String?
  /// The config that it was given; nil for a run of params alone.
  package var config: String?
  package var isDirty: Bool?
  package var packages = Packages.none
  package var python: String?
  package var hasDescription = false
  package var repetition = Repetition.none

  package init(run: RunID, name: String, status: RunStatus) {
    self.run = run
    self.name = name
    self.status = status
  }
}
