import Foundation

/// The files below a folder that hold these bytes, SQLite's own included.
package func files(holding text: String, below folder: String) -> [String] {
  let needle = Data(text.utf8)
  let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
  return names.filter { name in
    FileManager.default.contents(atPath: folder + "/" + name)?.range(of: needle) != nil
  }
}
