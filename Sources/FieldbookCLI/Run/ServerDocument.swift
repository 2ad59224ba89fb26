import FieldbookDocuments
import FieldbookModel
import FieldbookServing

/// What `server --status`, `--background` and `--stop` print.
struct ServerDocument: Document {
  var record: ServerRecord?

  var json: JSON {
    [
      "running": .bool(record != nil),
      "pid": record.map { .count(Int($0.pid)) } ?? .null,
      "url": record.flatMap { $0.url.isEmpty ? nil : .string($0.url) } ?? .null,
      "started_at": started.map { .string($0.rfc3339) } ?? .null,
      "log": record?.log.map { .string($0) } ?? .null,
    ]
  }

  private var started: Timestamp? {
    record.flatMap { record in
      record.startedMilliseconds > 0 ? Timestamp(milliseconds: record.startedMilliseconds) : nil
    }
  }

  func lay(on sheet: inout Sheet) {
    guard let record else {
      sheet.line(Phrase("no server of this replica is running"))
      return
    }
    var pairs: [(String, Phrase)] = [
      ("listening on", Phrase(record.url.isEmpty ? "nothing yet" : record.url, .bold)),
      ("process", Phrase(String(record.pid))),
    ]
    if let started { pairs.append(("since", Phrase(started.rfc3339))) }
    if let log = record.log { pairs.append(("log", Phrase(log))) }
    sheet.pairs(pairs)
  }
}
