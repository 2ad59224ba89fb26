import FieldbookModel

extension Operation {
  /// True when this version can give the op its effect: kind and fields known, values of their type.
  ///
  /// A pure function of the op, so that every replica of one level answers alike. Whatever is not
  /// understood is kept, forwarded and hashed raw.
  package var isUnderstood: Bool {
    switch kind {
    case .settle, .witness:
      return cells.allSatisfy { $0.value == nil }
    case .addMetrics:
      return cells.allSatisfy { $0.field == .metrics && $0.value?.bytes != nil }
    case .set:
      return !cells.isEmpty && cells.allSatisfy { $0.field != .metrics && $0.hasKnownShape }
    default:
      guard kind.createdKind != nil else { return false }
      return cells.allSatisfy { $0.field != .metrics && $0.overwrites.isEmpty && $0.hasKnownShape }
    }
  }
}

extension Cell {
  fileprivate var hasKnownShape: Bool {
    guard let rule = FieldRule.of(field) else { return false }
    guard let value else { return rule == .addWins || rule == .register || rule == .blocking }
    switch (rule, field) {
    case (.state, _): return value.text.flatMap(RunState.init(coded:)) != nil
    case (_, .lifecycle): return value.text.flatMap(Lifecycle.init(rawValue:)) != nil
    case (_, .role): return value.text.flatMap(Role.init(rawValue:)) != nil
    case (_, .number), (_, .startTime), (_, .createdTime), (_, .provisional), (_, .ordinal):
      return value.integer != nil || value.isNull
    case (_, .experiment), (_, .parent), (_, .model), (_, .run):
      return value.key != nil || value.isNull
    case (_, .name): return value.text != nil
    default: return true
    }
  }
}
