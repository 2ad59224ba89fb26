import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace

/// Data that a run used, as it is told wherever the run is known.
package struct RecordedData: Equatable, Sendable {
  package enum Place: Equatable, Sendable {
    /// Relative to the project's top.
    case inside(String)
    case outside(String)
    case uri(String)
  }

  package var name: String
  package var place: Place
  /// As it stands in the command, maybe.
  package var given: String?
  /// Nil if nobody looked, as of a URI.
  package var digest: ContentDigest?
  /// False for what the script told of itself: it will tell it again.
  package var wasGiven: Bool

  /// What was given, then what the script told; not what it wrote itself, which need not be there beforehand.
  ///
  /// - Parameters:
  ///   - root: the project's top as it was.
  ///   - folder: where the command ran.
  /// - Returns: nil for what this program would not have written.
  package static func all(
    _ given: [DataDocument.Entry], _ told: [Dataset], root: String?, folder: String?
  ) -> [RecordedData]? {
    var all: [RecordedData] = []
    for entry in given {
      guard let one = RecordedData(entry), !all.contains(where: { $0.name == one.name }) else {
        return nil
      }
      all.append(one)
    }
    for dataset in told
    where dataset.tags[ContentTag.when] != nil
      && dataset.tags[ContentTag.when] != ContentTag.before
      && dataset.tags[ContentTag.made] != "true"
    {
      guard let path = LoggedData.path(of: dataset, in: folder ?? root ?? "/"),
        let digest = dataset.tags[ContentTag.content].flatMap(DataVersion.digest),
        !all.contains(where: { $0.name == dataset.name })
      else { continue }
      let place = DataPath.place(of: path, in: root)
      all.append(
        RecordedData(
          name: dataset.name, place: PlainPath.isBelow(place) ? .inside(place) : .outside(path),
          given: nil, digest: digest, wasGiven: false))
    }
    return all
  }

  private init?(_ entry: DataDocument.Entry) {
    name = entry.name
    given = entry.given
    wasGiven = true
    guard (try? Check.entityName(entry.name, what: "data")) != nil else { return nil }
    if let uri = entry.uri {
      place = .uri(uri)
      return
    }
    guard let path = entry.path, !path.isEmpty, !path.utf8.contains(0),
      let digest = entry.digest.flatMap(DataVersion.digest)
    else { return nil }
    self.digest = digest
    if path.hasPrefix("/") {
      place = .outside(path)
    } else if PlainPath.isBelow(path) || path == "." {
      place = .inside(path)
    } else {
      return nil
    }
  }

  private init(name: String, place: Place, given: String?, digest: ContentDigest, wasGiven: Bool) {
    self.name = name
    self.place = place
    self.given = given
    self.digest = digest
    self.wasGiven = wasGiven
  }

  package var shownPlace: String {
    switch place {
    case .inside(let path), .outside(let path), .uri(let path): path
    }
  }
}
