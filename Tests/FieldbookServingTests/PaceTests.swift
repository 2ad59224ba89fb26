import Testing

@testable import FieldbookServing

@Suite("The pace of a message") struct PaceTests {
  private func pace() -> Pace {
    var bounds = ListeningBounds()
    bounds.graceSeconds = 10
    bounds.bytesPerSecond = 100
    return Pace(bounds)
  }

  @Test("within its grace a message may rest") func grace() {
    var pace = pace()
    pace.wait(now: 0)
    #expect(!pace.isTooSlow(now: 10))
    #expect(pace.isTooSlow(now: 10.1))
  }

  @Test("one that dribbles is too slow although it never rests") func dribble() {
    var pace = pace()
    var verdicts: [Bool] = []
    for second in 0..<30 {
      pace.wait(now: Double(second))
      pace.move(1, now: Double(second + 1))
      verdicts.append(pace.isTooSlow(now: Double(second + 1)))
    }
    #expect(verdicts[9] == false)
    #expect(verdicts[10] == true)
  }

  @Test("one that comes steadily is never too slow, however long it takes") func steady() {
    var pace = pace()
    for second in 0..<1000 {
      pace.wait(now: Double(second))
      pace.move(100, now: Double(second + 1))
      #expect(!pace.isTooSlow(now: Double(second + 1)))
    }
  }

  @Test("time in which we are not ready for more does not count") func ourTime() {
    var pace = pace()
    pace.wait(now: 0)
    pace.move(1, now: 1)
    #expect(!pace.isTooSlow(now: 1000))
    pace.wait(now: 1000)
    #expect(!pace.isTooSlow(now: 1009))
    #expect(pace.isTooSlow(now: 1010))
  }
}
