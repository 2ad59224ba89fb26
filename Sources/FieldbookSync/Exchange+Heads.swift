import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// What each side says that it holds, and what the other lacks of it. Where that is more than a message says, it is said once, in
/// several, and then what was added: a member who makes very many logs keeps nobody from syncing.
extension Exchange {
  /// An offer that says what is held here, and nothing else.
  static func heads(of workspace: Workspace, session: inout SyncSession) throws -> SyncOffer {
    let moment = try workspace.moment().segment
    if session.listing == nil {
      let heads = try workspace.sealedHeads()
      var offer = SyncOffer(digest: HeadsDigest.of(heads))
      offer.base = session.base
      offer.tips = session.tips(of: heads)
      session.ownDigest = offer.digest
      if offer.tips.count <= session.tipsMax { return offer }
      session.listing = HeadsListing(digest: offer.digest, moment: moment)
    }
    guard var listing = session.listing else { return SyncOffer(digest: HeadsDigest.of([])) }
    var offer = SyncOffer(digest: listing.digest)
    offer.base = session.base
    offer.addsTips = listing.end > 0
    repeat {
      let page = try workspace.heads(after: listing.end, limit: session.tipsMax)
      offer.tips = session.tips(of: page.heads)
      offer.hasMoreTips = !page.isLast
      listing.end = page.end
    } while offer.tips.isEmpty && offer.hasMoreTips
    // Nobody asks for it before all was said and taken.
    if !offer.hasMoreTips, !session.isTaking, moment != listing.moment {
      listing.digest = HeadsDigest.of(try workspace.sealedHeads())
      listing.moment = moment
      offer.digest = listing.digest
    }
    session.ownDigest = moment == listing.moment ? listing.digest : nil
    session.listing = listing
    return offer
  }

  /// Takes in what the other side says that it holds.
  static func hear(_ offer: SyncOffer, session: inout SyncSession, at workspace: Workspace) throws
    -> SyncSession.Reaction
  {
    guard offer.addsTips || offer.hasMoreTips else { return session.receive(offer) }
    // Of many, those that are not here say nothing of what to give: nobody makes a replica remember more than it has.
    var told = offer
    told.tips = try workspace.held(of: offer.tips)
    let known = offer.addsTips ? session.peerHeads.count : 0
    if try known + told.tips.count > workspace.headsBound() + session.tipsMax {
      told.tips = []
    }
    return session.receive(told)
  }

  /// Finds what the other side lacks, unless some that was found is still to be given.
  static func fill(_ session: inout SyncSession, from workspace: Workspace, upTo goal: Int64?)
    throws
  {
    guard session.outbox.isEmpty, !session.isEven else { return }
    session.outbox = try workspace.outbox(
      notIn: session.known, upTo: goal ?? .max, except: session.refused.keys)
  }
}
