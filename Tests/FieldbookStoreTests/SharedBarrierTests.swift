import FieldbookTestSupport
import Foundation
import Synchronization
import Testing

@testable import FieldbookStore

@Suite("Waiting for the disk together")
struct SharedBarrierTests {
  /// What was written, and how far the disk has it.
  private struct Disk {
    var written = 0
    var safe = 0
    var syncs = 0
  }

  @Test("what was there when someone asked is safe when they go on, and many share a sync")
  func covers() {
    let barrier = SharedBarrier()
    let disk = Mutex(Disk())
    DispatchQueue.concurrentPerform(iterations: 400) { _ in
      let own = disk.withLock { disk in
        disk.written += 1
        return disk.written
      }
      barrier.wait {
        let upTo = disk.withLock { $0.written }
        usleep(200)
        disk.withLock { disk in
          disk.safe = upTo
          disk.syncs += 1
        }
      }
      #expect(disk.withLock { $0.safe } >= own)
    }
    #expect(disk.withLock { $0.syncs } <= 400)
  }

  @Test("a sync that fails is told to whoever ran it, and the others try again")
  func failure() {
    let barrier = SharedBarrier()
    let left = Mutex(5)
    let told = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 64) { _ in
      do {
        try barrier.wait {
          usleep(200)
          let fails = left.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
          }
          if fails { throw TestFailure("no disk") }
        }
      } catch {
        told.withLock { $0 += 1 }
      }
    }
    #expect(told.withLock { $0 } == 5)
  }
}
