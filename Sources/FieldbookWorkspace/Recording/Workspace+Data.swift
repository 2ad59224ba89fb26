import FieldbookModel
import FieldbookRepository
import Foundation

extension Workspace {
  /// What some data is now. Files that are what they were the last time are not read again.
  ///
  /// - Parameters:
  ///   - path: absolute.
  ///   - shown: the same as the person named it.
  ///   - passing: a folder that will go away: of data in it nothing is remembered.
  package func readData(
    _ path: String, shown: String, passing: String? = nil,
    told: @escaping @Sendable (DataProgress) -> Void = { _ in }
  ) throws(DataFailure) -> DataVersion {
    guard !RealPath.is(folder, within: path) else { throw .holdsReplica(shown) }
    let isLasting = passing.map { !RealPath.is(path, within: $0) } ?? true
    return try DataReader(cacheFolder: isLasting ? folder + "/digests" : nil, told: told)
      .read(path, shown: shown)
  }

  /// Only these of a run, which may hold much else.
  package func datasets(of run: RunID) throws -> [Dataset] {
    try store.inspect { try $0.datasets(of: run) }
  }
}

private enum RealPath {
  /// True for the same folder, too; false for what is not there.
  static func `is`(_ path: String, within folder: String) -> Bool {
    guard let inner = of(path), let outer = of(folder) else { return false }
    return inner == outer || inner.hasPrefix(outer == "/" ? outer : outer + "/")
  }

  private static func of(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }
}
