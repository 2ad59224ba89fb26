import FieldbookModel
import FieldbookReplication

extension MembershipEvent.Change {
  var register: MembershipEvent.Register {
    switch self {
    case .role: .role
    case .hub: .hub
    case .revocation, .malformed: .revocation
    }
  }

  /// As it is kept: a role's word, 0 or 1, a list of dots, 2 for a revocation taken back, 3 for one that is none.
  var value: SQL.Value {
    switch self {
    case .role(let role): .text(role.rawValue)
    case .hub(let isHub): .integer(isHub ? 1 : 0)
    case .revocation(let tips?): .blob(DotList.encode(tips))
    case .revocation(nil): .integer(2)
    case .malformed: .integer(3)
    }
  }

  init?(_ register: MembershipEvent.Register, _ value: SQL.Value) throws {
    switch register {
    case .role:
      guard let role = value.text.flatMap(Role.init) else { return nil }
      self = .role(role)
    case .hub: self = .hub(value.integer == 1)
    case .revocation:
      if let tips = value.blob {
        self = .revocation(try DotList.decode(tips))
      } else {
        self = value.integer == 2 ? .revocation(nil) : .malformed
      }
    }
  }
}

extension MembershipEvent {
  init?(row: SQL.Row) {
    guard let dot = row[0].integer,
      let register = row[1].integer.flatMap({ Register(rawValue: Int($0)) }),
      let hash = row[2].blob, let author = row[3].blob.flatMap(DeviceKey.init),
      let subject = row[4].blob.flatMap({ EntityKey(bytes: $0) }),
      let change = try? Change(register, row[5]),
      let overwrites = try? DotList.decode(row[8].blob ?? []),
      let past = try? DotList.decode(row[9].blob ?? [])
    else { return nil }
    self.init(
      dot: Dot(raw: dot), hash: hash, author: author, subject: subject, change: change,
      isEnrolment: row[6].integer == 1, isSuccession: row[7].integer == 1,
      overwrites: overwrites, past: EventPast(past))
  }
}
