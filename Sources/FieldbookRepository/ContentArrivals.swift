import Foundation

extension ContentStore {
  /// Changes a moment after a content came or a pack did: times of four folders, so that no list is read for it.
  ///
  /// What comes within one tick of the kernel's clock has one time: a young one is told as such, and so changes once more when it
  /// has settled.
  package var arrivals: String {
    let large = large.folder
    return [folder + "/objects", large.recipes, large.packs, large.away].map { path in
      var info = stat()
      guard stat(path, &info) == 0 else { return "" }
      var now = timespec()
      clock_gettime(CLOCK_REALTIME, &now)
      let age = now.tv_sec - info.st_mtim.tv_sec
      return "\(info.st_mtim.tv_sec).\(info.st_mtim.tv_nsec)" + ((0...1).contains(age) ? "+" : "")
    }.joined(separator: " ")
  }

  /// The folder of the first two digits alone says that a content came to it.
  func noteArrival() { utimensat(AT_FDCWD, folder + "/objects", nil, 0) }
}
