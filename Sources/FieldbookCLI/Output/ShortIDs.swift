/// Eight digits of an id, more where eight are not enough to tell those listed together apart.
struct ShortIDs {
  private let length: Int

  init(_ ids: some Sequence<String>) {
    let sorted = Set(ids).sorted()
    var needed = 8
    for (left, right) in zip(sorted, sorted.dropFirst()) {
      needed = max(needed, zip(left, right).prefix { $0 == $1 }.count + 1)
    }
    length = needed
  }

  func callAsFunction(_ id: String) -> String { String(id.prefix(length)) }

  static func one(_ id: String) -> String { String(id.prefix(8)) }
}
