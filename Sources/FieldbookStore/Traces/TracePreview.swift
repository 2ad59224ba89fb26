import FieldbookModel

/// What a list shows of what a root span was given, or gave back.
enum TracePreview {
  enum Side: String {
    case asked = "user"
    case answered = "assistant"
  }

  /// MLflow's `TRACE_REQUEST_RESPONSE_PREVIEW_MAX_LENGTH_OSS`, in characters.
  static let characters = 1000

  /// The last message of that side in a chat, else the JSON of it all; cut.
  static func text(_ value: SpanValue, _ side: Side) -> String {
    let whole = lastMessage(value, side) ?? value.json
    guard whole.utf8.count > characters, whole.unicodeScalars.count > characters else {
      return whole
    }
    return String(String.UnicodeScalarView(whole.unicodeScalars.prefix(characters - 3))) + "..."
  }

  private static func lastMessage(_ value: SpanValue, _ side: Side) -> String? {
    let messages: [SpanValue]
    if case .list(let found)? = value["messages"] {
      messages = found
    } else if case .list(let choices)? = value["choices"], let message = choices.first?["message"] {
      messages = [message]
    } else {
      return nil
    }
    let spoken = messages.filter { $0["role"]?.text != nil && $0["content"] != nil }
    let message = spoken.last { $0["role"]?.text == side.rawValue } ?? spoken.last
    switch message?["content"] {
    case .text(let text): return text
    case .list(let parts): return parts.lazy.compactMap { $0["text"]?.text }.first
    default: return nil
    }
  }
}
