import FieldbookModel

/// What concurrent writes to a field mean. The table of replication.md, as code.
package enum FieldRule: Sendable {
  /// Two values that had not seen each other are a conflict; equal values collapse.
  case register
  /// As a register; several values hold together, and none is a conflict.
  case decision
  /// As a register; the API refuses to change it once written.
  case writeOnce
  /// A register that holds its last settled answer while in conflict.
  case blocking
  /// The final state of the run's own device wins; never a conflict.
  case state
  /// Present while any add is left that no removal had seen.
  case addWins
  /// Every value stays.
  case growOnly
  /// Manifests of metric chunks: a set; a join replaces its parts.
  case manifests

  /// Nil for a family that this version does not know.
  package static func of(_ field: FieldName) -> FieldRule? {
    switch field.family {
    case .tags, .artifacts, .datasets, .inputs, .outputs, .metadata, .assessments: return .register
    case .params, .environment: return .writeOnce
    case .labels, .links: return .addWins
    case .aliases: return .blocking
    case .metrics, .other: return nil
    case nil: break
    }
    switch field.word {
    case .name, .deviceName, .tlsCertificate, .description, .lifecycle, .role, .hub, .experiment,
      .text:
      return .register
    case .revocation, .rejected, .acknowledgedForks: return .decision
    case .status: return .state
    case .comments, .modelMetrics, .spans, .leases, .leaseRequests: return .growOnly
    case .metrics: return .manifests
    case .stage, .allocator: return .blocking
    case .number, .parent, .model, .startTime, .createdTime, .user, .provisional, .run, .source,
      .ordinal, .key, .nonce, .owner, .predecessor, .consent, .modelType, .traceName, .leasedNumber:
      return .writeOnce
    case .modelStatus, .requestTime, .duration, .state, .requestPreview, .responsePreview,
      .clientRequest:
      return .register
    case nil: return nil
    }
  }
}

extension FieldName {
  package static let ordinal = FieldName("ordinal")
  package static let key = FieldName("key")
  package static let nonce = FieldName("nonce")
  package static let owner = FieldName("owner")
  /// The key that a device had before this one.
  package static let predecessor = FieldName("predecessor")
  /// A next key's signature for being one, as `Succession` has it.
  package static let consent = FieldName("consent")
  /// What is accepted of a revoked device, as `Cuts`.
  package static let revocation = FieldName("revocation")
  /// What of a revoked device's work an admin has looked at and left aside, as `Cuts`.
  package static let rejected = FieldName("rejected")
  package static let modelStatus = FieldName("model_status")
  package static let modelType = FieldName("model_type")
  package static let modelMetrics = FieldName("model_metrics")
  package static func modelInput(_ model: LoggedModelID) -> FieldName {
    FieldName("inputs." + model.hex)
  }
  package static func modelOutput(_ model: LoggedModelID) -> FieldName {
    FieldName("outputs." + model.hex)
  }
  /// How many forks of a device's logs a person has looked at; of several numbers the greatest counts.
  package static let acknowledgedForks = FieldName("acknowledged_forks")
}
