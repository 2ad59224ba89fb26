import FieldbookModel
import FieldbookReplication

/// The branches of logs that were forked, by the first op of their own. Some 40 bytes each, for as long as the replica is open.
struct Branches {
  /// What was looked at of one log.
  struct Read {
    /// The newest chain.
    var newest: Int64 = 0
    /// Those of which the first op is to be looked up.
    var rest: [Int64] = []
    /// Those that had none, because only their segments are cut otherwise.
    var empty: Set<Int64> = []
  }

  var logs: [LogID: Read] = [:]
  /// Another process can have written the first op of an empty one.
  var isDoubted = false
  /// By the first eight bytes of the op's name.
  private var byFirstOp: [UInt64: Int64] = [:]
  /// Those whose eight bytes another one has.
  private var others: [[UInt8]: Int64] = [:]

  /// - Parameter name: of its first op, 32 bytes.
  mutating func add(_ chain: Int64, firstOp name: [UInt8]) {
    let key = Branches.key(name)
    if byFirstOp[key] == nil { byFirstOp[key] = chain } else { others[name] = chain }
  }

  /// Those that may begin with that op: the names are still to be compared.
  func candidates(_ name: [UInt8]) -> [Int64] {
    [others[name], byFirstOp[Branches.key(name)]].compactMap { $0 }
  }

  private static func key(_ name: [UInt8]) -> UInt64 {
    name.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension WriteTransaction {
  /// A branch gets its first op.
  func noteGrowth(of chain: Chain) {
    guard chain.parent != nil, chain.tip == chain.fork,
      known.branches.logs[chain.log]?.empty.remove(chain.id) != nil
    else { return }
    known.branches.logs[chain.log]?.rest.append(chain.id)
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
        guard let branch = try branch(of: holder, after: number, beginningWith: hash) else { break }
        holder = branch
      }
      number += 1
    }
    return (holder.id, number)
  }

  private func branch(of holder: Chain, after number: UInt64, beginningWith hash: [UInt8]) throws
    -> Chain?
  {
    try readBranches(of: holder.log)
    for id in known.branches.candidates(hash) {
      let branch = try chain(id)
      guard branch.parent == holder.id, branch.fork == number,
        try keptHash(of: Dot(chain: id, number: number + 1)) == hash
      else { continue }
      return branch
    }
    return nil
  }

  private func readBranches(of log: LogID) throws {
    if known.branches.isDoubted {
      for (log, read) in known.branches.logs {
        known.branches.logs[log]?.rest += read.empty.sorted()
        known.branches.logs[log]?.empty = []
      }
      known.branches.isDoubted = false
    }
    var read = known.branches.logs.removeValue(forKey: log) ?? Branches.Read()
    read.rest += try sql.all(
      """
      SELECT id FROM chain WHERE device = ? AND epoch = ? AND id > ? AND parent IS NOT NULL
      ORDER BY id
      """, .blob(log.device.bytes), .blob(log.epochBytes), .integer(read.newest)
    ).compactMap { $0[0].integer }
    read.newest = max(read.newest, read.rest.last ?? 0)
    for id in read.rest {
      let branch = try chain(id)
      if branch.tip > branch.fork {
        let first = Dot(chain: id, number: branch.fork + 1)
        known.branches.add(id, firstOp: try hash(of: first))
      } else {
        read.empty.insert(id)
      }
    }
    read.rest = []
    known.branches.logs[log] = read
  }

  /// The log's first chain, as it came here.
  func rootChain(of log: LogID) throws -> Chain? {
    try sql.first(
      "SELECT * FROM chain WHERE device = ? AND epoch = ? ORDER BY id LIMIT 1",
      .blob(log.device.bytes), .blob(log.epochBytes)
    ).flatMap(Chain.init)
  }
}
