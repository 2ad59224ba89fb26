package enum TextMergeOutcome: Equatable, Sendable { case merged(String); case conflicted(String) }
package enum TextMerge { package static func merge(base: String, left: String, right: String, leftLabel: String, rightLabel: String) -> TextMergeOutcome { .conflicted(left) } }
