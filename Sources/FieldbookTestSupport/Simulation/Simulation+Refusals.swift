import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

/// What a program may answer instead of doing what it was asked. Any other failure is a broken promise.
extension Simulation {
  /// Counts a refusal by its kind; throws where nothing in this history is a reason for it.
  func refuse(_ failure: any Failure, _ step: Int) throws {
    // A machine that stopped in a call is not up again before the step ends: who opens a replica on it is told so, too.
    let haveDisksFailed = disks.values.contains { $0.hasStruck || $0.isDead }
    if let failure = failure as? DatabaseFailure, !haveDisksFailed {
      throw broken("a replica on a sound disk is whole", failure.message)
    }
    guard let kind = refusal(failure) else {
      throw broken(
        "what is refused has a reason", "\(action): \(type(of: failure)): \(failure.message)")
    }
    refusals[kind, default: 0] += 1
    trace("step \(step): refused: \(failure.message)")
  }

  /// Its kind in words; nil for what nothing here allows.
  private func refusal(_ failure: any Failure) -> String? {
    switch failure {
    case let failure as DatabaseFailure: refusal(ofDatabase: failure)
    case let failure as WorkspaceFailure: refusal(ofWorkspace: failure)
    case let failure as StoreFailure: refusal(ofStore: failure)
    case let failure as PurgeFailure: refusal(ofPurge: failure)
    case let failure as MembershipFailure where hasMembership: refusal(ofDecision: failure)
    default: nil
    }
  }

  /// Of a disk that has failed in this step. Never damage: whatever a disk leaves, the replica is to be read again.
  private func refusal(ofDatabase failure: DatabaseFailure) -> String? {
    switch failure {
    case .diskFull: "disk full"
    case .diskFailed: "disk failed"
    case .cannotOpen: "cannot open"
    case .busy, .readOnly, .tooManyFiles, .corrupt, .other: nil
    }
  }

  private func refusal(ofWorkspace failure: WorkspaceFailure) -> String? {
    switch failure {
    // Params are written once; what is deleted is not written to.
    case .parameterExists: "param is written already"
    case .deleted: "deleted"
    // A label that stands no more; a thing of which an op is here and its creation not, after a restore or beside a liar.
    case .notFound: "not found"
    // Roles and revocations come on the way to an act that was allowed when it was chosen.
    case .notAdmin where hasMembership: "not an admin"
    // Of some conflicts no side can be taken.
    case .notResolvable: "not to be resolved so"
    default: nil
    }
  }

  private func refusal(ofStore failure: StoreFailure) -> String? {
    switch failure {
    case .readerWrites where hasMembership: "reader writes"
    case .revoked where hasMembership: "revoked device writes"
    // A series is purged only where all of its points are.
    case .pointsNotHere where hasMembership: "points not here"
    default: nil
    }
  }

  private func refusal(ofPurge failure: PurgeFailure) -> String? {
    switch failure {
    // It was purged before, or never reached this replica.
    case .nothing: "nothing to purge"
    case .contentPurged: "content was purged"
    case .structural, .standingName, .onlyRuns, .noReason: nil
    }
  }

  private func refusal(ofDecision failure: MembershipFailure) -> String? {
    switch failure {
    case .lastAdmin: "last admin"
    case .toppled: "revocation of what the own rights rest on"
    case .notRevoked, .revoked, .ownRevocation: nil
    }
  }
}
