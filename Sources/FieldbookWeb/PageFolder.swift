import Foundation

/// Where the page's files lie: beside the program, as the build leaves them, or installed; and its chart library, which a package of the
/// system brings.
package struct PageFolder: Sendable {
  package struct File: Sendable {
    package var bytes: [UInt8]
    package var mediaType: String
  }

  private let folder: String
  private let libraries: [String]

  static let index = "index.html"

  /// Debian's package for dygraphs.
  static let libraryPackage = "libjs-dygraphs"
  private static let libraryFiles = ["lib/dygraph.min.js", "lib/dygraph.css"]
  private static let libraryFolder = "/usr/share/javascript/dygraphs"
  private static let fileBytesMax = 4 << 20
  static let moduleType = "text/javascript; charset=utf-8"
  private static let types = [
    "html": "text/html; charset=utf-8", "js": moduleType,
    "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
  ]

  /// - Parameters:
  ///   - folder: with `index.html` in it.
  ///   - libraries: folders in which the chart library is looked for, the first that has it counts.
  package init(_ folder: String, libraries: [String] = [libraryFolder]) {
    self.folder = folder
    self.libraries = [folder + "/lib"] + libraries
  }

  /// Nil if this program has no page with it.
  package static func beside(_ program: String) -> PageFolder? {
    let place = (program as NSString).deletingLastPathComponent
    let candidates = [
      place + "/fieldbook_FieldbookWeb.resources/Page", place + "/../share/fieldbook/page",
    ]
    return candidates.first { FileManager.default.fileExists(atPath: $0 + "/" + index) }
      .map { PageFolder($0) }
  }

  /// A file of the page by its name, or of the chart library by `lib/NAME`; nil for everything else.
  package func file(_ name: String) -> File? {
    let isLibrary = name.hasPrefix("lib/")
    let plain = isLibrary ? String(name.dropFirst(4)) : name
    guard plain.utf8.allSatisfy(PageFolder.isPlain), !plain.hasPrefix("."),
      let ending = plain.split(separator: ".").last, let type = PageFolder.types[String(ending)]
    else { return nil }
    for folder in isLibrary ? libraries : [folder] {
      let path = folder + "/" + plain
      guard let handle = FileHandle(forReadingAtPath: path) else { continue }
      defer { try? handle.close() }
      guard let bytes = try? handle.read(upToCount: PageFolder.fileBytesMax) else { continue }
      return File(bytes: Array(bytes), mediaType: type)
    }
    return nil
  }

  /// All files that a browser may ask for, by the names under which `file` gives them.
  var all: [String: File] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let own = names.sorted().prefix(PageFolder.filesMax)
    var files: [String: File] = [:]
    for name in own + PageFolder.libraryFiles { files[name] = file(name) }
    return files
  }

  private static let filesMax = 400

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
      UInt8(ascii: "_"):
      true
    default: false
    }
  }
}
