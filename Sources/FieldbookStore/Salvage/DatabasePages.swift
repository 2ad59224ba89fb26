import Foundation

/// The pages of a SQLite file and of its write-ahead log, whatever state they are in.
///
/// Read without SQLite, which opens a file only if its beginning and every page on the way are whole. Nothing is
/// written. A page that the disk does not give is no page.
/// Source: sqlite.org/fileformat2.html, sections 1.3 (header), 4 (write-ahead log).
final class DatabasePages {
  /// Which version of each page is looked at.
  enum View: CaseIterable {
    /// What SQLite would see: the file, and the log as far as its checksums hold.
    case committed
    /// The file, and all of the log, since what comes after a damaged frame may be whole.
    case everything
    /// The file alone.
    case file
  }

  let pageBytes: Int
  private let file: Int32
  private let log: Int32
  private let pageCount: UInt32
  private var places: [View: [UInt32: off_t]] = [:]
  /// Every frame of the log, those included that a later one takes the place of.
  private(set) var frames: [(number: UInt32, place: off_t)] = []

  init(database: String) {
    file = open(database, O_RDONLY | O_CLOEXEC)
    log = open(database + "-wal", O_RDONLY | O_CLOEXEC)
    pageBytes = DatabasePages.pageBytes(file, log)
    pageCount = UInt32(clamping: DatabasePages.size(file) / Int64(pageBytes))
    readLog()
  }

  deinit {
    if file >= 0 { close(file) }
    if log >= 0 { close(log) }
  }

  /// Bytes of a page that hold something; ours reserve none.
  var usableBytes: Int { pageBytes }

  /// Views that differ, the most trustworthy first.
  var views: [View] {
    View.allCases.filter { view in
      !View.allCases.prefix { $0 != view }.contains { places[$0] ?? [:] == places[view] ?? [:] }
    }
  }

  /// The pages that there are. A damaged frame can name one that lies far behind them.
  func numbers(_ view: View) -> [UInt32] {
    let file = pageCount > 0 ? Array(1...pageCount) : []
    return file + (places[view] ?? [:]).keys.filter { $0 > pageCount }.sorted()
  }

  /// No row is larger than all pages together.
  var byteCount: Int { (Int(pageCount) + frames.count) * pageBytes }

  func page(_ number: UInt32, _ view: View) -> [UInt8]? {
    guard number > 0 else { return nil }
    if let place = places[view]?[number] { return read(log, place, pageBytes) }
    guard number <= pageCount else { return nil }
    return read(file, off_t(number - 1) * off_t(pageBytes), pageBytes)
  }

  /// A frame of the log is damaged, and there are commits behind it: SQLite would take the log to end there.
  private(set) var hasLostCommits = false

  func frame(_ place: off_t) -> [UInt8]? { read(log, place, pageBytes) }

  // MARK: The write-ahead log

  private static let headerBytes = 32
  private static let frameHeaderBytes = 24

  private func readLog() {
    guard log >= 0, let header = read(log, 0, Self.headerBytes) else { return }
    let isBigEndian = header[3] & 1 == 1
    var sum = Checksum(isBigEndian: isBigEndian)
    sum.add(header[..<24])
    var isWhole = sum.bytes == Array(header[24...])
    var salts = Array(header[16..<24])
    var committed: [UInt32: off_t] = [:]
    var pending: [UInt32: off_t] = [:]
    var everything: [UInt32: off_t] = [:]
    var place = off_t(Self.headerBytes)
    // Whether a log whose header does not hold has lost anything is another question: `holdsNothingNew`.
    let hasHeader = isWhole
    var (previous, earlier) = (header[24...], header[..<0])
    var last: [UInt8] = []
    while let frame = read(log, place, Self.frameHeaderBytes + pageBytes) {
      let content = place + off_t(Self.frameHeaderBytes)
      defer {
        place = content + off_t(pageBytes)
        (earlier, previous, last) = (previous, frame[16..<24], frame)
      }
      // A header that does not hold names no salts: then the first frame does.
      if place == off_t(Self.headerBytes), !isWhole { salts = Array(frame[8..<16]) }
      let isOfThisLog = frame[8..<16].elementsEqual(salts)
      let number = UInt32(frame[0..<4].bigEndian)
      let isCommit = frame[4..<8].bigEndian > 0
      if isOfThisLog, number > 0, number < 1 << 28 {
        everything[number] = content
        frames.append((number, content))
      }
      sum.add(frame[..<8])
      sum.add(frame[Self.frameHeaderBytes...])
      let wasWhole = isWhole
      isWhole = isWhole && isOfThisLog && sum.bytes == Array(frame[16..<24])
      guard isWhole else {
        // What lies behind the end is of an earlier log, or was never committed.
        guard hasHeader, !wasWhole, isOfThisLog, isCommit, !hasLostCommits else { continue }
        // A commit that another writer left unfinished follows nothing: the frame before it was written over, in part. One that
        // was whole follows what the frame before it says, or what that would say if it were whole.
        var before = Checksum(stored: earlier, isBigEndian: isBigEndian)
        before.add(frame: last)
        hasLostCommits =
          Checksum(stored: previous, isBigEndian: isBigEndian).precedes(frame)
          || before.precedes(frame)
        continue
      }
      pending[number] = content
      if isCommit {
        committed.merge(pending) { $1 }
        pending = [:]
      }
    }
    places = [.committed: committed, .everything: everything, .file: [:]]
  }

  /// Source: sqlite.org/fileformat2.html, section 4.2.
  private struct Checksum {
    let isBigEndian: Bool
    private var first: UInt32 = 0
    private var second: UInt32 = 0

    init(isBigEndian: Bool) { self.isBigEndian = isBigEndian }

    /// Goes on from one that is written in a header or a frame. Of fewer bytes: from the beginning.
    init(stored: ArraySlice<UInt8>, isBigEndian: Bool) {
      self.isBigEndian = isBigEndian
      first = UInt32(truncatingIfNeeded: stored.prefix(4).bigEndian)
      second = UInt32(truncatingIfNeeded: stored.dropFirst(4).bigEndian)
    }

    mutating func add(frame: [UInt8]) {
      add(frame.prefix(8))
      add(frame.dropFirst(DatabasePages.frameHeaderBytes))
    }

    /// A frame says that it follows this.
    func precedes(_ frame: [UInt8]) -> Bool {
      var sum = self
      sum.add(frame: frame)
      return sum.bytes == Array(frame[16..<24])
    }

    mutating func add(_ bytes: ArraySlice<UInt8>) {
      bytes.withUnsafeBytes { raw in
        for index in stride(from: 0, to: raw.count - 7, by: 8) {
          first = first &+ word(raw, index) &+ second
          second = second &+ word(raw, index + 4) &+ first
        }
      }
    }

    private func word(_ raw: UnsafeRawBufferPointer, _ index: Int) -> UInt32 {
      let word = raw.loadUnaligned(fromByteOffset: index, as: UInt32.self)
      return isBigEndian ? UInt32(bigEndian: word) : UInt32(littleEndian: word)
    }

    var bytes: [UInt8] {
      [first, second].flatMap { word in
        (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * $0)) }
      }
    }
  }

  /// What is wrong with the beginning of the file or of its log; nil if nothing is. Costs two small reads.
  ///
  /// To be asked before SQLite opens them: a log whose beginning does not hold, it would throw away. Not while this
  /// process has them open: closing a file takes SQLite's locks on it away.
  static func headerDamage(_ database: String) -> String? {
    let file = open(database, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    if let header = read(file, 0, 16), !header.elementsEqual("SQLite format 3\0".utf8) {
      return "file is not a database"
    }
    let log = open(database + "-wal", O_RDONLY | O_CLOEXEC)
    guard log >= 0 else { return nil }
    defer { close(log) }
    // Again, since another process may be writing it now.
    for _ in 0..<3 {
      guard let header = read(log, 0, headerBytes) else { return nil }
      var sum = Checksum(isBigEndian: header[3] & 1 == 1)
      sum.add(header[..<24])
      // Nothing but zeros is what a power cut leaves of one that was never written.
      if sum.bytes == Array(header[24...]) || header.allSatisfy({ $0 == 0 }) { return nil }
      if DatabasePages(database: database).holdsNothingNew { return nil }
      usleep(1000)
    }
    return "its write-ahead log does not begin as one"
  }

  /// Everything that the log ever committed is in the database's file, or nothing was: a log whose header does not hold is of no
  /// consequence then.
  ///
  /// SQLite begins a log anew when all of it is in the database, and writes the new header over the old one; whoever stops it there
  /// leaves neither, and behind it the frames of before. The next one finds an empty log, and may be stopped in the same place. Of
  /// several logs whose frames lie behind each other the first is the last that was written; what comes behind it was in the database
  /// before. Source: SQLite's file format, 4.1 and 4.4, and `walRestartHdr` and `walFrames` in its wal.c.
  private var holdsNothingNew: Bool {
    var (salts, pages, pending): ([UInt8], [UInt32: off_t], [UInt32: off_t]) = ([], [:], [:])
    var size: UInt32 = 0
    var place = off_t(Self.headerBytes)
    while let frame = read(log, place, Self.frameHeaderBytes) {
      let content = place + off_t(Self.frameHeaderBytes)
      guard read(log, content + off_t(pageBytes) - 1, 1) != nil else { break }
      place = content + off_t(pageBytes)
      if !frame[8..<16].elementsEqual(salts) {
        if size > 0 { break }
        (salts, pending) = (Array(frame[8..<16]), [:])
      }
      pending[UInt32(truncatingIfNeeded: frame[0..<4].bigEndian)] = content
      let committed = UInt32(truncatingIfNeeded: frame[4..<8].bigEndian)
      guard committed > 0 else { continue }
      pages.merge(pending) { $1 }
      (size, pending) = (committed, [:])
    }
    return pages.allSatisfy { number, content in
      guard number > 0 else { return false }
      guard number <= size else { return true }
      guard let page = read(log, content, pageBytes) else { return false }
      return page == read(file, off_t(number - 1) * off_t(pageBytes), pageBytes)
    }
  }

  /// A log that is damaged in the middle: SQLite would end it there in silence. Nil if it is well, or if another process
  /// has the database open: then SQLite does not read it anew. Costs as much as SQLite's own reading.
  ///
  /// Not while this process has the database open, as above. After a power cut such a log is what `Durability.script` allows.
  static func logDamage(_ database: String) -> String? {
    guard (0..<2).contains(where: { _ in isTorn(database) }), !isOpenElsewhere(database) else {
      return nil
    }
    return "its write-ahead log is damaged, and more was recorded behind that place"
  }

  private static func isTorn(_ database: String) -> Bool {
    guard let time = logTime(database), time >= bootSeconds, !isOpenElsewhere(database) else {
      return false
    }
    return DatabasePages(database: database).hasLostCommits
  }

  /// True if the write-ahead log was last written before this machine was started: a power cut can have left holes in it.
  static func hasLogOfEarlierBoot(_ database: String) -> Bool {
    logTime(database).map { $0 < bootSeconds } ?? false
  }

  /// When the log was last written, in seconds since 1970; nil if there is nothing in it.
  private static func logTime(_ database: String) -> Int64? {
    var info = stat()
    guard stat(database + "-wal", &info) == 0, info.st_size > headerBytes else { return nil }
    return Int64(info.st_mtim.tv_sec)
  }

  /// Whoever has it open holds this byte of the shared memory's file. Source: SQLite's os_unix.c, `UNIX_SHM_DMS`.
  private static func isOpenElsewhere(_ database: String) -> Bool {
    let file = open(database + "-shm", O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = 128
    lock.l_len = 1
    return fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
  }

  /// Seconds since 1970 when this machine was started. Source: proc(5), `/proc/stat`.
  private static let bootSeconds: Int64 = {
    let lines = ((try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? "")
      .split(separator: "\n")
    let line = lines.first { $0.hasPrefix("btime ") }
    return line.flatMap { Int64($0.dropFirst(6)) } ?? 0
  }()

  // MARK: Files

  /// As the log says, else as the file says, else what ours have.
  private static func pageBytes(_ file: Int32, _ log: Int32) -> Int {
    func isPageSize(_ size: Int) -> Bool {
      size >= 512 && size <= 65536 && size.nonzeroBitCount == 1
    }
    if let header = read(log, 0, 12), header[..<3] == [0x37, 0x7f, 0x06] {
      let size = Int(header[8..<12].bigEndian)
      if isPageSize(size) { return size }
    }
    if let header = read(file, 0, 18) {
      let stored = Int(header[16]) << 8 | Int(header[17])
      let size = stored == 1 ? 65536 : stored
      if header[..<16].elementsEqual("SQLite format 3\0".utf8), isPageSize(size) { return size }
    }
    return 4096
  }

  private static func size(_ file: Int32) -> Int64 {
    var info = stat()
    return file >= 0 && fstat(file, &info) == 0 ? Int64(info.st_size) : 0
  }

  private func read(_ file: Int32, _ place: off_t, _ count: Int) -> [UInt8]? {
    DatabasePages.read(file, place, count)
  }

  /// Nil unless all of it is there.
  private static func read(_ file: Int32, _ place: off_t, _ count: Int) -> [UInt8]? {
    guard file >= 0 else { return nil }
    var out = [UInt8](repeating: 0, count: count)
    return pread(file, &out, count, place) == count ? out : nil
  }
}

extension ArraySlice<UInt8> {
  /// At most eight bytes.
  var bigEndian: UInt64 { reduce(0) { $0 << 8 | UInt64($1) } }
}
