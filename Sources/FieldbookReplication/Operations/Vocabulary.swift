import FieldbookModel

/// The ops to which a program gives effect. Programs of one level give it to the same ones.
package struct Vocabulary: Sendable {
  package let level: Int
  private let lacks: (@Sendable (Operation<Dot>) -> Bool)?

  package static let present = Vocabulary(level: OperationKind.level, lacks: nil)

  /// A program of before.
  ///
  /// - Parameter lacks: true for ops of the present that it does not know.
  package static func earlier(
    level: Int, lacks: @escaping @Sendable (Operation<Dot>) -> Bool
  ) -> Vocabulary { Vocabulary(level: level, lacks: lacks) }

  package func understands(_ op: Operation<Dot>) -> Bool {
    op.isUnderstood && lacks?(op) != true
  }
}
