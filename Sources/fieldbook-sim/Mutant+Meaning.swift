import FieldbookModel
import FieldbookTestSupport

extension Mutant {
  /// What it breaks.
  var meaning: String {
    switch self {
    case .overwrittenStay: "a write does not remove what it overwrote"
    case .equalValuesConflict: "equal values count as a conflict"
    case .conflictStays: "a resolved conflict stays listed"
    case .oldestShown: "of several values the oldest is shown"
    case .shownByRow: "which value is shown depends on local numbers"
    case .addedAlone: "where values come beside others the one to show is among those that came"
    case .othersUnnoticed: "what one transaction found is handed on though another process wrote"
    case .unseenAddsRemoved: "taking a label away takes adds that were not seen"
    case .statusByClock: "another device's state of a run is shown before its own device's"
    case .deletionWins: "a deletion hides edits that it had not seen"
    case .earlierEditsIgnored: "unseen edits count only if they come after the deletion"
    case .pointsCountedTwice: "points in two chunks are counted twice"
    case .absentPointsForgotten: "points that are known and not here are counted again"
    case .livePointsForgotten: "points that are not sealed yet are gone when a replica is opened"
    case .chunksJoinedTwice: "points in two chunks are told twice where chunks are joined"
    case .spansByArrival: "of a span that came several times the one that came last counts"
    case .unknownDropped: "ops of later versions are not kept"
    case .unknownWithheld: "segments with ops of later versions are not passed on"
    case .replaySkipped: "what an earlier program kept stays without effect in a later one"
    case .mixedLevelsUnnoticed:
      "an earlier program beside a later one keeps ops, and the later one does not notice"
    case .numberAlone: "segments are told apart by number alone"
    case .pastNotAwaited: "a segment has its effect before its past is here"
    case .waitingForgotten: "what waits is not looked at again"
    case .signatureUnchecked: "signatures are not verified"
    case .rootUnchecked: "ops are not verified against the signed root"
    case .lastOpUnfolded: "a segment is stored without its last op's effect"
    case .sharedOpsFoldedTwice: "ops that two branches share have their effect twice"
    case .headBeforeCommit: "a head is committed before what the segment says has its effect"
    case .differencesSkipped: "who compares segments takes ranges of as many for equal"
    case .agreementUncompared: "a peer that was put back is taken for what it was"
    case .splitLosesSegment: "where a transaction is split a segment is lost"
    case .farClockAdopted: "a far clock is adopted"
    case .rebuildByLog: "a rebuild goes log by log, not in causal order"
    case .firstCreationHeard: "of several creations the one that came here first counts"
    case .ownerlessRuns: "a run that says of no experiment has its effect"
    case .unseenReferences: "an op may overwrite what its author cannot have seen"
    case .waitingUnbounded: "what waits is never let go"
    case .floodDrownsOthers: "a flood of one author pushes out what waits of others"
    case .forkRefused: "the second branch of a log is refused"
    case .branchPastForgotten: "a branch forgets what was seen before it"
    case .branchesByNumber: "what a peer lacks of a forked log is told by number"
    case .markIgnored: "a restored or copied folder is not noticed"
    case .epochKept: "who gets own work back goes on in the same log"
    case .cutsKeptApart: "an op that comes again in a segment cut otherwise is another op"
    case .followedHeads: "what another segment follows is a head"
    case .endsByChain:
      "the ends of a log are those of its chains, which go by the order of arrival"
    case .sentUnsynced: "segments are given before they are durable"
    case .personUnsynced: "what a person writes is acknowledged before it is durable"
    case .appliedUnsynced: "what a peer gave is acknowledged before it is durable"
    case .logHolesKept: "holes in the write-ahead log stay after a power cut"
    case .numberReused: "a final number is given twice"
    case .versionsRenumbered: "versions that have a final number get another"
    case .twinNumbersHidden: "two final numbers alike are no conflict"
    case .leasesOverlap: "numbers that are leased are given, or leased once more"
    case .claimsUnchecked: "a version has whatever number its device claims"
    case .settleIgnored: "what a hub settled is forgotten"
    case .aliasMoves: "a held alias answers the newest value"
    case .revokedApplied: "what a revocation cuts off has its effect"
    case .pointsOfAnyone: "a revoked device's points are taken in, and counted for nobody else"
    case .cutsUnited: "of concurrent revocations the mildest holds"
    case .otherLogsUncut: "a revocation leaves side branches and new logs alone"
    case .nothingInherited: "what a revoked op had overwritten comes back beside its successor"
    case .revocationUnfolded: "a revocation leaves what was folded before it"
    case .rightsOfToday: "rights are those of today, not of an op's past"
    case .purgeByAnyone: "whoever may write may purge"
    case .purgeNotCarriedOut: "a purge that comes from a peer takes nothing away"
    case .mergedLinesLost: "where texts of a config are merged one side's lines are lost"
    case .configsByArrival: "the branch of configs goes by the order in which changes came here"
    case .genesisAwaitedForEver: "a replica that wrote before it was let in takes nothing in"
    case .codeServesSeveral: "a code lets in whoever has it"
    }
  }

  /// Where it shows if it shows at all.
  var profiles: [Simulation.Profile] {
    switch self {
    case .revokedApplied, .pointsOfAnyone, .cutsUnited, .otherLogsUncut, .nothingInherited,
      .revocationUnfolded, .rightsOfToday, .purgeByAnyone, .purgeNotCarriedOut:
      [.membership]
    case .sentUnsynced, .personUnsynced, .appliedUnsynced, .logHolesKept, .headBeforeCommit:
      [.disks, .links, .recovery]
    case .unseenAddsRemoved, .statusByClock, .settleIgnored, .aliasMoves: [.duties]
    case .replaySkipped, .mixedLevelsUnnoticed: [.versions]
    case .genesisAwaitedForEver, .codeServesSeveral: [.links]
    case .firstCreationHeard, .ownerlessRuns, .unseenReferences, .waitingUnbounded,
      .floodDrownsOthers:
      [.byzantine]
    case .differencesSkipped: [.exchanges, .duties, .byzantine]
    case .agreementUncompared: [.exchanges, .duties, .links]
    case .addedAlone, .othersUnnoticed: [.processes]
    case .branchesByNumber, .branchPastForgotten, .epochKept: [.copies, .duties]
    default: [.plain, .copies, .processes, .exchanges, .duties, .links]
    }
  }
}
