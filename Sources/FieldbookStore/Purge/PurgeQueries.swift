import FieldbookModel
import FieldbookReplication

/// One purge that has its effect here.
package struct PurgeRecord: Sendable, Equatable {
  package let op: String
  package let entity: EntityKey
  package let time: Timestamp
  package let author: String
  package let values: Int
  package let reason: String
  /// What it was, unless the name itself had to go.
  package let subject: String?
  /// Devices of which nothing shows yet that they took it in.
  package let unconfirmed: [String]
}

extension WriteTransaction {
  package func purges() throws -> [PurgeRecord] {
    let devices = try self.devices().filter { !$0.isRevoked }
    let heads = try Dictionary(
      sql.all("SELECT device, heads FROM peer").compactMap { row in
        row[0].blob.flatMap(DeviceKey.init).map { ($0, row[1].blob ?? []) }
      }, uniquingKeysWith: { first, _ in first })
    return try sql.all(
      "SELECT dot, entity, clock, cells, reason, subject FROM purge ORDER BY clock"
    ).compactMap { row in
      guard let dot = row[0].integer.map(Dot.init(raw:)),
        let entity = row[1].blob.flatMap({ EntityKey(bytes: $0) })
      else { return nil }
      let author = try chain(dot.chain).log.device
      let silent = try devices.filter { device in
        try device.key != identity.device && device.key != author
          && !hasSeen(dot, device.key, told: HeadsCoding.decode(heads[device.key] ?? []))
      }
      return PurgeRecord(
        op: try hexHash(dot), entity: entity,
        time: Timestamp(milliseconds: HybridTime(stored: row[2].integer ?? 0).milliseconds),
        author: try self.author(author).name, values: Int(row[3].integer ?? 0),
        reason: row[4].text ?? "", subject: row[5].text, unconfirmed: silent.map(\.name))
    }
  }

  /// True when a device has told, or shown in what it wrote since, that it holds an op.
  private func hasSeen(_ dot: Dot, _ device: DeviceKey, told: [Head]) throws -> Bool {
    for head in told {
      guard
        let row = try sql.first(
          "SELECT chain, last FROM segment WHERE hash = ?", .blob(head.hash.bytes)),
        let id = row[0].integer, let last = row[1].integer
      else { continue }
      if try isAncestor(dot, of: Dot(chain: id, number: UInt64(last))) { return true }
    }
    for row in try sql.all("SELECT id FROM chain WHERE device = ?", .blob(device.bytes)) {
      if let id = row[0].integer, try covers(id, dot) { return true }
    }
    return false
  }

  package func purgedContents() throws -> [ContentDigest] {
    try sql.all("SELECT digest FROM purged_content").compactMap {
      $0[0].blob.flatMap(ContentDigest.init)
    }
  }

  /// Contents that artifacts name, without those that were purged.
  package func wantedContents() throws -> [ContentDigest: Int64] {
    var named = try namedContents()
    for digest in try purgedContents() { named[digest] = nil }
    return named
  }

  package func isPurged(_ content: ContentDigest) throws -> Bool {
    try sql.first("SELECT 1 FROM purged_content WHERE digest = ?", .blob(content.bytes)) != nil
  }

  /// Purged cells whose values are still in a segment here: none, unless something is wrong.
  package func remainsOfPurges() throws -> Int {
    var remains = 0
    for row in try sql.all("SELECT dot, cell FROM purged_cell ORDER BY dot") {
      guard let dot = row[0].integer.map(Dot.init(raw:)), let cell = row[1].integer else {
        continue
      }
      let cells = try operation(dot).cells
      if cells.indices.contains(Int(cell)), !cells[Int(cell)].isWithheld { remains += 1 }
    }
    return remains
  }

  /// True while pages of the database's files can still hold what was purged.
  package func needsScrub() throws -> Bool { try meta("scrub").integer == 1 }
  package func noteScrubDue() throws { try setMeta("scrub", .integer(1)) }
  package func noteScrubbed() throws { try setMeta("scrub", .null) }
}
