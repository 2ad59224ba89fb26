import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// Takes the records of a source into a workspace, many in one change, and reads back what came.
///
/// Everything it does can be done again: what is here already is left alone, whatever killed it before.
package final class Recorder {
  private let workspace: Workspace
  private let tell: (Census) -> Void
  private var report: MoveReport
  private var batch = Batch()
  private var experiments: [String: ExperimentID] = [:]
  private var run: OpenRun?
  /// Series of which points are missing here.
  private var incomplete: Set<String> = []

  /// - Parameter tell: is shown how far it came, after each change.
  package init(_ workspace: Workspace, source: String, tell: @escaping (Census) -> Void = { _ in })
  {
    self.workspace = workspace
    self.tell = tell
    report = MoveReport(source: source)
  }

  package func take(_ record: Record) throws {
    switch record {
    case .experiment(let experiment): try take(experiment)
    case .run(let foreign):
      run = OpenRun(arrival: try arrival(of: foreign), name: foreign.id)
      report.there[.runs] += 1
      report.look(at: foreign)
    case .points(let series): try take(series)
    case .endOfRun:
      try add(try closedRun())
    case .loggedModel(let model): try take(model)
    case .model(let model): try take(model)
    case .trace(let trace): try take(trace)
    case .left(let one): report.leave(one)
    }
  }

  /// - Parameter census: counted by the source itself, apart from what it gave.
  package func finish(_ census: Census) throws -> MoveReport {
    try flush()
    report.arrived[.metrics] = report.there[.metrics] - incomplete.count
    try workspace.finishTakingIn()
    report.there.raise(to: census)
    report.noteBackwards()
    return report
  }

  /// What a person should know.
  package func note(_ text: String) { report.note(text) }

  // MARK: Experiments

  private func take(_ foreign: ForeignExperiment) throws {
    report.there[.experiments] += 1
    let key = try workspace.arrivalKey(named: foreign.name, kind: .experiment)
    experiments[foreign.name] = ExperimentID(key)
    var arrival = Arrival(.createExperiment, key)
    arrival.founding = [(.name, .text(foreign.name))]
    if let time = foreign.createdTime { arrival.founding.append((.createdTime, .integer(time))) }
    arrival.fields = tags(foreign.tags, of: foreign.name)
    if let text = foreign.description { arrival.fields.append((.description, .text(text))) }
    arrival.isDeleted = foreign.isDeleted
    if foreign.isDeleted, try workspace.isInUse(key) {
      arrival.isDeleted = false
      report.note("experiment '\(foreign.name)' is deleted there and in use here: it stays")
    }
    try add(Unit(arrival: arrival, kind: .experiments, name: foreign.name))
    // Its runs name it.
    try flush()
  }

  private func experiment(_ name: String) throws -> ExperimentID {
    guard let known = experiments[name] else { throw MovingFailure.noSuchExperiment(name) }
    return known
  }

  // MARK: Runs

  private func arrival(of foreign: ForeignRun) throws -> Arrival {
    var arrival = Arrival(.createRun, foreign.key)
    arrival.founding = [(.experiment, .reference(try experiment(foreign.experiment).key))]
    if let time = foreign.startTime { arrival.founding.append((.startTime, .integer(time))) }
    if let user = foreign.user { arrival.founding.append((.user, .text(user))) }
    if let parent = foreign.parent { arrival.founding.append((.parent, .reference(parent))) }
    arrival.founding += tags(
      foreign.foundingTags.filter { foreign.tags[$0.key] == nil }, of: foreign.id)
    if let name = foreign.name { arrival.fields.append((.name, .text(name))) }
    if let state = foreign.state { arrival.fields.append((.status, .text(state.coded))) }
    if let text = foreign.description { arrival.fields.append((.description, .text(text))) }
    arrival.fields += entries(foreign.parameters, .params, of: foreign.id) { .parameter($0) }
    arrival.fields += tags(foreign.tags, of: foreign.id)
    for (key, value) in foreign.environment.sorted(by: { $0.key < $1.key }) {
      arrival.fields.append((.environment(key), .text(value)))
    }
    for label in Set(foreign.labels).sorted() { arrival.fields.append((.label(label), .text(""))) }
    for dataset in foreign.datasets { try add(dataset, to: &arrival, of: foreign.id) }
    for model in Set(foreign.modelInputs).sorted() {
      arrival.fields.append((.modelInput(model), .text("")))
    }
    for output in foreign.modelOutputs {
      arrival.fields.append((.modelOutput(output.model), .integer(output.step)))
    }
    arrival.isDeleted = foreign.isDeleted
    if let files = foreign.files { try take(files, into: &arrival, name: foreign.id) }
    return arrival
  }

  private func add(_ dataset: Dataset, to arrival: inout Arrival, of run: String) throws {
    let field = FieldName.dataset(digest: dataset.digest, name: dataset.name)
    guard !arrival.fields.contains(where: { $0.name == field }) else { return }
    arrival.fields.append((field, .text(try DatasetCoding.encode(dataset))))
  }

  private func take(_ series: MetricSeries) throws {
    guard run != nil else { return }
    guard !series.key.isEmpty, series.key.utf8.count <= MetricChunkLimits.keyBytes else {
      report.leave(
        Left(
          .points, "\(run?.name ?? ""): \(series.key.prefix(60))",
          reason: "the metric's key is empty or longer than \(MetricChunkLimits.keyBytes) bytes",
          count: series.points.count))
      return
    }
    var rest = series.points[...]
    while !rest.isEmpty {
      let room = max(1, Batch.points - (run?.pointCount ?? 0))
      run?.add(MetricSeries(key: series.key, points: Array(rest.prefix(room))))
      rest = rest.dropFirst(room)
      if run?.isFull == true, let part = run?.part() { try add(part) }
    }
  }

  private func closedRun() throws -> Unit {
    guard var open = run else { throw MovingFailure.notThere("a run to end") }
    run = nil
    report.there[.metrics] += open.keys.count
    return open.last()
  }

  // MARK: Models

  private func take(_ foreign: ForeignLoggedModel) throws {
    report.there[.loggedModels] += 1
    let name = foreign.id.modelText
    var arrival = Arrival(.createLoggedModel, foreign.id.key)
    arrival.founding = [
      (.name, .text(foreign.name)),
      (.experiment, .reference(try experiment(foreign.experiment).key)),
    ]
    if let run = foreign.sourceRun { arrival.founding.append((.run, .reference(run))) }
    if let type = foreign.modelType { arrival.founding.append((.modelType, .text(type))) }
    if let time = foreign.createdTime { arrival.founding.append((.createdTime, .integer(time))) }
    arrival.fields = [(.modelStatus, .text(foreign.status.rawValue))]
    arrival.fields += entries(foreign.parameters, .params, of: name) { .parameter($0) }
    arrival.fields += tags(foreign.tags, of: name)
    arrival.members = foreign.metrics.map {
      (.modelMetrics, .bytes(LoggedModelMetricCoding.encode($0)))
    }
    arrival.isDeleted = foreign.isDeleted
    if let files = foreign.files { try take(files, into: &arrival, name: name) }
    try add(Unit(arrival: arrival, kind: .loggedModels, name: name))
  }

  private func take(_ foreign: ForeignModel) throws {
    report.there[.models] += 1
    let key = try workspace.arrivalKey(named: foreign.name, kind: .model)
    var arrival = Arrival(.createModel, key)
    arrival.founding = [(.name, .text(foreign.name))]
    if let time = foreign.createdTime { arrival.founding.append((.createdTime, .integer(time))) }
    arrival.fields = tags(foreign.tags, of: foreign.name)
    if let text = foreign.description { arrival.fields.append((.description, .text(text))) }
    try add(Unit(arrival: arrival, kind: .models, name: foreign.name))
    try flush()
    var versions: [Int64: EntityKey] = [:]
    for version in foreign.versions {
      versions[version.number] = try take(version, of: foreign, key)
    }
    try flush()
    var aliases = Arrival(.createModel, key)
    for (alias, number) in foreign.aliases.sorted(by: { $0.key < $1.key }) {
      guard let version = versions[number] else {
        report.leave(
          Left(
            .aliases, "\(foreign.name)@\(alias)", reason: "it names a version that is not there"))
        continue
      }
      aliases.fields.append((.alias(alias), .reference(version)))
    }
    if !aliases.fields.isEmpty {
      try add(Unit(arrival: aliases, kind: nil, name: foreign.name))
      try flush()
    }
  }

  private func take(
    _ foreign: ForeignVersion, of model: ForeignModel, _ modelKey: EntityKey
  ) throws -> EntityKey {
    report.there[.versions] += 1
    let key = foreign.key ?? ForeignKey.version(foreign, of: model)
    let name = "\(model.name) \(foreign.number)"
    var arrival = Arrival(.createVersion, key)
    arrival.founding = [
      (.model, .reference(modelKey)), (.source, .text(foreign.place ?? foreign.source)),
      (.provisional, .integer(ForeignKey.provisional(key))), (.ordinal, .integer(foreign.number)),
    ]
    if let time = foreign.createdTime { arrival.founding.append((.createdTime, .integer(time))) }
    if let run = foreign.run { arrival.founding.append((.run, .reference(run))) }
    var tags = foreign.tags
    switch try workspace.numberForArrival(key, of: ModelID(modelKey), wanted: foreign.number) {
    case .given: arrival.founding.append((.number, .integer(foreign.number)))
    case .taken:
      tags[MovingTag.version] = String(foreign.number)
      report.note(
        "version \(foreign.number) of '\(model.name)' gets another number here: this one is taken")
    case .notOurs:
      report.note(
        "versions get their final numbers from the allocator, in the order in which they were made")
    }
    if foreign.place != nil { tags[MovingTag.source] = foreign.source }
    arrival.fields = [(.modelStatus, .text(foreign.status ?? "READY"))]
    arrival.fields += self.tags(tags, of: name)
    if let stage = foreign.stage, stage != "None", !stage.isEmpty {
      arrival.fields.append((.stage, .text(stage)))
    }
    if let text = foreign.description { arrival.fields.append((.description, .text(text))) }
    try add(Unit(arrival: arrival, kind: .versions, name: name))
    return key
  }

  // MARK: Traces

  private func take(_ foreign: ForeignTrace) throws {
    report.there[.traces] += 1
    let known = try TraceNews.known(foreign, in: workspace)
    let news = TraceNews(foreign, beside: known)
    report.there[.spans] += foreign.spans.count - news.chunked
    report.arrived[.spans] += news.known
    var arrival = Arrival(.createTrace, foreign.id.key)
    arrival.founding = [(.experiment, .reference(try experiment(foreign.experiment).key))]
    if foreign.name != foreign.id.traceText {
      arrival.founding.append((.traceName, .text(foreign.name)))
    }
    arrival.fields = TraceNews.fields(of: foreign, beside: known)
    var metadata =
      known.map { foreign.uncut(foreign.metadata, $0.metadata, at: 250) } ?? foreign.metadata
    let told = TraceNews.told(metadata, beside: known)
    report.there[.traceMetadata] += told.count
    report.arrived[.traceMetadata] += told.count
    for key in told.keys { metadata[key] = nil }
    arrival.fields += entries(metadata, .traceMetadata, of: foreign.name) { .metadata($0.text) }
    let tags = known.map { foreign.uncut(foreign.tags, $0.tags, at: 4096) }
    arrival.fields += self.tags(tags ?? foreign.tags, of: foreign.name)
    for assessment in foreign.assessments {
      let text = try AssessmentCoding.encode(assessment)
      arrival.fields += entries([assessment.id: text], .assessments, of: foreign.name) {
        .assessment($0.text)
      }
    }
    for link in foreign.links.sorted() { arrival.fields.append((.link(link), .text(""))) }
    arrival.members = news.chunks.map { (.spans, .bytes($0)) }
    if let files = foreign.files { try take(files, into: &arrival, name: foreign.name) }
    if let whole = news.tooLarge {
      let before = report.left.count
      try take(whole, into: &arrival, name: foreign.name)
      if report.left.count == before { report.arrived[.spans] += news.filed }
      report.note(
        "a trace with a span of more than \(Limits.valueBytes) bytes has its spans as a file,"
          + " \(TraceFile.name): MLflow's clients read them from there, searches do not")
    }
    try add(Unit(arrival: arrival, kind: .traces, name: foreign.name))
  }

  // MARK: Entries

  private func tags(_ tags: [String: String], of owner: String) -> Arrival.Fields {
    entries(tags, .tags, of: owner) { .tag($0) }
  }

  private func entries(
    _ entries: [String: String], _ kind: MovedKind, of owner: String,
    _ field: (EntryKey) -> FieldName
  ) -> Arrival.Fields {
    var seen: Set<FieldName> = []
    return entries.sorted { $0.key < $1.key }.compactMap { key, value in
      // As another tracker took it: what our own rules would refuse is no reason to lose it.
      let name = field((try? EntryKey(key)) ?? EntryKey(unchecked: key))
      let reason: String? =
        if key.isEmpty { "the key is empty" } else if name.text.utf8.count > Limits.fieldNameBytes {
          "the key is longer than \(Limits.fieldNameBytes) bytes"
        } else if value.utf8.count > Limits.valueBytes {
          "the value is longer than \(Limits.valueBytes) bytes"
        } else if !seen.insert(name).inserted {
          "another key differs from it in its Unicode form alone"
        } else { nil }
      guard let reason else { return (name, .text(value)) }
      report.leave(Left(kind, "\(owner): \(key.prefix(60))", reason: reason))
      return nil
    }
  }

  // MARK: Files

  private func take(_ files: any ForeignFiles, into arrival: inout Arrival, name: String) throws {
    let intake = FileIntake(workspace, entity: arrival.entity)
    do {
      try files.each { file in
        switch try intake.take(file, from: files) {
        case .field(let text):
          arrival.fields.append((.artifact(file.path), .text(text)))
          arrival.notes[FileIntake.note(file)] = UInt64(bitPattern: FileIntake.print(file))
        case .unchanged:
          report.there[.files] += 1
          report.arrived[.files] += 1
        case .left(let reason):
          report.leave(Left(.files, "\(name): \(file.path)", reason: reason))
        }
      }
    } catch MovingFailure.notThere(let place) {
      report.leave(Left(.files, "\(name): \(place)", reason: "their place cannot be reached"))
    }
  }

  // MARK: Batches

  private func add(_ unit: Unit) throws {
    for part in unit.parts {
      if !batch.hasRoom(for: part) { try flush() }
      batch.add(part)
    }
  }

  /// One change, and what of it is here then.
  private func flush() throws {
    guard !batch.units.isEmpty else { return }
    let units = batch.units
    batch = Batch()
    let taken = try workspace.takeIn(units.map(\.arrival))
    let missing = try workspace.missing(
      of: zip(units, taken).map { ($0.0.arrival, $0.1.kept) })
    for ((unit, taken), missing) in zip(zip(units, taken), missing) {
      try count(unit, taken, missing)
    }
    tell(report.arrived)
  }

  private func count(_ unit: Unit, _ taken: Taken, _ missing: [FieldName]?) throws {
    report.kept += taken.kept.count
    report.disputed += taken.disputed.count
    var lost: [FieldName: Int] = [:]
    for name in missing ?? [] { lost[name, default: 0] += 1 }
    if let kind = unit.kind {
      let isHere = missing.map { !$0.contains { MovedKind($0) == nil } } ?? false
      report.arrived[kind] += isHere ? 1 : 0
      report.fresh[kind] += taken.isNew ? 1 : 0
    }
    var names = unit.arrival.fields.map(\.name) + unit.arrival.members.map(\.name)
    if unit.arrival.isDeleted { names.append(.lifecycle) }
    for case (.spans, .bytes(let chunk)) in unit.arrival.members {
      let count = try SpanChunk(encoded: chunk).entries.count
      report.there[.spans] += count
      if let lacking = lost[.spans], lacking > 0 {
        lost[.spans] = lacking - 1
      } else {
        report.arrived[.spans] += count
      }
    }
    for name in names {
      guard let kind = MovedKind(name) else { continue }
      report.there[kind] += 1
      if missing == nil { continue }
      if let count = lost[name], count > 0 {
        lost[name] = count - 1
      } else {
        report.arrived[kind] += 1
      }
    }
    for series in unit.arrival.points {
      let lacking = try workspace.lacking(unit.arrival.entity, series)
      if lacking > 0 { incomplete.insert(unit.arrival.entity.hex + series.key) }
      report.there[.points] += series.points.count
      report.arrived[.points] += series.points.count - lacking
    }
  }
}
