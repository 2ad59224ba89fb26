import FieldbookModel
import Testing

@Suite("Keys") struct EntityKeyTests {
  @Test("the end of a drawn key follows from its head, and never changes: segments rely on it")
  func implied() {
    let key = EntityKey.fresh { [UInt8](1...UInt8($0)) }
    #expect(key.hex == "0102030405060708090a0b0c762c1c76")
    #expect(key.tail == key.impliedTail)
    #expect(EntityKey.fresh { [UInt8](repeating: 0, count: $0) }.hex.hasSuffix("00000000"))
  }

  @Test("heads that differ in one bit end differently")
  func ends() {
    let zeros = [UInt8](repeating: 0, count: EntityKey.freshBytes)
    var tails: Set<UInt32> = []
    for bit in 0..<96 {
      tails.insert(
        EntityKey.fresh { _ in
          var bytes = zeros
          bytes[bit / 8] = 1 << UInt8(bit % 8)
          return bytes
        }.tail)
    }
    #expect(tails.count == 96)
  }

  @Test("a key keeps any end that it is given")
  func given() {
    let key = EntityKey(high: 7, low: 0xffff_ffff_1234_5678)
    #expect(key.tail == 0x1234_5678)
    #expect(key.withTail(9) == EntityKey(high: 7, low: 0xffff_ffff_0000_0009))
  }
}
