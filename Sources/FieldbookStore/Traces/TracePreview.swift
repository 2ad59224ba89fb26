import FieldbookModel

/// What a list shows of what a root span was given, or gave back.
enum TracePreview {
  enum Side: String {
    case asked = "user"
    case answered = "assistant"
  }

  /// MLflow's `TRACE_REQUEST_RESPONSE_PREVIEW_MAX_LENGTH_OSS`, in characters.
  static let characters = 1000

  /// The last message of that side in a chat, else the JSON of it all; cut. Source: MLflow's `_get_truncated_preview`.
  static func text(_ value: SpanValue, _ side: Side) -> String {
    let spoken = lastMessage(value.unpacked, side) ?? ""
    let whole = spoken.isEmpty ? value.jsonPackedOnce : spoken
    guard whole.utf8.count > characters, whole.unicodeScalars.count > characters else {
      return whole
    }
    return String(String.UnicodeScalarView(whole.unicodeScalars.prefix(characters - 3))) + "..."
  }

  private static func lastMessage(_ value: SpanValue, _ side: Side) -> String? {
    let spoken = messages(value)
    let message = spoken.last { $0["role"]?.text == side.rawValue } ?? spoken.last
    switch message?["content"] {
    case .text(let text): return text
    case .list(let parts):
      let said = parts.first {
        $0.text != nil || ["text", "output_text"].contains($0["type"]?.text)
      }
      return said?.text ?? said?["text"]?.text
    default: return nil
    }
  }

  /// Of OpenAI's chats, questions and answers (`messages`, `choices`), of its Responses (`input`, `output`), and of an agent that was asked
  /// by these (`request`).
  private static func messages(_ value: SpanValue, depth: Int = 0) -> [SpanValue] {
    func isMessage(_ value: SpanValue) -> Bool { value["role"] != nil && value["content"] != nil }
    if case .list(let found)? = value["messages"], !found.isEmpty {
      return found.filter(isMessage)
    }
    if case .list(let choices)? = value["choices"], let message = choices.first?["message"],
      isMessage(message)
    {
      return [message]
    }
    for key in ["input", "output"] {
      if case .list(let found)? = value[key], !found.isEmpty { return found.filter(isMessage) }
    }
    guard depth < SpanValue.depth, let request = value["request"] else { return [] }
    return messages(request, depth: depth + 1)
  }
}
