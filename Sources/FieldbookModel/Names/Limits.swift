/// The largest things that a replica takes in. Counted in UTF-8 bytes unless said otherwise.
package enum Limits {
  /// MLflow's `MAX_ENTITY_KEY_LENGTH`, in characters (unicode scalars).
  package static let entryKeyCharacters = 250
  /// MLflow's `MAX_PARAM_VAL_LENGTH`, in characters.
  package static let parameterValueCharacters = 6000
  /// MLflow's `MAX_TAG_VAL_LENGTH`, in characters.
  package static let tagValueCharacters = 8000
  /// MLflow's `MAX_MODEL_REGISTRY_TAG_VALUE_LENGTH`, in characters: for tags of all but runs.
  package static let longTagValueCharacters = 100_000
  package static let entityNameCharacters = 500
  package static let labelCharacters = 100
  package static let textBytes = 256 * 1024
  /// A shared config: a value of the log, not a file.
  package static let configBytes = 256 * 1024
  package static let configNameBytes = 500
  package static let artifactPathBytes = 1024
  package static let fieldNameBytes = 4096
  /// One value of one field, whatever it is.
  package static let valueBytes = 1024 * 1024
  package static let entitiesPerBatch = 1000
}

/// Something from outside that does not fit. The message says what is wrong, the hint what to do.
package struct InvalidInput: Error, Equatable {
  package let message: String
  package let hint: String

  package init(_ message: String, hint: String) {
    self.message = message
    self.hint = hint
  }

}
