import FieldbookModel
import FieldbookWorkspace

/// What a three-way merge of the sides' texts gives; nil where that makes no sense.
package enum ConflictMerge: Equatable {
  case clean(String)
  /// With conflict markers.
  case overlapping(String)

  package init?(_ conflict: Conflict, in workspace: Workspace) {
    guard conflict.isMergeable else { return nil }
    switch workspace.baseTextMerge(conflict) {
    // By one base of several nothing is merged that another one contradicts.
    case .merged(let text):
      self = conflict.baseOrigin == .oneOfSeveral ? .overlapping(text) : .clean(text)
    case .conflicted(let text): self = .overlapping(text)
    }
  }

  package var text: String {
    switch self {
    case .clean(let text), .overlapping(let text): text
    }
  }

  package var isClean: Bool { if case .clean = self { true } else { false } }
}

extension Conflict {
  /// What can be decided by something that no side said. An assessment has more parts than a word could tell.
  package var takesAnyValue: Bool {
    (kind == .value || kind == .alias) && field.split.family != "assessments"
  }

  /// Texts with a common base; an alias or a name has nothing to merge.
  package var isMergeable: Bool {
    kind == .value && base != nil && sides.allSatisfy { $0.value != nil }
      && (field == .description || field.split.family == "tags" || isConfigText)
  }

  package var isConfigText: Bool { entity.kind == .config && field == .configText }
}

extension ConflictMerge {
  /// One left behind is as wrong as all of them.
  package static func hasMarkers(_ text: String) -> Bool {
    text.split(separator: "\n").contains { $0.hasPrefix("<<<<<<< ") || $0.hasPrefix(">>>>>>> ") }
  }
}
