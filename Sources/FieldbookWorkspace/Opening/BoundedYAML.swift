import CYaml
import Yams

/// YAML that somebody else may have written.
package enum BoundedYAML {
  package struct KeyIsNoText: Error {}

  /// The first document; nil if there is none.
  ///
  /// Yams compares the keys of a table by all that is in them, and a few lists of aliases can stand
  /// for billions of values: with such a list as a key it would not end. So keys must be texts.
  package static func compose(_ text: String) throws -> Node? {
    guard hasOnlyTextKeys(text) else { throw KeyIsNoText() }
    return try Yams.compose(yaml: text)
  }

  /// True for what is no YAML, too: that is Yams's to say.
  private static func hasOnlyTextKeys(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var parser = yaml_parser_t()
      guard yaml_parser_initialize(&parser) == 1 else { return true }
      defer { yaml_parser_delete(&parser) }
      yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
      yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
      var keys = KeyWatch()
      while true {
        var event = yaml_event_t()
        guard yaml_parser_parse(&parser, &event) == 1 else { return true }
        defer { yaml_event_delete(&event) }
        if event.type == YAML_STREAM_END_EVENT { return true }
        if !keys.admits(event) { return false }
      }
    }
  }
}

/// Knows, event by event, where a key stands and what the aliases stand for.
private struct KeyWatch {
  private enum Place { case list, key, value }
  private var places: [Place] = []
  /// Of lists and tables.
  private var anchors: Set<String> = []

  /// False for a key that is a list or a table, or stands for one.
  mutating func admits(_ event: yaml_event_t) -> Bool {
    switch event.type {
    case YAML_SCALAR_EVENT:
      if let anchor = event.data.scalar.anchor { anchors.remove(String(cString: anchor)) }
      return node(isText: true)
    case YAML_ALIAS_EVENT:
      let anchor = event.data.alias.anchor.map { String(cString: $0) }
      return node(isText: anchor.map { !anchors.contains($0) } ?? true)
    case YAML_SEQUENCE_START_EVENT:
      return open(.list, event.data.sequence_start.anchor)
    case YAML_MAPPING_START_EVENT:
      return open(.key, event.data.mapping_start.anchor)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: places.removeLast()
    default: break
    }
    return true
  }

  private mutating func open(_ place: Place, _ anchor: UnsafeMutablePointer<UInt8>?) -> Bool {
    guard node(isText: false) else { return false }
    if let anchor { anchors.insert(String(cString: anchor)) }
    places.append(place)
    return true
  }

  private mutating func node(isText: Bool) -> Bool {
    switch places.last {
    case .key:
      places[places.count - 1] = .value
      return isText
    case .value: places[places.count - 1] = .key
    case .list, nil: break
    }
    return true
  }
}
