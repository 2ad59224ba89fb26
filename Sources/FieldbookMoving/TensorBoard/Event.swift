import FieldbookModel

/// One event of TensorBoard's, as far as it says something that can be kept as a value.
///
/// Source: TensorBoard's `compat/proto/event.proto`, `summary.proto` and `tensor.proto`, and
/// `plugins/hparams/plugin_data.proto`.
package struct TensorBoardEvent: Equatable {
  package enum Content: Equatable {
    case scalar(Double)
    case text(String)
    /// A session's hyperparameters.
    case parameters([String: String])
    /// Of a session's end: 1 is success, 2 failure.
    case ended(status: Int64)
    /// A picture, a histogram and the like: of which plugin.
    case other(String)
  }

  package struct Value: Equatable {
    package var tag: String
    package var content: Content
  }

  /// Milliseconds since 1970.
  package var time: Int64 = 0
  package var step: Int64 = 0
  package var values: [Value] = []
  /// A graph of the computation and the like.
  package var others = 0

  package init(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      switch field.number {
      case 1:
        let seconds = field.value.real ?? 0
        time = seconds.isFinite && abs(seconds) < 1e14 ? Int64((seconds * 1000).rounded()) : 0
      case 2: step = field.value.signed ?? 0
      case 5: try take(summary: field.value.bytes ?? [])
      case 4, 6, 7, 8, 9: others += 1
      default: break
      }
    }
  }

  private mutating func take(summary bytes: ArraySlice<UInt8>) throws(ProtobufFailure) {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard field.number == 1, let inner = field.value.bytes else { continue }
      if let value = try TensorBoardEvent.value(inner) { values.append(value) }
    }
  }

  /// A `Summary.Value`; nil for what only describes others.
  private static func value(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) -> Value? {
    var reader = ProtobufReader(bytes)
    var (tag, plugin, data) = ("", "", ArraySlice<UInt8>())
    var (simple, tensor, other) = (Double?.none, Tensor?.none, "")
    while let field = try reader.next() {
      switch field.number {
      case 1: tag = field.value.text ?? ""
      case 2: simple = field.value.real
      case 3, 5: other = "histograms"
      case 4: other = "images"
      case 6: other = "audio"
      case 8: tensor = try Tensor(field.value.bytes ?? [])
      case 9: (plugin, data) = try metadata(field.value.bytes ?? [])
      default: break
      }
    }
    if plugin == "hparams" {
      return try hyperparameters(data).map { Value(tag: tag, content: $0) }
    }
    if let simple { return Value(tag: tag, content: .scalar(simple)) }
    if plugin == "text", let text = tensor?.text {
      let suffix = "/text_summary"
      let name = tag.hasSuffix(suffix) ? String(tag.dropLast(suffix.count)) : tag
      return Value(tag: name, content: .text(text))
    }
    if plugin.isEmpty || plugin == "scalars", let number = tensor?.number {
      return Value(tag: tag, content: .scalar(number))
    }
    return Value(tag: tag, content: .other(other.isEmpty ? plugin : other))
  }

  private static func metadata(
    _ bytes: ArraySlice<UInt8>
  ) throws(ProtobufFailure) -> (plugin: String, data: ArraySlice<UInt8>) {
    var reader = ProtobufReader(bytes)
    var (plugin, data) = ("", ArraySlice<UInt8>())
    while let field = try reader.next() {
      guard field.number == 1, let inner = field.value.bytes else { continue }
      var reader = ProtobufReader(inner)
      while let field = try reader.next() {
        if field.number == 1 { plugin = field.value.text ?? "" }
        if field.number == 2 { data = field.value.bytes ?? [] }
      }
    }
    return (plugin, data)
  }

  /// `HParamsPluginData`; nil for a description of the experiment.
  private static func hyperparameters(
    _ bytes: ArraySlice<UInt8>
  ) throws(ProtobufFailure) -> Content? {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard let inner = field.value.bytes else { continue }
      if field.number == 3 { return .parameters(try session(inner)) }
      if field.number == 4 {
        var reader = ProtobufReader(inner)
        var status: Int64 = 0
        while let field = try reader.next() {
          if field.number == 1 { status = field.value.signed ?? 0 }
        }
        return .ended(status: status)
      }
    }
    return nil
  }

  /// `SessionStartInfo.hparams`: a map of `google.protobuf.Value`.
  private static func session(
    _ bytes: ArraySlice<UInt8>
  ) throws(ProtobufFailure) -> [String: String] {
    var out: [String: String] = [:]
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      guard field.number == 1, let entry = field.value.bytes else { continue }
      var (key, text) = ("", "")
      var reader = ProtobufReader(entry)
      while let field = try reader.next() {
        if field.number == 1 { key = field.value.text ?? "" }
        guard field.number == 2, let value = field.value.bytes else { continue }
        var reader = ProtobufReader(value)
        while let field = try reader.next() {
          switch field.number {
          case 2: text = field.value.real.map { "\($0)" } ?? ""
          case 3: text = field.value.text ?? ""
          case 4: text = field.value.flag == true ? "True" : "False"
          default: break
          }
        }
      }
      out[key] = text
    }
    return out
  }
}

/// A `TensorProto` of one element.
private struct Tensor {
  private(set) var number: Double?
  private(set) var text: String?

  /// Numbers of types in `types.proto`.
  private enum DataType {
    static let float: UInt64 = 1
    static let double: UInt64 = 2
    static let int32: UInt64 = 3
    static let int64: UInt64 = 9
  }

  init(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) {
    var reader = ProtobufReader(bytes)
    var (type, content, elements) = (UInt64(0), ArraySlice<UInt8>(), 1)
    var numbers: [Double] = []
    var texts: [String] = []
    while let field = try reader.next() {
      switch field.number {
      case 1: type = field.value.unsigned ?? 0
      case 2: elements = try Tensor.elements(field.value.bytes ?? [])
      case 4: content = field.value.bytes ?? []
      case 5: numbers += field.value.reals(width: 4) ?? []
      case 6: numbers += field.value.reals(width: 8) ?? []
      case 7, 10: if let one = field.value.signed { numbers.append(Double(one)) }
      case 8: texts.append(field.value.text ?? "")
      default: break
      }
    }
    if !texts.isEmpty { text = texts.joined(separator: "\n") }
    guard elements == 1 else { return }
    switch (type, content.count) {
    case (DataType.float, 4):
      number = Double(Float(bitPattern: UInt32(truncatingIfNeeded: content.littleEndian)))
    case (DataType.double, 8): number = Double(bitPattern: content.littleEndian)
    case (DataType.int32, 4):
      number = Double(Int32(truncatingIfNeeded: Int64(bitPattern: content.littleEndian)))
    case (DataType.int64, 8): number = Double(Int64(bitPattern: content.littleEndian))
    default: number = numbers.count == 1 ? numbers[0] : nil
    }
  }

  /// The product of a `TensorShapeProto`'s sizes; 1 for a scalar.
  private static func elements(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) -> Int {
    var reader = ProtobufReader(bytes)
    var product = 1
    while let field = try reader.next() {
      guard field.number == 2, let inner = field.value.bytes else { continue }
      var reader = ProtobufReader(inner)
      var size: Int64 = 0
      while let field = try reader.next() {
        if field.number == 1 { size = field.value.signed ?? 0 }
      }
      product = product.multipliedReportingOverflow(by: Int(clamping: size)).partialValue
    }
    return product
  }
}
