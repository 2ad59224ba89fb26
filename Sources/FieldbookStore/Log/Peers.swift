import FieldbookModel
import FieldbookReplication

/// What this replica remembers of others. Local: never in the log, and only ever a hint.
extension WriteTransaction {
  /// Counts what was noted of peers, remotes and invites: asking for it reads one row, however many of them there are.
  package func contacts() throws -> Int64 { try meta("contacts").integer ?? 0 }

  private func noteContact() throws { try setMeta("contacts", .integer(contacts() &+ 1)) }

  package func peerHeads(_ peer: DeviceKey) throws -> [Head] {
    guard
      let bytes = try sql.first("SELECT heads FROM peer WHERE device = ?", .blob(peer.bytes))?[0]
        .blob
    else { return [] }
    return try HeadsCoding.decode(bytes)
  }

  package func allPeerHeads() throws -> [[Head]] {
    try sql.all("SELECT heads FROM peer").map { try HeadsCoding.decode($0[0].blob ?? []) }
  }

  package func setPeerHeads(_ peer: DeviceKey, _ heads: [Head]) throws {
    try sql.run(
      """
      INSERT INTO peer(device, heads, time) VALUES (?, ?, ?)
      ON CONFLICT(device) DO UPDATE SET heads = excluded.heads, time = excluded.time
      """, .blob(peer.bytes), .blob(HeadsCoding.encode(heads)), .integer(identity.now()))
    try noteContact()
  }

  /// How far a peer's clock was ahead of this machine's when they last met, in milliseconds; nil before that.
  package func clockOffset(of peer: DeviceKey) throws -> Int64? {
    try sql.first("SELECT clock_offset FROM peer WHERE device = ?", .blob(peer.bytes))?[0].integer
  }

  package func setClockOffset(_ offset: Int64, of peer: DeviceKey) throws {
    try sql.run(
      """
      INSERT INTO peer(device, heads, time, clock_offset) VALUES (?, ?, ?, ?)
      ON CONFLICT(device) DO UPDATE SET clock_offset = excluded.clock_offset
      """, .blob(peer.bytes), .blob(HeadsCoding.encode([])), .integer(identity.now()),
      .integer(offset))
    try noteContact()
  }

  // MARK: Remotes

  package struct RemoteRow: Sendable, Equatable {
    package let name: String
    package let url: String
    package let pin: DeviceKey?
    /// The certificate that it must show; nil for one that is not known yet, or that has none.
    package let certificate: CertificateFingerprint?
    package let lastSync: Timestamp?
    package let behindOps: Int?
    /// What went wrong last; nil when the last try went well.
    package let failure: String?
    /// When the first try after the last that went well failed.
    package let failingSince: Timestamp?
  }

  package func remotes() throws -> [RemoteRow] {
    try sql.all(
      """
      SELECT name, url, pin, certificate, last_sync, behind, failure, failing_since FROM remote ORDER BY name
      """
    ).map { row in
      RemoteRow(
        name: row[0].text ?? "", url: row[1].text ?? "", pin: row[2].blob.flatMap(DeviceKey.init),
        certificate: row[3].blob.flatMap(CertificateFingerprint.init(bytes:)),
        lastSync: row[4].integer.map(Timestamp.init), behindOps: row[5].integer.map(Int.init),
        failure: row[6].text, failingSince: row[7].integer.map(Timestamp.init))
    }
  }

  /// False if there is one of that name.
  package func addRemote(_ name: String, url: String) throws -> Bool {
    try noteContact()
    return try sql.run(
      "INSERT OR IGNORE INTO remote(name, url) VALUES (?, ?)", .text(name), .text(url)) > 0
  }

  package func removeRemote(_ name: String) throws -> Bool {
    try noteContact()
    return try sql.run("DELETE FROM remote WHERE name = ?", .text(name)) > 0
  }

  package func pin(_ name: String, _ key: DeviceKey) throws {
    try sql.run("UPDATE remote SET pin = ? WHERE name = ?", .blob(key.bytes), .text(name))
  }

  package func pin(_ name: String, _ certificate: CertificateFingerprint) throws {
    try sql.run(
      "UPDATE remote SET certificate = ? WHERE name = ?", .blob(certificate.bytes), .text(name))
  }

  package func noteSync(_ name: String, time: Timestamp, behind: Int) throws {
    try sql.run(
      """
      UPDATE remote SET last_sync = ?, behind = ?, failure = NULL, failing_since = NULL WHERE name = ?
      """, .integer(time.milliseconds), .integer(Int64(behind)), .text(name))
    try noteContact()
  }

  package func noteFailure(_ name: String, time: Timestamp, reason: String) throws {
    try sql.run(
      "UPDATE remote SET failure = ?, failing_since = coalesce(failing_since, ?) WHERE name = ?",
      .text(reason), .integer(time.milliseconds), .text(name))
    try noteContact()
  }

  // MARK: Certificates

  /// What a device serves with, as the log says; several while that is in conflict.
  package func certificates(of device: DeviceKey) throws -> [CertificateFingerprint] {
    guard let entity = try existingEntity(device.entity) else { return [] }
    return try live(entity, fieldID(.tlsCertificate)).compactMap {
      $0.value.text.flatMap { CertificateFingerprint(hex: $0) }
    }
  }

  // MARK: Invites

  package struct InviteRow: Sendable, Equatable {
    package let secret: [UInt8]
    package let role: Role
    package let expires: Timestamp
    package let redeemedBy: DeviceKey?
  }

  package func storeInvite(id: [UInt8], secret: [UInt8], role: Role, expires: Timestamp) throws {
    try sql.run(
      "INSERT INTO invite(id, secret, role, expires) VALUES (?, ?, ?, ?)", .blob(id), .blob(secret),
      .text(role.rawValue), .integer(expires.milliseconds))
    try noteContact()
  }

  package func invite(_ id: [UInt8]) throws -> InviteRow? {
    guard
      let row = try sql.first(
        "SELECT secret, role, expires, redeemed_by FROM invite WHERE id = ?", .blob(id)),
      let secret = row[0].blob, let role = row[1].text.flatMap(Role.init),
      let expires = row[2].integer
    else { return nil }
    return InviteRow(
      secret: secret, role: role, expires: Timestamp(milliseconds: expires),
      redeemedBy: row[3].blob.flatMap(DeviceKey.init))
  }

  /// Nobody has used them, and they have not ended.
  package func openInvites(at now: Timestamp) throws -> [InviteRow] {
    try sql.all(
      """
      SELECT secret, role, expires FROM invite WHERE redeemed_by IS NULL AND expires > ?
      ORDER BY expires LIMIT 1000
      """, .integer(now.milliseconds)
    ).compactMap { row in
      guard let secret = row[0].blob, let role = row[1].text.flatMap(Role.init),
        let expires = row[2].integer
      else { return nil }
      return InviteRow(
        secret: secret, role: role, expires: Timestamp(milliseconds: expires), redeemedBy: nil)
    }
  }

  package func markRedeemed(_ id: [UInt8], by key: DeviceKey) throws {
    try sql.run("UPDATE invite SET redeemed_by = ? WHERE id = ?", .blob(key.bytes), .blob(id))
    try noteContact()
  }

  // MARK: Suspect clocks

  /// The hub's duty: caps, for display, ops whose clock stands further ahead of the hub's than is adopted.
  package func witnessSuspects() throws {
    let limit = HybridTime(milliseconds: identity.now() + HybridClock.skewLimitMilliseconds)
    guard try sql.first("SELECT 1 FROM chain WHERE clock > ?", .integer(limit.stored)) != nil else {
      return
    }
    var cells: [EntityKey: [Cell<Dot>]] = [:]
    for row in try sql.all(
      """
      SELECT e.key, f.name, s.dot FROM sibling s JOIN entity e ON e.id = s.entity JOIN field f ON f.id = s.field
      WHERE s.clock > ?1 AND NOT EXISTS (SELECT 1 FROM suspect u WHERE u.chain = s.dot >> 40
        AND u.upto >= s.dot & 1099511627775)
      UNION
      SELECT e.key, f.name, r.dot FROM register r JOIN entity e ON e.id = r.entity JOIN field f ON f.id = r.field
      JOIN chain c ON c.id = r.dot >> 40 AND c.clock > ?1
      WHERE r.dot > 0 AND NOT EXISTS (SELECT 1 FROM suspect u WHERE u.chain = r.dot >> 40
        AND u.upto >= r.dot & 1099511627775)
      """, .integer(limit.stored))
    {
      guard let key = row[0].blob.flatMap({ EntityKey(bytes: $0) }), let name = row[1].text,
        let dot = row[2].integer.map(Dot.init(raw:)), try operation(dot).clock > limit
      else { continue }
      cells[key, default: []].append(Cell(field: FieldName(name), overwrites: [dot], value: nil))
    }
    for (key, cells) in cells.sorted(by: { $0.key < $1.key }) {
      for start in stride(from: 0, to: cells.count, by: 1000) {
        try append(
          kind: .witness, entity: key, cells: Array(cells[start..<min(start + 1000, cells.count)]))
      }
    }
  }
}
