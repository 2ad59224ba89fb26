import FieldbookModel
import FieldbookReplication
import Testing

/// Who has which rights, told by hand-made events: one log a device, dots by (device's index, number).
@Suite("Membership")
struct MembershipTests {
  private static let keys = (0..<6).map { index in
    DeviceKey(bytes: [UInt8](repeating: UInt8(index + 1), count: 32))!
  }

  private static func dot(_ device: Int, _ number: UInt64) -> Dot {
    Dot(chain: Int64(device + 1), number: number)
  }

  private static func event(
    _ author: Int, _ number: UInt64, on subject: Int, _ change: MembershipEvent.Change,
    enrols: Bool = false, succeeds: Bool = false, over: [Dot] = [], past: [Dot]
  ) -> MembershipEvent {
    MembershipEvent(
      dot: dot(author, number), hash: [UInt8(author), UInt8(number)], author: keys[author],
      subject: keys[subject].entity, change: change, isEnrolment: enrols,
      isSuccession: succeeds, overwrites: over, past: EventPast(past))
  }

  private static func resolve(_ events: [MembershipEvent]) -> Membership {
    Membership(founder: keys[0], genesis: [dot(0, 1)], events: events) { earlier, later in
      earlier.chain == later.chain && earlier.number <= later.number
    }
  }

  private static let enrolments = [
    event(0, 1, on: 1, .role(.admin), enrols: true, past: []),
    event(0, 2, on: 2, .role(.admin), enrols: true, past: [dot(0, 1)]),
    event(0, 3, on: 3, .role(.writer), enrols: true, past: [dot(0, 1), dot(0, 2)]),
  ]
  private static let known = enrolments.map(\.dot)

  /// The same answer in whatever order events are given.
  private func everyOrder(
    _ events: [MembershipEvent], _ check: (Membership) throws -> Void
  ) rethrows {
    for turn in events.indices {
      let rotated = Array(events[turn...] + events[..<turn])
      try check(MembershipTests.resolve(rotated))
      try check(MembershipTests.resolve(rotated.reversed()))
    }
  }

  @Test("of concurrent revocations the more senior author's stands")
  func seniority() {
    let past = MembershipTests.known
    let revokesTwo = MembershipTests.event(
      1, 5, on: 2, .revocation([MembershipTests.dot(2, 4)]), past: past)
    let revokesOne = MembershipTests.event(
      2, 5, on: 1, .revocation([MembershipTests.dot(1, 4)]), past: past)
    everyOrder(MembershipTests.enrolments + [revokesTwo, revokesOne]) { membership in
      #expect(membership.isRevoked(MembershipTests.keys[2]))
      #expect(!membership.isRevoked(MembershipTests.keys[1]))
    }
  }

  @Test("a later revocation can cut an earlier one off, and what that had cut off counts again")
  func later() {
    let past = MembershipTests.known
    let first = MembershipTests.event(
      1, 5, on: 3, .revocation([]), past: past)
    let second = MembershipTests.event(
      0, 9, on: 1, .revocation([MembershipTests.dot(1, 4)]), past: past + [first.dot])
    everyOrder(MembershipTests.enrolments + [first, second]) { membership in
      #expect(membership.isRevoked(MembershipTests.keys[1]))
      #expect(!membership.isRevoked(MembershipTests.keys[3]))
    }
  }

  @Test("a revoked admin cannot take its revocation back, however senior it is")
  func noReturn() {
    let past = MembershipTests.known
    let cut = MembershipTests.event(
      2, 5, on: 1, .revocation([MembershipTests.dot(1, 4)]), past: past)
    let undo = MembershipTests.event(
      1, 6, on: 1, .revocation(nil), over: [cut.dot], past: past + [cut.dot])
    everyOrder(MembershipTests.enrolments + [cut, undo]) { membership in
      #expect(membership.isRevoked(MembershipTests.keys[1]))
    }
  }

  @Test("writers revoke nobody and let nobody in; a promotion past a cut is none")
  func rights() {
    let past = MembershipTests.known
    let byWriter = MembershipTests.event(3, 5, on: 1, .revocation([]), past: past)
    let enrolment = MembershipTests.event(
      3, 6, on: 4, .role(.admin), enrols: true, past: past)
    let promotion = MembershipTests.event(1, 6, on: 3, .role(.admin), past: past)
    let cut = MembershipTests.event(
      0, 9, on: 1, .revocation([MembershipTests.dot(1, 5)]), past: past)
    everyOrder(MembershipTests.enrolments + [byWriter, enrolment, promotion, cut]) { membership in
      #expect(membership.presentAuthority(of: MembershipTests.keys[3])?.role == .writer)
      #expect(membership.presentAuthority(of: MembershipTests.keys[4]) == nil)
      #expect(membership.isNamed(MembershipTests.keys[4]))
      #expect(!membership.isEffective(byWriter.dot) && !membership.isEffective(promotion.dot))
    }
  }

  @Test("a device lets in its own next key, with no more rights, and that one retires it")
  func succession() {
    let past = MembershipTests.known
    let next = MembershipTests.event(
      3, 5, on: 4, .role(.writer), enrols: true, succeeds: true, past: past)
    let more = MembershipTests.event(
      3, 6, on: 5, .role(.admin), enrols: true, succeeds: true, past: past)
    let retired = MembershipTests.event(
      4, 1, on: 3, .revocation([MembershipTests.dot(3, 6)]), past: past + [next.dot])
    let foreign = MembershipTests.event(
      4, 2, on: 2, .revocation([]), past: past + [next.dot])
    everyOrder(MembershipTests.enrolments + [next, more, retired, foreign]) { membership in
      #expect(membership.presentAuthority(of: MembershipTests.keys[4])?.role == .writer)
      #expect(membership.presentAuthority(of: MembershipTests.keys[5]) == nil)
      #expect(membership.isRevoked(MembershipTests.keys[3]))
      #expect(!membership.isRevoked(MembershipTests.keys[2]))
    }
    // A thief who makes himself a next key goes with the key that was stolen.
    let cut = MembershipTests.event(
      0, 9, on: 3, .revocation([MembershipTests.dot(3, 4)]), past: past)
    everyOrder(MembershipTests.enrolments + [next, cut]) { membership in
      #expect(membership.presentAuthority(of: MembershipTests.keys[4]) == nil)
    }
  }

  @Test("a chain of five thousand enrolments is judged, with a revocation at its root")
  func longChain() {
    let count = 5_000
    func key(_ index: Int) -> DeviceKey {
      DeviceKey(bytes: (0..<32).map { UInt8(truncatingIfNeeded: index >> (8 * ($0 % 4))) })!
    }
    func dot(_ index: Int) -> Dot { Dot(chain: Int64(index + 1), number: 1) }
    var events = (0..<count).map { index in
      MembershipEvent(
        dot: dot(index), hash: [UInt8(truncatingIfNeeded: index)], author: key(index),
        subject: key(index + 1).entity, change: .role(.admin), isEnrolment: true,
        past: EventPast(index == 0 ? [] : [dot(index - 1), dot(0)]))
    }
    events.append(
      MembershipEvent(
        dot: Dot(chain: 1, number: 2), hash: [1], author: key(0), subject: key(1).entity,
        change: .revocation([]), past: EventPast([dot(0)])))
    let membership = Membership(founder: key(0), genesis: [dot(0)], events: events.reversed()) {
      $0.chain == $1.chain && $0.number <= $1.number
    }
    #expect(membership.isRevoked(key(1)) && membership.presentAuthority(of: key(0))?.role == .admin)
    #expect(membership.presentAuthority(of: key(count)) == nil)
  }

  @Test("a next key neither widens what an admin cut, nor is any the less senior")
  func successorsLimits() {
    let past = MembershipTests.known
    let next = MembershipTests.event(
      3, 5, on: 4, .role(.writer), enrols: true, succeeds: true, past: past)
    let cut = MembershipTests.event(
      0, 9, on: 3, .revocation([MembershipTests.dot(3, 5)]), past: past + [next.dot])
    let widened = MembershipTests.event(
      4, 1, on: 3, .revocation([MembershipTests.dot(3, 9)]), over: [cut.dot],
      past: past + [next.dot, cut.dot])
    everyOrder(MembershipTests.enrolments + [next, cut, widened]) { membership in
      #expect(membership.accepted(0..<20, on: 4, of: MembershipTests.keys[3]) == 5)
    }
    // The founder's next key and an admin, at once.
    let heir = MembershipTests.event(
      0, 9, on: 5, .role(.admin), enrols: true, succeeds: true, past: past)
    let ofAdmin = MembershipTests.event(
      5, 1, on: 1, .revocation([MembershipTests.dot(1, 4)]), past: past + [heir.dot])
    let ofHeir = MembershipTests.event(
      1, 5, on: 5, .revocation([]), past: past + [heir.dot])
    everyOrder(MembershipTests.enrolments + [heir, ofAdmin, ofHeir]) { membership in
      #expect(membership.isRevoked(MembershipTests.keys[1]))
      #expect(!membership.isRevoked(MembershipTests.keys[5]))
    }
  }

  @Test("a revocation that takes its own ground away has no effect")
  func ownGround() {
    let past = MembershipTests.known
    let everything = MembershipTests.event(1, 5, on: 0, .revocation([]), past: past)
    let early = MembershipTests.event(
      2, 5, on: 0, .revocation([MembershipTests.dot(0, 1)]), past: past)
    let fair = MembershipTests.event(
      2, 6, on: 0, .revocation([MembershipTests.dot(0, 2)]), past: past + [early.dot])
    everyOrder(MembershipTests.enrolments + [everything, early]) { membership in
      #expect(!membership.isRevoked(MembershipTests.keys[0]))
    }
    everyOrder(MembershipTests.enrolments + [everything, early, fair]) { membership in
      #expect(membership.isRevoked(MembershipTests.keys[0]))
      #expect(membership.presentAuthority(of: MembershipTests.keys[3]) == nil)
      #expect(membership.presentAuthority(of: MembershipTests.keys[1])?.role == .admin)
    }
  }

  @Test("several cuts of one device: what each accepts is asked")
  func intersection() {
    let past = MembershipTests.known
    let device = MembershipTests.keys[3]
    let one = MembershipTests.event(
      0, 5, on: 3, .revocation([MembershipTests.dot(3, 8)]), past: past)
    let two = MembershipTests.event(
      1, 5, on: 3, .revocation([MembershipTests.dot(3, 5)]), past: past)
    everyOrder(MembershipTests.enrolments + [one, two]) { membership in
      #expect(!membership.isCut(MembershipTests.dot(3, 5), by: device))
      #expect(membership.isCut(MembershipTests.dot(3, 6), by: device))
      #expect(membership.accepted(0..<20, on: 4, of: device) == 5)
    }
    let wider = MembershipTests.event(
      0, 6, on: 3, .revocation([MembershipTests.dot(3, 9)]), over: [one.dot, two.dot],
      past: past + [one.dot, two.dot])
    everyOrder(MembershipTests.enrolments + [one, two, wider]) { membership in
      #expect(membership.accepted(0..<20, on: 4, of: device) == 9)
    }
  }

  @Test("cuts read back from their text, and nothing else reads as cuts")
  func cutsCoding() {
    let hash = SegmentHash(bytes: [UInt8](repeating: 7, count: 32))!
    let cuts = Cuts([
      .init(epoch: 1, number: 5, segment: hash), .init(epoch: .max, number: 1, segment: hash),
    ])
    #expect(Cuts(text: cuts.text).map { Set($0.cuts) } == Set(cuts.cuts))
    #expect(Cuts(text: "")?.cuts.isEmpty == true)
    for wrong in [",", "x", "1/2/3", cuts.text + ",", cuts.text + "/", "0/0/" + hash.hex] {
      #expect(Cuts(text: wrong) == nil, "\(wrong)")
    }
  }

  @Test("purged cells keep hashes and signature; salts hide what was there")
  func withholding() throws {
    let body = SegmentBody(
      salts: .seed([UInt8](repeating: 9, count: 32)),
      ops: (0..<3).map { index in
        Operation<WireDot>(
          kind: .set, entity: EntityKey(bytes: [UInt8](repeating: UInt8(index), count: 16))!,
          clock: HybridTime(milliseconds: 5),
          cells: [
            Cell(field: FieldName("tags.secret"), overwrites: [], value: .text("token")),
            Cell(field: FieldName("tags.other"), overwrites: [], value: .text("kept \(index)")),
          ])
      })
    func hashes(_ body: SegmentBody) throws -> RunningHashes {
      try OperationHash.running(
        from: [1, 2, 3], ops: body.ops, salts: body.salts,
        log: { (LogID(device: MembershipTests.keys[0], epoch: 1), $0.number) })
    }
    let bare = try body.withholding([.init(op: 1, cell: 0), .init(op: 2, cell: 0)])
    #expect(try hashes(bare) == hashes(body))
    let encoded = bare.encoded(clockBase: HybridTime(raw: 0))
    let read = try SegmentBody(
      encoded: encoded, clockBase: HybridTime(raw: 0), count: 3, anchors: 0)
    #expect(read == bare)
    #expect(read.ops[0].cells[0].value == .text("token"))
    #expect(read.ops[1].cells[0].isWithheld && !read.ops[1].cells[1].isWithheld)
    // Twice is once; and then all of it.
    #expect(try read.withholding([.init(op: 1, cell: 0)]) == read)
    let empty = try read.withholding([.init(op: 0, cell: 0)])
    #expect(try hashes(empty) == hashes(body))
    #expect(
      !String(decoding: empty.encoded(clockBase: HybridTime(raw: 0)), as: UTF8.self).contains(
        "secret"))
    guard case .each(let salts) = empty.salts else {
      Issue.record("a seed is left")
      return
    }
    #expect(salts[0..<16].allSatisfy { $0 == 0 } && !salts[16..<32].allSatisfy { $0 == 0 })
  }
}
