import FieldbookModel

extension JSON {
  /// What Python calls the type: MLflow's messages name it.
  var pythonType: String {
    switch self {
    case .null: "NoneType"
    case .bool: "bool"
    case .integer: "int"
    case .number: "float"
    case .string: "str"
    case .array: "list"
    case .object: "dict"
    }
  }
}
