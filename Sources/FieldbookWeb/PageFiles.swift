import FieldbookServing
import HTTPTypes
import Hummingbird
import NIOCore

/// The page's files: `/` is the newest page, which asks for all else as `/page/at/EDITION/NAME`, to be kept for good; `/page/NAME` is a file
/// as it is now.
struct PageFiles: Sendable {
  private let folder: PageFolder?
  private let editions: PageEditions?

  /// - Parameter folder: nil if this program has no page with it.
  init(_ folder: PageFolder?) {
    self.folder = folder
    editions = folder.map { PageEditions($0) }
  }

  func add(to routes: RouterGroup<PeerContext>) {
    routes.get("/") { _, _ in try await page() }
    for library in ["", "lib/"] {
      routes.get("/page/\(library){name}") { _, context in
        try await now(library + (context.parameters.get("name") ?? ""))
      }
      routes.get("\(PageEdition.place){edition}/\(library){name}") { _, context in
        try await kept(
          library + (context.parameters.get("name") ?? ""),
          context.parameters.get("edition") ?? "")
      }
    }
  }

  private func page() async throws -> Response {
    guard let editions else { throw PageFiles.noPage }
    let edition = try await Blocking.run { editions.opened() }
    guard let index = edition.index else { throw PageFiles.noPage }
    // A browser need not find the first modules one by the other, and asks for what it waits for before them.
    // (HTML, "preload" and "modulepreload"; as a field: RFC 8288)
    let place = PageEdition.place + edition.name + "/"
    let link =
      edition.scripts.map { "<\(place)\($0)>; rel=preload; as=script" }
      + edition.modules.map { "<\(place)\($0)>; rel=modulepreload" }
    return PageFiles.response(
      index, ["Cache-Control": "no-cache", "Link": link.joined(separator: ", ")])
  }

  private func now(_ name: String) async throws -> Response {
    guard let folder else { throw PageFiles.noPage }
    guard let file = try await Blocking.run({ folder.file(name) }) else {
      throw PageFiles.missing(name)
    }
    return PageFiles.response(file, ["Cache-Control": "no-cache"])
  }

  private func kept(_ name: String, _ edition: String) async throws -> Response {
    guard let editions else { throw PageFiles.noPage }
    guard let edition = try await Blocking.run({ editions.named(edition) }) else {
      throw PageFailure(
        .notFound, "this page is of another build of Fieldbook than the server",
        hint: "load the page again")
    }
    guard let file = edition.file(name) else { throw PageFiles.missing(name) }
    // RFC 9111 and RFC 8246: what has this address never changes.
    return PageFiles.response(file, ["Cache-Control": "private, max-age=31536000, immutable"])
  }

  private static func response(_ file: PageFolder.File, _ fields: [String: String]) -> Response {
    var headers: HTTPFields = [.contentType: file.mediaType]
    for (name, value) in fields where !value.isEmpty { headers[HTTPField.Name(name)!] = value }
    return Response(
      status: .ok, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: file.bytes)))
  }

  private static let noPage = PageFailure(
    .notFound, "this program was installed without its page",
    hint: "it belongs beside the program, in fieldbook_FieldbookWeb.resources")

  private static func missing(_ name: String) -> PageFailure {
    PageFailure(
      .notFound, "there is no file '\(name)' of the page",
      hint: name.hasPrefix("lib/") ? "install \(PageFolder.libraryPackage)" : "")
  }
}
