/// The order of a search, as terms of an ORDER BY.
struct SearchOrder {
  var terms: [String] = []
  /// The first of what it goes by, if that has an index to walk along; its two terms are the first ones.
  var leading: (field: IndexedField, direction: String)?

  /// - Parameter isNumeric: texts that are numbers go by their value, before all others: `9` before `10`, and both before `adam`.
  mutating func add(_ field: IndexedField, _ direction: String, isNumeric: Bool = false) {
    let value =
      isNumeric ? SearchOrder.numeric("o.value") : field.isMetric ? "o.last_value" : "o.value"
    let table = field.isMetric ? "series o WHERE o.run" : "register o WHERE o.entity"
    func of(_ what: String) -> String {
      "(SELECT \(what) FROM \(table) = t.id AND \(field.isOfField))"
    }
    terms += [
      field.isMetric ? "coalesce(\(of("o.last_value IS NULL")), 2)" : "\(of(value)) IS NULL",
      "\(of(value)) \(direction)",
    ]
  }

  /// A sign stands first or behind the exponent's letter, and of points and letters there is one: dates and versions are texts.
  private static func numeric(_ column: String) -> String {
    let isNone = ["*[^0-9eE.+-]*", "[eE]*", "*[0-9.+-][+-]*", "*.*.*", "*[eE]*[eE.]*", "*[eE+-]"]
      .map { " AND \(column) NOT GLOB '\($0)'" }.joined()
    return """
      CASE WHEN \(column) GLOB '*[0-9]*'\(isNone) THEN CAST(\(column) AS REAL) ELSE \(column) END
      """
  }

  /// The ways to go, one after the other: each a FROM, a condition, and an order. Along the index of the leading field it is
  /// those with a value, those that are not a number, those without; else all at once.
  var ways: [(from: String, condition: String, order: String)] {
    guard let (field, direction) = leading else { return [("run t", "1", joined(terms[...]))] }
    let rest = joined(terms.dropFirst(2))
    let along = "\(field.source) CROSS JOIN run t"
    let isThere = "t.id = \(field.run) AND \(field.isOfField) AND \(field.value)"
    let table = field.isMetric ? "series" : "register"
    let with = (along, "\(isThere) IS NOT NULL", "\(field.value) \(direction), \(rest)")
    let without = (
      "run t",
      "NOT EXISTS (SELECT 1 FROM \(table) o WHERE \(field.run) = t.id AND \(field.isOfField))",
      rest
    )
    guard field.isMetric else { return [with, without] }
    return [with, (along, "\(isThere) IS NULL", rest), without]
  }

  var text: String { joined(terms[...]) }

  private func joined(_ terms: ArraySlice<String>) -> String { terms.joined(separator: ", ") }
}
