import FieldbookModel
import Foundation

/// A dataset as the text of its register: JSON with sorted keys, so that equal datasets are equal values.
package enum DatasetCoding {
  private struct Form: Codable {
    var name: String
    var digest: String
    var sourceType: String
    var source: String
    var schema: String?
    var profile: String?
    var context: String?
    /// Left out where there are none, as in replicas that were made before there were any.
    var tags: [String: String]?
  }

  package static func encode(_ dataset: Dataset) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let form = Form(
      name: dataset.name, digest: dataset.digest, sourceType: dataset.sourceType,
      source: dataset.source, schema: dataset.schema, profile: dataset.profile,
      context: dataset.context, tags: dataset.tags.isEmpty ? nil : dataset.tags)
    return String(decoding: try encoder.encode(form), as: UTF8.self)
  }

  /// Nil for a text that is none.
  package static func decode(_ text: String) -> Dataset? {
    guard let form = try? JSONDecoder().decode(Form.self, from: Data(text.utf8)) else { return nil }
    return Dataset(
      name: form.name, digest: form.digest, sourceType: form.sourceType, source: form.source,
      schema: form.schema, profile: form.profile, context: form.context,
      tags: form.tags ?? [:])
  }
}
