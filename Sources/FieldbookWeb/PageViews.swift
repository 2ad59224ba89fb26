import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

/// Views of the runs that the team shares. Each is a config below `page/views/`: it has a history, syncs, and of two that were saved under one name
/// a person chooses.
extension PageLooking {
  private static let folder = "page/views/"
  private static let nameMax = 200
  private static let addressMax = 4000

  private struct View {
    var config: Config
    var name: String
    var address: String
  }

  func views() throws -> JSON {
    let found = try savedViews()
    let entries = found.isEmpty ? [] : try workspace.configCommits().map(\.entry.change)
    return [
      "views": .array(
        found.map { view in
          let last = entries.last { $0.config == view.config.id }
          return [
            "name": .string(view.name), "address": .string(view.address),
            "author": .optional(last?.owner), "device": .optional(last?.deviceName),
            "time": .time(view.config.lastUpdateTime), "config": .string(view.config.name),
            "conflicts": .strings(view.config.conflicts),
          ]
        })
    ]
  }

  /// Saves a view, over one of that name; without an address takes it away.
  func saveView(_ question: PageQuestion) throws -> JSON {
    let name = try question.required("name")
    guard !name.isEmpty, name.count <= PageLooking.nameMax, !name.contains(where: \.isNewline)
    else {
      throw PageFailure(
        .badRequest, "a view's name is one line of at most \(PageLooking.nameMax) characters")
    }
    let known = try savedViews().first { $0.name == name }
    guard let address = try question.text("address") else {
      guard let known else { throw WorkspaceFailure.notFound(what: "view", reference: name) }
      try workspace.delete(known.config.id.key, durability: .person)
      return try views()
    }
    guard address.utf8.count <= PageLooking.addressMax else {
      throw PageFailure(
        .badRequest, "the view's address is longer than \(PageLooking.addressMax) bytes")
    }
    let document: JSON = ["name": .string(name), "address": .string(address)]
    let text = document.text(isIndented: true) + "\n"
    if let known {
      try workspace.editConfig(known.config.id, text)
    } else {
      try add(name, text)
    }
    return try views()
  }

  private func add(_ name: String, _ text: String) throws {
    let all = try workspace.configs()
    let taken = Set(all.map(\.name))
    let stem = PageLooking.folder + PageLooking.plain(name)
    for number in 1...1000 {
      let path = stem + (number == 1 ? "" : "-\(number)") + ".json"
      if let former = all.first(where: { $0.name == path }), former.lifecycle == .deleted {
        guard PageLooking.view(former)?.name ?? name == name else { continue }
        try workspace.restore(former.id.key, durability: .person)
        try workspace.editConfig(former.id, text)
        return
      }
      guard !taken.contains(path) else { continue }
      _ = try workspace.addConfig(path, text)
      return
    }
    throw PageFailure(.badRequest, "too many views are called like '\(name)'")
  }

  /// Letters and digits that every file system takes.
  private static func plain(_ name: String) -> String {
    let words = name.lowercased().unicodeScalars.split { scalar in
      !("a"..."z").contains(scalar) && !("0"..."9").contains(scalar)
    }
    let joined = words.map { String(String.UnicodeScalarView($0)) }.joined(separator: "-")
    return joined.isEmpty ? "view" : String(joined.prefix(60))
  }

  private func savedViews() throws -> [View] {
    try workspace.configs()
      .filter { $0.lifecycle == .active && $0.name.hasPrefix(PageLooking.folder) }
      .compactMap(PageLooking.view).sorted { $0.name < $1.name }
  }

  /// Nil for a config that somebody else put there.
  private static func view(_ config: Config) -> View? {
    guard let text = config.text, let document = try? JSONParser.parse(Array(text.utf8)),
      let name = document["name"]?.string, let address = document["address"]?.string
    else { return nil }
    return View(config: config, name: name, address: address)
  }
}
