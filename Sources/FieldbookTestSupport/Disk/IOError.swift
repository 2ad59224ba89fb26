/// SQLite's extended result codes of SQLITE_IOERR. Source: sqlite.org/rescode.html.
enum IOError {
  static let read: Int32 = 10 | 1 << 8
  static let shortRead: Int32 = 10 | 2 << 8
  static let write: Int32 = 10 | 3 << 8
  static let sync: Int32 = 10 | 4 << 8
  static let truncate: Int32 = 10 | 6 << 8
  static let delete: Int32 = 10 | 10 << 8
  static let lockMap: Int32 = 10 | 20 << 8
  static let map: Int32 = 10 | 21 << 8
}
