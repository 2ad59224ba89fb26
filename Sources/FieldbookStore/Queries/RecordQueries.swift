import FieldbookModel
import FieldbookReplication

/// Reads of whole things, from the typed tables and registers.
extension WriteTransaction {
  /// - Parameter countingRuns: costs a look at each of them; else there are said to be none.
  package func experiment(_ id: ExperimentID, countingRuns: Bool = true) throws -> Experiment? {
    guard let entity = try existingEntity(id.key),
      let row = try sql.first(
        """
        SELECT shown_name, lifecycle, created_time, updated_time,
          CASE WHEN ?2 THEN
            (SELECT count(*) FROM run r WHERE r.experiment = e.id AND r.lifecycle = 'active')
          ELSE 0 END
        FROM experiment e WHERE id = ?1
        """, .integer(entity.id), .integer(countingRuns ? 1 : 0))
    else { return nil }
    return Experiment(
      id: id, name: row[0].text ?? id.key.short, lifecycle: lifecycle(row[1]),
      description: try shownValue(entity.id, .description).text, createdTime: time(row[2]),
      lastUpdateTime: time(row[3]), runCount: Int(row[4].integer ?? 0),
      tags: try members(entity.id, "tags"))
  }

  /// Nil for an experiment that is not known here.
  package func shownLifecycle(of id: ExperimentID) throws -> Lifecycle? {
    guard let entity = try existingEntity(id.key) else { return nil }
    return try sql.first(
      "SELECT lifecycle FROM experiment WHERE id = ?", .integer(entity.id)
    ).map { lifecycle($0[0]) }
  }

  package func run(_ id: RunID, withConflicts: Bool = true) throws -> Run? {
    guard let entity = try existingEntity(id.key),
      let row = try sql.first(
        """
        SELECT r.name, x.key, e.shown_name, r.status, r.end_time, r.lifecycle, r.start_time, r.user, r.parent,
          r.chain FROM run r LEFT JOIN experiment e ON e.id = r.experiment
          LEFT JOIN entity x ON x.id = r.experiment WHERE r.id = ?
        """, .integer(entity.id))
    else { return nil }
    let status = row[3].text.flatMap(RunStatus.init) ?? .running
    let device = try row[9].integer.map { try author(chain($0).log.device).name } ?? ""
    let experimentKey = row[1].blob.flatMap { EntityKey(bytes: $0) }
    return Run(
      id: id, name: row[0].text ?? id.key.short,
      experiment: experimentKey.map { ExperimentID($0) } ?? Experiment.defaultID,
      experimentName: row[2].text ?? "",
      state: RunState(status: status, endTime: row[4].integer.map(Timestamp.init)),
      lifecycle: lifecycle(row[5]), startTime: time(row[6]), user: row[7].text,
      parent: row[8].blob.flatMap { EntityKey(bytes: $0) }.map { RunID($0) }, device: device,
      description: try shownValue(entity.id, .description).text,
      parameters: try members(entity.id, "params"), metrics: try summaries(entity.id),
      tags: try members(entity.id, "tags"), labels: try members(entity.id, "labels").keys.sorted(),
      comments: try comments(entity.id),
      datasets: try members(entity.id, "datasets").sorted { $0.key < $1.key }
        .compactMap { DatasetCoding.decode($0.value) },
      artifacts: try artifacts(entity.id),
      modelInputs: try members(entity.id, "inputs").keys.sorted().compactMap {
        LoggedModelID(hex: $0)
      },
      modelOutputs: try members(entity.id, "outputs").sorted { $0.key < $1.key }.compactMap {
        id, step in
        LoggedModelID(hex: id).map { ModelOutput(model: $0, step: Int64(step) ?? 0) }
      }, environment: try members(entity.id, "environment"),
      conflicts: withConflicts ? try conflicts(blockingOnly: false, entity: id.key).map(\.id) : [])
  }

  /// Fields `family.K` that hold a value, by K.
  func members(_ entity: Int64, _ family: String) throws -> [String: String] {
    var out: [String: String] = [:]
    // '/' follows '.' in ASCII: the range holds all names that begin with `family.`.
    for row in try sql.all(
      """
      SELECT f.name, r.value FROM register r JOIN field f ON f.id = r.field
      WHERE r.entity = ? AND f.name > ? AND f.name < ?
      """, .integer(entity), .text(family + "."), .text(family + "/"))
    {
      guard let name = row[0].text, let value = row[1].field.display else { continue }
      out[String(name.dropFirst(family.count + 1))] = value
    }
    return out
  }

  private func summaries(_ entity: Int64) throws -> [String: MetricSummary] {
    var out: [String: MetricSummary] = [:]
    for row in try sql.all(
      """
      SELECT f.name, s.count, s.last_step, s.last_timestamp, s.last_value, s.minimum, s.maximum
      FROM series s JOIN field f ON f.id = s.key WHERE s.run = ?
      """, .integer(entity))
    {
      guard let name = row[0].text else { continue }
      out[String(name.dropFirst(8))] = MetricSummary(
        count: Int(row[1].integer ?? 0),
        last: MetricPoint(
          step: row[2].integer ?? 0, timestamp: row[3].integer ?? 0, value: row[4].real ?? .nan),
        minimum: row[5].real ?? .nan, maximum: row[6].real ?? .nan)
    }
    return out
  }

  /// By time; of one moment by text and author, so that they stand alike everywhere.
  private func comments(_ entity: Int64) throws -> [Comment] {
    try sql.all(
      """
      SELECT m.dot, m.clock, m.value FROM member m JOIN field f ON f.id = m.field AND f.name = 'comments'
      WHERE m.entity = ?
      """, .integer(entity)
    ).compactMap { row -> (HybridTime, Comment)? in
      guard let dot = row[0].integer.map(Dot.init(raw:)), let text = row[2].text else { return nil }
      let time = HybridTime(stored: row[1].integer ?? 0)
      let who = try author(chain(dot.chain).log.device)
      let when = Timestamp(milliseconds: time.milliseconds)
      return (time, Comment(text: text, author: who.owner, time: when))
    }.sorted { left, right in
      (left.0, left.1.text, left.1.author) < (right.0, right.1.text, right.1.author)
    }.map(\.1)
  }

  /// Artifacts as the log names them; whether their bytes are here is the repository's to say.
  func artifacts(_ entity: Int64) throws -> [Artifact] {
    try members(entity, "artifacts").sorted { $0.key < $1.key }.compactMap { path, text in
      ArtifactCoding.decode(text, path: path)
    }
  }

  package func artifacts(of key: EntityKey) throws -> [Artifact] {
    guard let entity = try existingEntity(key) else { return [] }
    return try artifacts(entity.id)
  }

  /// Contents that some artifact names, with their sizes.
  package func namedContents() throws -> [ContentDigest: Int64] {
    var out: [ContentDigest: Int64] = [:]
    for row in try sql.all(
      """
      SELECT r.value FROM register r JOIN field f ON f.id = r.field
      WHERE f.name > 'artifacts.' AND f.name < 'artifacts/'
      UNION ALL SELECT s.value FROM sibling s JOIN field f ON f.id = s.field
      WHERE f.name > 'artifacts.' AND f.name < 'artifacts/'
      """)
    {
      guard let artifact = row[0].text.flatMap({ ArtifactCoding.decode($0, path: "") }) else {
        continue
      }
      // What says less than it is would never be complete.
      out[artifact.digest] = max(out[artifact.digest] ?? 0, artifact.byteCount)
    }
    return out
  }

  /// Contents of files that one of these devices recorded.
  package func contents(namedBy devices: Set<DeviceKey>) throws -> Set<ContentDigest> {
    let chains = Set(
      try sql.all("SELECT id, device FROM chain").compactMap { row in
        row[1].blob.flatMap { DeviceKey(bytes: $0) }.flatMap {
          devices.contains($0) ? row[0].integer : nil
        }
      })
    var out: Set<ContentDigest> = []
    for row in try sql.all(
      """
      SELECT r.value, r.dot FROM register r JOIN field f ON f.id = r.field
      WHERE f.name > 'artifacts.' AND f.name < 'artifacts/'
      UNION ALL SELECT s.value, s.dot FROM sibling s JOIN field f ON f.id = s.field
      WHERE f.name > 'artifacts.' AND f.name < 'artifacts/'
      """)
    {
      guard let dot = row[1].integer.map(Dot.init(raw:)), chains.contains(dot.chain),
        let artifact = row[0].text.flatMap({ ArtifactCoding.decode($0, path: "") })
      else { continue }
      out.insert(artifact.digest)
    }
    return out
  }

  package func model(_ id: ModelID) throws -> RegisteredModel? {
    guard let entity = try existingEntity(id.key),
      let row = try sql.first(
        "SELECT shown_name, lifecycle, created_time, updated_time FROM model WHERE id = ?",
        .integer(entity.id))
    else { return nil }
    let versions = try sql.all(
      """
      SELECT e.key FROM version v JOIN entity e ON e.id = v.id WHERE v.model = ? AND v.lifecycle = 'active'
      ORDER BY v.number IS NULL, v.number, v.created_time, e.key
      """, .integer(entity.id)
    ).compactMap { $0[0].blob.flatMap { EntityKey(bytes: $0) } }
      .compactMap { try version(VersionID($0)) }
    return RegisteredModel(
      id: id, name: row[0].text ?? id.key.short, lifecycle: lifecycle(row[1]),
      description: try shownValue(entity.id, .description).text, createdTime: time(row[2]),
      lastUpdateTime: time(row[3]), tags: try members(entity.id, "tags"),
      aliases: try aliases(entity), versions: versions)
  }

  private func aliases(_ entity: EntityRow) throws -> [String: AliasState] {
    var out: [String: AliasState] = [:]
    for row in try sql.all(
      """
      SELECT f.id, f.name, (SELECT 1 FROM conflict c WHERE c.entity = r.entity AND c.field = r.field)
      FROM register r JOIN field f ON f.id = r.field
      WHERE r.entity = ? AND f.name > 'aliases.' AND f.name < 'aliases/'
      """, .integer(entity.id))
    {
      guard let field = row[0].integer, let name = row[1].text else { continue }
      let isHeld = row[2].integer == 1
      let version = try held(entity, field)?.key.map { VersionID($0) }
      if version == nil && !isHeld { continue }
      let conflict =
        isHeld
        ? try conflicts(blockingOnly: true, entity: entity.key).first { $0.field.text == name }?.id
        : nil
      out[String(name.dropFirst(8))] = AliasState(
        version: version, isHeld: isHeld, conflict: conflict)
    }
    return out
  }

  package func version(_ id: VersionID) throws -> ModelVersion? {
    guard let entity = try existingEntity(id.key),
      let row = try sql.first(
        """
        SELECT m.key, m.shown_name, v.number, v.provisional, v.ordinal, v.run, v.source, v.status, v.lifecycle,
          v.created_time, v.updated_time FROM version v LEFT JOIN model m ON m.id = v.model WHERE v.id = ?
        """, .integer(entity.id)), let model = row[0].text.flatMap({ ModelID(hex: $0) })
    else { return nil }
    let writer = try entity.createdDot.map { try author(chain($0.chain).log.device).owner } ?? ""
    let stage = try held(entity, fieldID(.stage))
    return ModelVersion(
      id: id, model: model, modelName: row[1].text ?? "", finalNumber: row[2].integer,
      provisionalNumber: row[3].integer ?? 0, provisionalOrdinal: row[4].integer ?? 0,
      run: row[5].text.flatMap { RunID(hex: $0) }, source: row[6].text ?? "",
      status: row[7].text ?? "READY", stage: stage?.text ?? "None",
      description: try shownValue(entity.id, .description).text, lifecycle: lifecycle(row[8]),
      createdTime: time(row[9]), lastUpdateTime: time(row[10]), author: writer,
      tags: try members(entity.id, "tags"))
  }

  package func devices() throws -> [Device] {
    let membership = try membership()
    return try sql.all(
      """
      SELECT d.key, d.name, d.owner, d.role, d.hub, e.created_clock FROM device d JOIN entity e ON e.id = d.id
      WHERE d.role IS NOT NULL ORDER BY e.created_clock, d.key
      """
    ).compactMap { row in
      guard let key = row[0].blob.flatMap(DeviceKey.init) else { return nil }
      let seen = try sql.first(
        "SELECT nullif(max(clock), 0) FROM chain WHERE device = ?", .blob(key.bytes))
      return Device(
        key: key, name: row[1].text ?? key.id, owner: row[2].text ?? "",
        role: membership.presentAuthority(of: key)?.role ?? row[3].text.flatMap(Role.init)
          ?? .reader,
        isHub: row[4].integer == 1,
        isSelf: key == identity.device,
        enrolledTime: Timestamp(
          milliseconds: HybridTime(stored: row[5].integer ?? 0).milliseconds),
        lastSeen: seen?[0].integer.map {
          Timestamp(milliseconds: HybridTime(stored: $0).milliseconds)
        }, isRevoked: membership.isRevoked(key),
        clockOffset: try clockOffset(of: key),
        logs: try sql.all(
          """
          SELECT c.epoch, s.last FROM chain c JOIN segment s ON s.id = c.tip_segment
          WHERE c.device = ? ORDER BY c.id
          """, .blob(key.bytes)
        ).compactMap { row in
          guard let epoch = row[0].blob, let number = row[1].integer else { return nil }
          return .init(
            epoch: epoch.reduce(0) { $0 << 8 | UInt64($1) }, number: UInt64(number))
        })
    }
  }

  package func isHub(_ key: DeviceKey) throws -> Bool {
    try sql.first("SELECT 1 FROM device WHERE key = ? AND hub = 1", .blob(key.bytes)) != nil
  }

  private func lifecycle(_ value: SQL.Value) -> Lifecycle {
    value.text.flatMap(Lifecycle.init) ?? .active
  }

  private func time(_ value: SQL.Value) -> Timestamp {
    Timestamp(milliseconds: value.integer ?? 0)
  }
}

/// An artifact as the text of its register: `SHA256HEX SIZE`.
package enum ArtifactCoding {
  package static func encode(_ digest: ContentDigest, byteCount: Int64) -> String {
    "\(digest.hex) \(byteCount)"
  }

  package static func decode(_ text: String, path: String) -> Artifact? {
    let parts = text.split(separator: " ")
    guard parts.count == 2, let digest = ContentDigest(hex: parts[0]), let size = Int64(parts[1]),
      size >= 0
    else { return nil }
    return Artifact(path: path, digest: digest, byteCount: size, isHere: false)
  }

  package static func digest(_ text: String) -> ContentDigest? { decode(text, path: "")?.digest }
}
