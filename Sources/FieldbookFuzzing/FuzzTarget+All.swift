extension FuzzTarget {
  /// Every decoder that reads bytes from outside, by the room that it is in.
  package static let all: [FuzzTarget] =
    coding + segments + metrics + exchange + server + stored + search + requests + folders + texts
    + salvage + hostileOps + protobuf + moving + traces + large + snapshots + git
    + archives + reproduction + objects + pages

  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
