import FieldbookModel

/// A run that ended before: how it ended is not said twice.
struct AlreadyOver: Failure, Equatable {
  let message: String
  let hint: String

  init(_ run: Run, now: Timestamp) {
    let id = ShortIDs.one(run.id.hex)
    let status = run.state.status.rawValue.lowercased()
    let since = run.state.endTime.map {
      ", since \(Wording.moment($0)) (\(Wording.ago($0, now: now)))"
    }
    message = "run \(run.name) (\(id)) is over already: \(status)\(since ?? "")"
    hint = "see it: fieldbook show \(id)"
  }
}
