import FieldbookModel
import FieldbookRepository
import Foundation
import Synchronization

/// An object storage in memory that fails as real ones do.
package final class MemoryBucket: PackBucket {
  package enum Fault: Sendable {
    /// Out of reach from now on.
    case away
    /// Takes nothing, and gives what it has.
    case full
    /// It did what was asked, and its answer was lost.
    case answerLost
    /// The process dies: nothing more is asked.
    case kill
  }

  private struct State {
    var objects: [String: [UInt8]] = [:]
    var isAway = false
    var isFull = false
    var isDead = false
    var flips = 0
    var calls = 0
    var requests: [String] = []
    var fault: (Fault, at: Int)?
    var hasStruck = false
  }

  private let state = Mutex(State())
  package let address = "s3://memory/test"

  package init() {}

  package var objects: [String: [UInt8]] {
    get { state.withLock { $0.objects } }
    set { state.withLock { $0.objects = newValue } }
  }
  package var isAway: Bool {
    get { state.withLock { $0.isAway } }
    set { state.withLock { $0.isAway = newValue } }
  }
  package var isFull: Bool {
    get { state.withLock { $0.isFull } }
    set { state.withLock { $0.isFull = newValue } }
  }
  /// How many of the next reads come with a changed bit.
  package var flips: Int {
    get { state.withLock { $0.flips } }
    set { state.withLock { $0.flips = newValue } }
  }
  /// `GET key`, `PUT key`, … since it was asked for last.
  package func takeRequests() -> [String] {
    state.withLock { state in
      defer { state.requests = [] }
      return state.requests
    }
  }
  package var hasStruck: Bool { state.withLock { $0.hasStruck } }
  package var packs: [String] { objects.keys.filter { $0.hasSuffix(".pack") }.sorted() }

  /// The call with this number from now fails so.
  package func arm(_ fault: Fault, at call: Int) {
    state.withLock {
      $0.fault = (fault, $0.calls + call)
      $0.hasStruck = false
    }
  }

  package func revive() {
    state.withLock {
      $0.fault = nil
      ($0.isAway, $0.isFull, $0.isDead) = (false, false, false)
    }
  }

  private static let failure = BucketFailure(.away, "the bucket is out of reach", hint: "wait")
  private static let full = BucketFailure(.away, "the bucket is full", hint: "make room")

  private func call<Result>(
    _ word: String, _ key: String, isWriting: Bool = false, _ body: (inout State) throws -> Result
  ) throws -> Result {
    try state.withLock { state in
      guard !state.isDead else { throw MemoryBucket.failure }
      state.calls += 1
      state.requests.append(word + " " + key)
      let fault = state.fault.flatMap { $0.at == state.calls ? $0.0 : nil }
      if fault != nil { state.hasStruck = true }
      switch fault {
      case .away: state.isAway = true
      case .full: state.isFull = true
      case .kill: state.isDead = true
      case .answerLost, nil: break
      }
      guard !state.isAway, !state.isDead else { throw MemoryBucket.failure }
      if state.isFull, isWriting { throw MemoryBucket.full }
      let result = try body(&state)
      if case .answerLost? = fault { throw MemoryBucket.failure }
      return result
    }
  }

  package func put(_ key: String, _ body: BucketBody, sha256: ContentDigest) throws {
    let bytes: [UInt8]
    switch body {
    case .bytes(let given): bytes = given
    case .file(let path, let count):
      bytes = FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? []
      precondition(Int64(bytes.count) == count)
    }
    guard ContentDigest(sha256: bytes) == sha256 else {
      throw BucketFailure(.refused, "the checksum does not hold", hint: "-")
    }
    try call("PUT", key, isWriting: true) { $0.objects[key] = bytes }
  }

  package func byteCount(of key: String) throws -> Int64? {
    try call("HEAD", key) { state in state.objects[key].map { Int64($0.count) } }
  }

  package func read(_ key: String, _ range: Range<Int64>) throws -> [UInt8] {
    try call("GET", key) { state in
      guard let bytes = state.objects[key], Int(range.upperBound) <= bytes.count else {
        throw BucketFailure(.notThere, "no such key", hint: "-")
      }
      var part = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
      if state.flips > 0, !part.isEmpty {
        state.flips -= 1
        part[part.count / 2] ^= 1
      }
      return part
    }
  }

  package func remove(_ key: String) throws {
    try call("DELETE", key) { $0.objects[key] = nil }
  }

  package func list(_ prefix: String, _ take: ([BucketEntry]) throws -> Void) throws {
    let found = try call("LIST", prefix) { state in
      state.objects.filter { $0.key.hasPrefix(prefix) }
        .map { BucketEntry(key: $0.key, byteCount: Int64($0.value.count)) }
        .sorted { $0.key < $1.key }
    }
    for start in stride(from: 0, to: found.count, by: 3) {
      try take(Array(found[start..<min(start + 3, found.count)]))
    }
  }
}
