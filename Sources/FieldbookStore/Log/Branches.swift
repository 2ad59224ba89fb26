import FieldbookModel
import FieldbookReplication

/// What was found out about stored ops and is looked up again and again where a log is forked often, or many write at one
/// moment. Each transaction hands it on to the next.
struct KnownOps {
  /// SQLite's `data_version` of the connection when the last transaction began: another one after a commit of someone else.
  var version: Int64?
  /// Names of ops that were compared by them.
  var hashes: [Dot: [UInt8]] = [:]
  var branches: [LogID: Branches] = [:]
  /// Of all logs.
  var branchCount = 0
  /// Of fields with several values the one that is shown.
  var shown: [Register: LiveValue] = [:]

  /// Of each kind: beyond that all are forgotten, and looked up anew.
  static let limit = 1 << 18
}

/// Where the branches of a log begin.
struct Branches {
  /// Those that begin after one op of one chain.
  struct Shoots {
    /// By the name of the first op of their own.
    var byFirstOp: [[UInt8]: Int64] = [:]
    /// Those of which that was not looked up. One that has no op of its own, because only its segments are cut otherwise,
    /// is not among them until it has one.
    var rest: [Int64] = []
  }

  /// By the last op that they share; with number 0 on the log's first chain those that share none.
  var shoots: [Dot: Shoots] = [:]
  /// The newest chain that is among them.
  var newest: Int64 = 0
}

extension WriteTransaction {
  /// Takes over what the transaction before found. An op's name does not change, but another process can have written values,
  /// or the first op of a branch that had none.
  func takeOver(_ known: KnownOps) throws {
    self.known = known
    let version = try sql.first("PRAGMA data_version")?[0].integer
    guard version != known.version, !Mutant.isOn(.othersUnnoticed) else { return }
    self.known = KnownOps(version: version, hashes: known.hashes)
  }

  /// A branch gets its first op.
  func noteGrowth(of chain: Chain) {
    guard let parent = chain.parent, chain.tip == chain.fork else { return }
    let place = Dot(chain: parent, number: chain.fork)
    known.branches[chain.log]?.shoots[place, default: Branches.Shoots()].rest.append(chain.id)
  }

  /// Same log, same numbers, another hash: the log was forked. Ops that both branches share are the same ops.
  ///
  /// - Parameters:
  ///   - hashes: the names of the segment's ops.
  ///   - chainID: a chain with the op before its first; the log's first one if there is none.
  /// - Returns: the chain that holds the last op that is here already, and its number.
  func branchingPoint(_ header: SegmentHeader, _ hashes: RunningHashes, from chainID: Int64) throws
    -> (parent: Int64, fork: UInt64)
  {
    var number = header.first - 1
    var holder = try chain(dot(chainID, max(number, 1)).chain)
    for hash in hashes {
      let next = Dot(chain: holder.id, number: number + 1)
      if try next.number > holder.tip || keptHash(of: next) != hash {
        guard let shoot = try shoot(of: holder, after: number, beginningWith: hash) else { break }
        holder = try chain(shoot)
      }
      number += 1
    }
    return (holder.id, number)
  }

  private func shoot(of holder: Chain, after number: UInt64, beginningWith hash: [UInt8]) throws
    -> Int64?
  {
    try findBranches(of: holder.log)
    let place = Dot(chain: holder.id, number: number)
    while let id = known.branches[holder.log]?.shoots[place]?.rest.popLast() {
      guard try chain(id).tip > number else { continue }
      let first = try keptHash(of: Dot(chain: id, number: number + 1))
      known.branches[holder.log]?.shoots[place]?.byFirstOp[first] = id
    }
    return known.branches[holder.log]?.shoots[place]?.byFirstOp[hash]
  }

  private func findBranches(of log: LogID) throws {
    if known.branchCount > KnownOps.limit { (known.branches, known.branchCount) = ([:], 0) }
    var branches = known.branches.removeValue(forKey: log) ?? Branches()
    let rows = try sql.all(
      "SELECT id, parent, fork FROM chain WHERE device = ? AND epoch = ? AND id > ? ORDER BY id",
      .blob(log.device.bytes), .blob(log.epochBytes), .integer(branches.newest))
    for row in rows {
      guard let id = row[0].integer, let fork = row[2].integer else { continue }
      branches.newest = id
      guard let parent = row[1].integer else { continue }
      let place = Dot(chain: parent, number: UInt64(fork))
      branches.shoots[place, default: Branches.Shoots()].rest.append(id)
      known.branchCount += 1
    }
    known.branches[log] = branches
  }

  /// The log's first chain, as it came here.
  func rootChain(of log: LogID) throws -> Chain? {
    try sql.first(
      "SELECT * FROM chain WHERE device = ? AND epoch = ? ORDER BY id LIMIT 1",
      .blob(log.device.bytes), .blob(log.epochBytes)
    ).flatMap(Chain.init)
  }

  /// The name of an op, as `hash(of:)` says it: it does not change.
  func keptHash(of dot: Dot) throws -> [UInt8] {
    if let known = known.hashes[dot] { return known }
    let hash = try hash(of: dot)
    if known.hashes.count >= KnownOps.limit { known.hashes = [:] }
    known.hashes[dot] = hash
    return hash
  }
}
