import FieldbookModel

extension Run {
  /// Tags that programs set for themselves.
  package static func isOwnTag(_ key: String) -> Bool {
    key.hasPrefix("mlflow.") || key.hasPrefix("fieldbook.")
  }
}
