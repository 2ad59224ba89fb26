import FieldbookModel
import FieldbookServing
import FieldbookTestSupport
import Foundation
import Hummingbird
import Testing

@testable import FieldbookWeb

@Suite("Editions of the page")
struct PageEditionTests {
  let team: Team
  let folder: TemporaryFolder

  init() throws {
    team = try Team()
    folder = try TemporaryFolder()
    try lay([
      "index.html": """
      <meta name="modules" content="">
      <link href="/page/lib/dygraph.css"><link href="/page/api/status"><script src="/page/app.js">
      """,
      "app.js": """
      import { a } from "./a.js";
      // import("./none.js")
      const views = { b: () => import("./b.js") };
      """,
      "a.js": "import {\n  c,\n} from \"./c.js\";",
      "b.js": "import { c } from \"./c.js\";\nimport { d } from \"./d.js\";",
      "c.js": "import { a } from \"./a.js\";", "d.js": "export const d = 1;", "notes.txt": "no",
    ])
  }

  private func lay(_ files: [String: String]) throws {
    for (name, text) in files {
      try text.write(toFile: folder.path + "/" + name, atomically: true, encoding: .utf8)
    }
  }

  private var editions: PageEditions { PageEditions(PageFolder(folder.path, libraries: [])) }

  @Test("the page names its edition's files and what each view needs, and no others")
  func index() throws {
    let edition = editions.opened()
    #expect(edition.name.count == 32)
    #expect(edition.modules == ["a.js", "app.js", "c.js"])
    let text = String(decoding: try #require(edition.index).bytes, as: UTF8.self)
    // What is not there keeps the address that says how to install it.
    #expect(
      text == """
        <meta name="modules" content="{&quot;b.js&quot;:[&quot;b.js&quot;,&quot;d.js&quot;],&quot;none.js&quot;:[]}">
        <link href="/page/lib/dygraph.css"><link href="/page/api/status"><script src="/page/at/\(edition.name)/app.js">
        """)
    #expect(edition.file("notes.txt") == nil && edition.file("none.js") == nil)
  }

  @Test("an edition is named by what is in it, and stays as it was opened")
  func names() throws {
    let editions = editions
    let first = editions.opened()
    #expect(editions.opened().name == first.name)
    try lay(["d.js": "export const d = 2;"])
    #expect(editions.named(first.name)?.file("d.js")?.bytes == Array("export const d = 1;".utf8))
    let second = editions.opened()
    #expect(second.name != first.name)
    #expect(editions.named(first.name) == nil)
    #expect(editions.named(second.name)?.file("d.js")?.bytes == Array("export const d = 2;".utf8))
    // A server that begins anew knows a page that was opened at the one before.
    #expect(self.editions.named(second.name)?.name == second.name)
    try lay(["d.js": "export const d = 1;"])
    #expect(editions.opened().name == first.name)
  }

  @Test("a file of this edition is to be kept; one of another is not given")
  func kept() async throws {
    let page = PageRoutes(
      workspace: team.ana, version: "1", files: PageFolder(folder.path, libraries: []))
    let routes: @Sendable (Router<PeerContext>) -> Void = { page.add(to: $0.group()) }
    try await serving(routes: routes) { url in
      func ask(_ path: String) async throws -> Wire.Answer {
        let wire = try await Wire.open(url)
        defer { Task { await wire.close() } }
        return try #require(try await wire.request("GET", path, [], [:]))
      }
      try lay(["early.js": "0"])
      let index = try await ask("/")
      let name = PageEdition(PageFolder(folder.path, libraries: []).all).name
      #expect(
        index.headers["link"]
          == (["</page/at/\(name)/early.js>; rel=preload; as=script"]
          + ["a", "app", "c"].map { "</page/at/\(name)/\($0).js>; rel=modulepreload" })
          .joined(separator: ", "))
      let script = try await ask("/page/at/\(name)/d.js")
      #expect(script.text == "export const d = 1;")
      #expect(script.headers["content-type"] == "text/javascript; charset=utf-8")
      #expect(script.headers["cache-control"] == "private, max-age=31536000, immutable")
      #expect(try await ask("/page/d.js").headers["cache-control"] == "no-cache")
      for path in ["\(name)/none.js", "\(name)/..%2fa.js", "\(name)/lib/d.js", "0/d.js"] {
        let answer = try await ask("/page/at/" + path)
        #expect(answer.status == 404, "\(path): \(answer.status)")
      }
      #expect(try await ask("/page/at/0/d.js").text.contains("load the page again"))
    }
  }
}
