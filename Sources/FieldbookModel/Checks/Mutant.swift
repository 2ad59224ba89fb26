/// A bug put in on purpose, at one line each, to see whether the simulator finds it (docs/simulator.md).
///
/// Only a build with SIM_MUTANTS has them. In all others `isOn` is the constant false, and the lines that ask it are
/// gone: it is public and inlinable so that the compiler sees that in every module.
public enum Mutant: String, CaseIterable, Sendable {
  // Fields
  case overwrittenStay
  case equalValuesConflict
  case conflictStays
  case oldestShown
  case shownByRow
  case addedAlone
  case othersUnnoticed
  case unseenAddsRemoved
  case statusByClock
  case deletionWins
  case earlierEditsIgnored
  case pointsCountedTwice
  case absentPointsForgotten
  case livePointsForgotten
  case chunksJoinedTwice
  // Traces
  case spansByArrival
  // Ops of later versions
  case unknownDropped
  case unknownWithheld
  case replaySkipped
  case mixedLevelsUnnoticed
  // Delivery
  case numberAlone
  case pastNotAwaited
  case waitingForgotten
  case signatureUnchecked
  case rootUnchecked
  case lastOpUnfolded
  case sharedOpsFoldedTwice
  case splitLosesSegment
  case headBeforeCommit
  case differencesSkipped
  case agreementUncompared
  case farClockAdopted
  case rebuildByLog
  // A peer that lies
  case firstCreationHeard
  case ownerlessRuns
  case unseenReferences
  case waitingUnbounded
  case floodDrownsOthers
  // Forks, copies, restores
  case forkRefused
  case branchPastForgotten
  case branchesByNumber
  case markIgnored
  case epochKept
  case cutsKeptApart
  case followedHeads
  case endsByChain
  // Disks
  case sentUnsynced
  case personUnsynced
  case appliedUnsynced
  case logHolesKept
  // Numbers and aliases
  case numberReused
  case versionsRenumbered
  case twinNumbersHidden
  case leasesOverlap
  case claimsUnchecked
  case settleIgnored
  case aliasMoves
  // Membership and purges
  case revokedApplied
  case pointsOfAnyone
  case cutsUnited
  case otherLogsUncut
  case nothingInherited
  case revocationUnfolded
  case rightsOfToday
  case purgeByAnyone
  case purgeNotCarriedOut
  // Configs
  case mergedLinesLost
  case configsByArrival
  case genesisAwaitedForEver
  case codeServesSeveral

  #if SIM_MUTANTS
    public static let areBuiltIn = true
    /// The one that is on. Set before anything runs.
    public nonisolated(unsafe) static var chosen: Mutant?

    @inlinable @inline(__always)
    public static func isOn(_ mutant: Mutant) -> Bool { chosen == mutant }
  #else
    public static let areBuiltIn = false
    public static var chosen: Mutant? {
      get { nil }
      set {}
    }

    @inlinable @inline(__always)
    public static func isOn(_ mutant: Mutant) -> Bool { false }
  #endif
}
