/// Where a run is in its life. Raw values are MLflow's.
package enum RunStatus: String, Sendable, CaseIterable {
  case running = "RUNNING"
  case scheduled = "SCHEDULED"
  case finished = "FINISHED"
  case failed = "FAILED"
  case killed = "KILLED"

  package var isFinal: Bool { self == .finished || self == .failed || self == .killed }
}

/// A run's status together with its end: one register, so that the two always agree.
package struct RunState: Hashable, Sendable {
  package var status: RunStatus
  /// Nil while the run goes on.
  package var endTime: Timestamp?

  package init(status: RunStatus, endTime: Timestamp?) {
    self.status = status
    self.endTime = endTime
  }

  /// `FINISHED 1763697600123`, or the status alone.
  package var coded: String {
    endTime.map { "\(status.rawValue) \($0.milliseconds)" } ?? status.rawValue
  }

  package init?(coded: String) {
    if let status = RunStatus(rawValue: coded) {
      self.init(status: status, endTime: nil)
      return
    }
    let parts = coded.split(separator: " ", omittingEmptySubsequences: false)
    guard let status = RunStatus(rawValue: String(parts[0])), parts.count <= 2 else { return nil }
    if parts.count == 2 {
      guard let end = Int64(parts[1]) else { return nil }
      self.init(status: status, endTime: Timestamp(milliseconds: end))
    } else {
      self.init(status: status, endTime: nil)
    }
  }
}

package enum Lifecycle: String, Sendable {
  case active
  case deleted
}
