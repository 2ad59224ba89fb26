import FieldbookModel

/// Names that runs' values have, by family, each list in order.
package struct RecordedNames: Sendable, Equatable {
  package var parameters: [String] = []
  package var metrics: [String] = []
  package var tags: [String] = []
}

extension WriteTransaction {
  /// Without looking at the runs: every field that there is has a number.
  package func recordedNames() throws -> RecordedNames {
    var names = RecordedNames()
    for row in try sql.all("SELECT name FROM field ORDER BY name") {
      guard let text = row[0].text else { continue }
      let (family, member) = FieldName(text).split
      guard let member else { continue }
      switch family {
      case "params": names.parameters.append(String(member))
      case "metrics": names.metrics.append(String(member))
      case "tags": names.tags.append(String(member))
      default: break
      }
    }
    return names
  }
}
