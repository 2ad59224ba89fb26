import FieldbookModel

extension Identifier where Subject == Trace {
  /// The trace that a client calls so. `tr-` and 32 digits is an OpenTelemetry trace id; any other name stands for the
  /// first half of its hash.
  package init(named text: String) {
    if text.hasPrefix("tr-"), let id = TraceID(hex: text.dropFirst(3)), id.traceText == text {
      self = id
    } else {
      let digest = OperationHash.sha256(Array("fieldbook trace ".utf8) + Array(text.utf8))
      self.init(EntityKey(bytes: digest.prefix(16))!)
    }
  }
}
