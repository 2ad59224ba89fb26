import FieldbookModel

// Concrete, since every op that is folded is asked.
extension Operation where Reference == Dot {
  /// True when this version can give the op its effect: kind and fields known, values of their type.
  ///
  /// A pure function of the op, so that every replica of one level answers alike. Whatever is not
  /// understood is kept, forwarded and hashed raw.
  package var isUnderstood: Bool {
    switch kind {
    case .settle, .witness:
      return cells.allSatisfy { $0.value == nil }
    case .purge: return isWellFormedPurge
    case .addMetrics:
      return cells.allSatisfy { cell in
        if cell.isWithheld { return true }
        guard cell.field == .metrics, let bytes = cell.value?.bytes else { return false }
        return (try? MetricManifest(encoded: bytes)) != nil
      }
    case .set:
      return !cells.isEmpty && namesEachFieldOnce
        && cells.allSatisfy {
          $0.field != .metrics && $0.field.word != .leasedNumber && $0.hasKnownShape
        }
    default:
      guard kind.createdKind != nil else { return false }
      return namesEachFieldOnce && namesItsOwner
        && cells.allSatisfy { $0.field != .metrics && $0.overwrites.isEmpty && $0.hasKnownShape }
    }
  }

  /// A run and a trace say of which experiment they are, a version of which model.
  private var namesItsOwner: Bool {
    let owner: FieldWord
    if Mutant.isOn(.ownerlessRuns) { return true }
    switch kind {
    case .createRun: owner = .experiment
    case .createVersion: owner = .model
    case .createTrace: owner = .experiment
    default: return true
    }
    return cells.contains { $0.isWithheld || $0.field.word == owner && $0.value?.key != nil }
  }
}

extension Operation where Reference == Dot {
  /// One field twice would be two values with one name.
  fileprivate var namesEachFieldOnce: Bool {
    guard cells.count > 1 else { return true }
    if cells.count <= 16 {
      return cells.withUnsafeBufferPointer { cells in
        for later in cells.indices where !cells[later].isWithheld {
          for earlier in 0..<later where cells[earlier].field == cells[later].field {
            if !cells[earlier].isWithheld { return false }
          }
        }
        return true
      }
    }
    var seen: Set<FieldName> = []
    seen.reserveCapacity(cells.count)
    return cells.allSatisfy { $0.isWithheld || seen.insert($0.field).inserted }
  }
}

extension Cell where Reference == Dot {
  /// This version knows the field, and values of this type.
  package var hasKnownShape: Bool {
    if isWithheld { return true }
    guard let rule = FieldRule.of(field) else { return false }
    if let family = field.family, let value, rule == .register || rule == .writeOnce {
      if case .null = value { return true }
      return family == .outputs ? value.integer != nil : value.text != nil
    }
    guard let value else {
      return rule == .addWins || rule == .blocking || rule == .decision
        || rule == .register && field != .name
    }
    switch (rule, field.word) {
    case (.state, _): return value.text.flatMap(RunState.init(coded:)) != nil
    case (_, .lifecycle): return value.text.flatMap(Lifecycle.init(rawValue:)) != nil
    case (_, .role): return value.text.flatMap(Role.init(rawValue:)) != nil
    case (_, .number):
      return value.integer.map(ModelVersion.finalNumbers.contains) ?? value.isNull
    case (_, .leasedNumber):
      return value.integer.map(ModelVersion.finalNumbers.contains) ?? false
    case (_, .leases): return value.bytes.map { NumberLease(coded: $0) != nil } ?? false
    case (_, .leaseRequests): return value.bytes.map { LeaseRequest(coded: $0) != nil } ?? false
    case (_, .startTime), (_, .createdTime), (_, .provisional), (_, .ordinal):
      return value.integer != nil || value.isNull
    case (_, .experiment), (_, .parent), (_, .model), (_, .run):
      return value.key != nil || value.isNull
    case (_, .name): return value.text != nil
    case (_, .hub), (_, .acknowledgedForks): return value.integer != nil || value.isNull
    case (_, .revocation), (_, .rejected): return value.text.flatMap(Cuts.init(text:)) != nil
    case (_, .predecessor): return value.bytes.flatMap(DeviceKey.init) != nil
    case (_, .key), (_, .nonce), (_, .consent): return value.bytes != nil
    case (_, .tlsCertificate):
      guard let text = value.text else { return value.isNull }
      return CertificateFingerprint(hex: text)?.hex == text
    case (_, .state): return value.isNull || value.text.flatMap(TraceState.init(rawValue:)) != nil
    case (_, .requestTime), (_, .duration): return value.integer != nil || value.isNull
    case (_, .spans): return value.bytes.map(SpanChunk.isKnown) ?? false
    case (.growOnly, _), (.addWins, _), (.manifests, _), (.blocking, _): return true
    default: return value.text != nil || value.isNull
    }
  }
}
