/// How many of something, as people say it.
package enum Amount {
  /// `1 run`, `3 runs`; with verbs `1 run waits`, `3 runs wait`.
  ///
  /// - Parameters:
  ///   - noun: of one; its plural ends in `s`.
  ///   - verb: of one, then of many.
  package static func of(
    _ number: some BinaryInteger, _ noun: String, _ verb: (String, String)? = nil
  ) -> String {
    let isOne = number == 1
    let verb = verb.map { " " + (isOne ? $0.0 : $0.1) } ?? ""
    return "\(number) \(noun)\(isOne ? "" : "s")\(verb)"
  }
}
