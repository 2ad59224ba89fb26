import FieldbookModel

/// What is counted, there and here.
package enum MovedKind: String, Sendable, CaseIterable {
  case experiments, runs, params, tags, descriptions, metrics, points, datasets, links, files
  case loggedModels = "logged_models"
  case modelMetrics = "logged_model_metrics"
  case models, versions, aliases, stages
  case labels, environment, traces, spans
  case traceMetadata = "trace_metadata"
  case assessments
  case traceLinks = "trace_links"
  case deletions, snapshots

  /// As a person reads it.
  package var words: String {
    switch self {
    case .links: "models in and out of runs"
    case .loggedModels: "logged models"
    case .modelMetrics: "metrics of logged models"
    case .models: "registered models"
    case .versions: "model versions"
    case .stages: "stages of versions"
    case .environment: "captured values"
    case .traceMetadata: "metadata of traces"
    case .traceLinks: "runs and prompts of traces"
    case .deletions: "deleted things"
    case .snapshots: "snapshots of code"
    default: rawValue
    }
  }

  /// `1 file`, `3 model versions`.
  package func words(_ count: Int) -> String {
    guard count == 1 else { return "\(count) \(words)" }
    let one =
      switch self {
      case .aliases: "alias"
      case .links: "model in or out of a run"
      case .modelMetrics: "metric of a logged model"
      case .stages: "stage of a version"
      case .traceMetadata: words
      case .traceLinks: "run or prompt of a trace"
      case .snapshots: "snapshot of code"
      default: String(words.dropLast())
      }
    return "1 \(one)"
  }

  /// Of a field of an arrival; nil for one that is part of its thing.
  init?(_ field: FieldName) {
    switch field.family {
    case .params: self = .params
    case .tags: self = .tags
    case .datasets: self = .datasets
    case .inputs, .outputs: self = .links
    case .links: self = .traceLinks
    case .metadata: self = .traceMetadata
    case .assessments: self = .assessments
    case .artifacts: self = .files
    case .aliases: self = .aliases
    case .labels: self = .labels
    case .environment: self = .environment
    case .metrics, .other: return nil
    case nil:
      switch field.word {
      case .description: self = .descriptions
      case .lifecycle: self = .deletions
      case .stage: self = .stages
      case .modelMetrics: self = .modelMetrics
      default: return nil
      }
    }
  }
}
