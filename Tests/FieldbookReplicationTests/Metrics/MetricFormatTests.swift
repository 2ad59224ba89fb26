import FieldbookModel
import Testing

@testable import FieldbookReplication

/// What lies in the replicas of others: these bytes are read for ever.
@Suite struct MetricFormatTests {
  private static let series: [MetricSeries] = {
    let times: [Int64] = [1_763_697_600_000, 1_763_697_600_250, 1_763_697_600_512]
    let losses = [0.5, 0.25, Double(bitPattern: 0x7ff8_0000_0000_0000)]
    let loss = times.indices.map {
      MetricPoint(step: Int64($0), timestamp: times[$0], value: losses[$0])
    }
    let rate = loss.map { MetricPoint(step: $0.step, timestamp: $0.timestamp, value: 0.001) }
    return [MetricSeries(key: "loss", points: loss), MetricSeries(key: "lr", points: rate)]
  }()

  private static let digest = ContentDigest(
    hex: "48513bac74cb552dd0c8345670a811ed716278fcbcec7c553352402b0b0f4f25")!

  @Test("the canonical form of format 1 has the hash that another program finds for it")
  func digest() {
    let chunk = MetricChunk.encode(Self.series)
    #expect(chunk.digest == Self.digest)
    #expect(chunk.rawByteCount == 109)
  }

  @Test("a payload of format 1 is read")
  func payload() throws {
    let payload = try #require(
      Hex.decode(
        "28b52ffd2032910100012c0200046c6f7373030004000200090580988dc9d466f40300660b05f81f0300010172"
          + "0301000100d10f0402000080180e"))
    #expect(try MetricChunk.decode(payload, expecting: Self.digest) == Self.series)
  }

  @Test("a manifest of format 1 is read, and written again as it was")
  func manifest() throws {
    let encoded = try #require(
      Hex.decode(
        Self.digest.hex + "6d02046c6f737303000280a08dc9d466023fd0020030024028026c7203000200083f50"
          + "624dd2f1a9fc0000"))
    let manifest = try MetricManifest(encoded: encoded)
    #expect(manifest == MetricManifest(of: Self.series))
    #expect(manifest.encoded == encoded)
  }
}
