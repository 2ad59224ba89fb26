import Synchronization

/// The edition that is given: that of the files as they are whenever somebody opens the page.
final class PageEditions: Sendable {
  private let folder: PageFolder
  private let current = Mutex<PageEdition?>(nil)

  init(_ folder: PageFolder) { self.folder = folder }

  /// Of the files as they are now.
  func opened() -> PageEdition {
    let files = folder.all
    let name = PageEdition.name(of: files)
    return current.withLock { known in
      if let known, known.name == name { return known }
      let now = PageEdition(files)
      known = now
      return now
    }
  }

  /// Nil if it is another one than that which was opened last, or than that of the files if none was opened yet.
  func named(_ name: String) -> PageEdition? {
    let known = current.withLock { $0 } ?? opened()
    return known.name == name ? known : nil
  }
}
