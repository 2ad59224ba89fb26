import FieldbookModel
import FieldbookWorkspace
import Logging

/// The endpoints without a socket: what any body and any part of a path are answered with.
package struct EndpointPlayer: Sendable {
  /// How many endpoints there are.
  package static var count: Int { all.count }

  private static let all = EndpointTable.endpoints + EndpointTable.endpoints3

  private let tracker: Tracker

  package init(_ workspace: Workspace) {
    tracker = Tracker(
      workspace: workspace, adoption: Adoption(adopting: nil),
      logger: Logger(label: "fieldbook.mlflow") { _ in SwiftLogNoOpLogHandler() })
  }

  /// The path of an endpoint, as `logged-models/{model_id}`.
  package static func path(_ index: Int) -> String { EndpointPlayer.all[index].path }

  /// Reads and answers as a request would be.
  ///
  /// - Parameter part: what stands wherever the path has a part in braces.
  /// - Throws: `MLflowError`, as the client is told.
  package func answer(_ index: Int, part: String, body: [UInt8]) throws(MLflowError) -> [UInt8] {
    switch try reply(index, part: part, body: body) {
    case .document(let document): document.utf8
    case .points(let page): page.utf8
    }
  }

  private func reply(_ index: Int, part: String, body: [UInt8]) throws(MLflowError)
    -> Endpoint.Reply
  {
    let endpoint = EndpointPlayer.all[index]
    let names = endpoint.path.split(separator: "/").filter { $0.hasPrefix("{") }
    let parts = names.map { (String($0.dropFirst().dropLast()), part) }
    let fields: Fields
    do { fields = Fields(body: try JSONParser.parse(body)) } catch {
      throw MLflowError(.badRequest, error.message)
    }
    do {
      let call = Call(fields: fields, path: Dictionary(parts, uniquingKeysWith: { $1 }))
      return try endpoint.reply(tracker, call)
    } catch {
      throw MLflowError(error, logger: tracker.logger)
    }
  }
}
