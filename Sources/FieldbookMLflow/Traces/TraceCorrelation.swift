import FieldbookModel
import FieldbookWorkspace
import Foundation

/// How far two filters over traces find the same ones: normalised pointwise mutual information.
/// Source: G. Bouma, "Normalized (pointwise) mutual information in collocation extraction", 2009.
enum TraceCorrelation {
  @Sendable static func answer(_ tracker: Tracker, _ call: Call) throws -> JSON {
    let fields = call.fields
    let decimals = try fields.texts("experiment_ids")
    guard !decimals.isEmpty else { throw Fields.missing("experiment_ids") }
    let first = try fields.requiredText("filter_string1")
    let second = try fields.requiredText("filter_string2")
    let base = try fields.text("base_filter") ?? ""
    let experiments = try tracker.searchedExperiments(decimals)
    func found(_ filter: String) throws -> Set<TraceID> {
      let whole = [base, filter].filter { !$0.isEmpty }.joined(separator: " AND ")
      return try tracker.workspace.traceIDs(
        TraceQuery(experiments: experiments, filter: whole, limit: 200_000))
    }
    let (all, one, other) = (try found(""), try found(first), try found(second))
    let both = one.intersection(other)
    let count = (
      all: Double(all.count), one: Double(one.count), other: Double(other.count),
      both: Double(both.count)
    )
    return .object([
      "npmi": number(count.all, count.one, count.other, count.both, smoothing: 0),
      "npmi_smoothed": number(count.all, count.one, count.other, count.both, smoothing: 0.5),
      "filter1_count": .integer(Int64(one.count)),
      "filter2_count": .integer(Int64(other.count)),
      "joint_count": .integer(Int64(both.count)),
      "total_count": .integer(Int64(all.count)),
    ])
  }

  /// Nil where it is not defined.
  static func number(
    _ all: Double, _ one: Double, _ other: Double, _ both: Double, smoothing: Double
  ) -> JSON? {
    guard all > 0, one > 0, other > 0 else { return nil }
    guard smoothing > 0 || both > 0 else { return .number(-1) }
    if smoothing == 0, both == all { return .number(1) }
    let cells = [both, one - both, other - both, all - one - other + both].map { $0 + smoothing }
    let total = cells.reduce(0, +)
    let joint = cells[0] / total
    let mutual = log(joint / ((cells[0] + cells[1]) / total * ((cells[0] + cells[2]) / total)))
    return .number(min(1, max(-1, mutual / -log(joint))))
  }
}
