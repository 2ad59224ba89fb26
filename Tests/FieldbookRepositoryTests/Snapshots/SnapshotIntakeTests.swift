import Cgit2
import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("Snapshots that are taken in")
struct SnapshotIntakeTests {
  let giver: Studio
  let taker: Studio

  init() throws { (giver, taker) = (try Studio(), try Studio()) }

  /// Answers what is asked until all is here, or `messages` were given.
  @discardableResult
  private func feed(
    _ intake: SnapshotIntake, messages: Int = .max, atATime: Int = 7, limit: Int = 1000
  ) throws -> Int {
    var given = 0
    while given < messages {
      let wanted = intake.next(atATime)
      guard !wanted.isEmpty else { break }
      let frames = try ObjectFrame.split(
        try giver.repository.bare.frames(of: wanted, limit: limit))
      try intake.take(frames)
      if frames.isEmpty { intake.decline(wanted) }
      given += 1
    }
    return given
  }

  private func intake(_ wanted: [(String, GitObjectID)]) throws -> SnapshotIntake {
    try SnapshotIntake(taker.repository, wanted: wanted.map { ($0.0, $0.1) })
  }

  private func project(files: Int = 30) throws {
    for number in 0..<files {
      try giver.write("file \(number)", to: "src/\(number % 5)/\(number).py")
    }
  }

  @Test("all of it comes, is named, and a second one brings only what is new")
  func whole() throws {
    try project()
    let first = try giver.take("a1").commit
    try giver.write("changed", to: "src/1/1.py")
    let second = try giver.take("a2").commit
    let one = try intake([("a1", first)])
    let messages = try feed(one)
    #expect(try one.finish() == 1)
    #expect(try taker.code(first) == giver.code(first))
    let two = try intake([("a1", first), ("a2", second)])
    // The commit, four folders on the way, and the file.
    #expect(try feed(two, atATime: 1) == 6 && messages > 5)
    #expect(try two.finish() == 2)
    #expect(try taker.code(second) == giver.code(second))
    #expect(try taker.repository.bare.runs() == ["a1": first, "a2": second])
    #expect(try taker.git("fsck", "--strict", "--full").isEmpty)
  }

  @Test(
    "one that was cut short anywhere names nothing, goes on where it was, and asks for nothing twice"
  )
  func interrupted() throws {
    try project()
    let commit = try giver.take("a1").commit
    let objects = try giver.repository.bare.audit().objects
    var messages = 0
    for _ in 0..<100 where try taker.repository.bare.runs().isEmpty {
      let intake = try intake([("a1", commit)])
      let given = try feed(intake, messages: 3, atATime: 2, limit: 1)
      messages += given
      try intake.flush()
      if given < 3 { try intake.finish() }
    }
    #expect(messages == objects)
    #expect(try taker.code(commit) == giver.code(commit))
  }

  @Test("what the other side lacks is gone without, and its snapshot is not named")
  func declined() throws {
    try project()
    let first = try giver.take("a1").commit
    try giver.write("other", to: "b.py")
    let second = try giver.take("a2").commit
    let lost = try #require(
      try giver.repository.bare.files(of: second).first { $0.path.shown == "code/b.py" }
    ).entry.object
    let file =
      "\(giver.repository.bare.path)/objects/\(lost.hex.prefix(2))/\(lost.hex.dropFirst(2))"
    try FileManager.default.removeItem(atPath: file)
    let intake = try intake([("a1", first), ("a2", second)])
    try feed(intake, atATime: 1)
    #expect(try intake.finish() == 1)
    #expect(try taker.repository.bare.runs() == ["a1": first])
  }

  @Test(
    "what was not asked for, or is not what its name says, is refused, and what came before it is kept"
  )
  func hostile() throws {
    try project(files: 3)
    let commit = try giver.take("a1").commit
    let intake = try intake([("a1", commit)])
    let other = ObjectFrame(object: commit, kind: .commit, bytes: Array("tree x".utf8))
    #expect(throws: SnapshotFailure.self) { try intake.take([other]) }
    let blob = ObjectFrame(object: commit, kind: .blob, bytes: [])
    #expect(throws: SnapshotFailure.self) { try intake.take([blob]) }
    let unasked = try giver.repository.bare.files(of: commit).map(\.entry.object)
    for object in unasked {
      let frames = try ObjectFrame.split(
        try giver.repository.bare.frames(of: [object], limit: 1))
      #expect(throws: SnapshotFailure.self) { try intake.take(frames) }
    }
    try feed(intake)
    #expect(try intake.finish() == 1)
  }

  @Test(
    "a commit with parents, a folder with a bad name and a submodule are refused, and others come")
  func forms() throws {
    let person = "a <b> 1 +0000"
    try giver.repository.bare.withRepository { repository in
      let writer = try ObjectWriter(repository, path: giver.repository.bare.path)
      let blob = try writer.blob([1])
      let good = try writer.folder([(Array("a".utf8), TreeEntry(.file, blob))])
      let bad = try writer.folder([(Array("..".utf8), TreeEntry(.file, blob))])
      let linked = try writer.add(
        GIT_OBJECT_TREE, Array("160000 sub\0".utf8) + blob.bytes)
      func commit(_ tree: GitObjectID, _ more: String = "") throws -> GitObjectID {
        try writer.add(
          GIT_OBJECT_COMMIT,
          Array("tree \(tree.hex)\n\(more)author \(person)\ncommitter \(person)\n\nx\n".utf8))
      }
      let parent = try commit(good)
      let all = [try commit(good, "parent \(parent.hex)\n"), try commit(bad), try commit(linked)]
      try writer.finish()
      let intake = try intake(
        all.enumerated().map { ("a\($0)", $1) } + [("good", parent)])
      try feed(intake, atATime: 2)
      #expect(try intake.finish() == 1)
      #expect(try taker.repository.bare.runs() == ["good": parent])
    }
  }

  /// They pack to almost nothing.
  private let zeros = [UInt8](repeating: 0, count: 4 << 20)

  @Test("messages stay within what a reader takes, however well it packs")
  func packing() throws {
    for number in 0..<12 {
      var bytes = zeros
      bytes[0] = UInt8(number)
      _ = try giver.repository.bare.withRepository { repository in
        let writer = try ObjectWriter(repository, path: giver.repository.bare.path)
        let blob = try writer.blob(bytes)
        try writer.finish()
        return blob
      }
    }
    let names = try (0..<12).map { number in
      var bytes = zeros
      bytes[0] = UInt8(number)
      return try #require(
        try giver.repository.bare.withRepository { repository in
          try ObjectWriter(repository, path: giver.repository.bare.path).name(
            of: ObjectFrame(object: GitObjectID(git_oid()), kind: .blob, bytes: bytes))
        })
    }
    let message = try giver.repository.bare.frames(of: names, limit: 4 << 20)
    let frames = try ObjectFrame.split(message)
    #expect(frames.map(\.object) == Array(names.prefix(8)))
    let bombs = (0..<5).flatMap { _ in message }
    #expect(throws: SnapshotFailure.badFrame) { try ObjectFrame.split(bombs) }
  }

  @Test("frames come back as they went, and anything else is refused, whatever it declares")
  func frames() throws {
    let id = try #require(GitObjectID(hex: String(repeating: "ab", count: 20)))
    for bytes in [[], [1], Array("tree ".utf8), [UInt8](repeating: 7, count: 70_000), zeros] {
      let frame = ObjectFrame(object: id, kind: .tree, bytes: bytes)
      #expect(try ObjectFrame.split(frame.encoded + frame.encoded) == [frame, frame])
      for cut in 1..<min(frame.encoded.count, 60) {
        #expect(throws: SnapshotFailure.badFrame) {
          try ObjectFrame.split(Array(frame.encoded.dropLast(cut)))
        }
      }
    }
    var bomb = ObjectFrame(object: id, kind: .blob, bytes: [UInt8](repeating: 0, count: 1 << 20))
      .encoded
    bomb[21...24] = [0, 0, 0, 1]
    #expect(throws: SnapshotFailure.badFrame) { try ObjectFrame.split(bomb) }
    bomb[20] = 9
    #expect(throws: SnapshotFailure.badFrame) { try ObjectFrame.split(bomb) }
  }
}
