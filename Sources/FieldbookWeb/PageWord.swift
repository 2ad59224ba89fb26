import FieldbookModel
import FieldbookWorkspace

/// What the page asks by a body of JSON, by its address below `/page/api`.
package enum PageWord: String, CaseIterable, Sendable {
  case search = "runs/search"
  case curves, compare
  case change = "runs/{run}/change"
  case undo, views
  case resolve = "conflicts/{id}/resolve"

  static let looking: [PageWord] = [.search, .curves, .compare]
  /// None of them at a hub, whose page changes nothing.
  static let changing: [PageWord] = [.change, .undo, .views, .resolve]
}

extension PageLooking {
  /// - Parameter subject: what stands in the address: a run's id, a conflict's, or nothing.
  func answer(_ word: PageWord, _ subject: String, _ question: PageQuestion) throws -> JSON {
    switch word {
    case .search: try runs(question)
    case .curves: try curves(question)
    case .compare: try comparison(question)
    case .change: try change(PageQuestion.run(subject), question)
    case .undo: try undo(question)
    case .views: try saveView(question)
    case .resolve: try resolve(subject, question)
    }
  }
}

/// The page's answers to bodies, without a server around them.
package struct PageAnswers: Sendable {
  private let looking: PageLooking

  package init(workspace: Workspace, version: String) {
    looking = PageLooking(workspace: workspace, version: version, isOfHub: false)
  }

  /// The status of HTTP and the document of an answer or a refusal.
  package func answer(_ word: PageWord, _ subject: String, body: [UInt8]) -> (
    status: Int, document: JSON
  ) {
    do { return (200, try looking.answer(word, subject, PageQuestion(body))) } catch {
      let failure = PageFailure(error)
      return (failure.status.code, failure.document)
    }
  }
}
