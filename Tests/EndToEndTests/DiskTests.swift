import FieldbookTestSupport
import Foundation
import Testing

/// What disks and machines do to a replica: reading goes on, one line says what is wrong, nothing acknowledged is lost.
@Suite("Disks and machines that fail", .serialized)
struct DiskTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  /// Sets tags until one fails; `$n` is how many were acknowledged.
  private static let fill = """
    n=0; while [ $n -lt 2000 ] && "$f" tag r k$n=v --dir w --quiet > last 2>&1; do n=$((n+1)); done
    """

  @Test(
    "a full disk", .enabled(if: MountNamespace.isPossible, "no mount namespace: nothing was tested")
  )
  func full() throws {
    let answer = try MountNamespace.script(
      """
      mount -t tmpfs -o size=3m tmpfs "$1"; cd "$1"
      "$f" init w --quiet; "$f" start --name r --dir w --quiet > /dev/null
      "$f" tag r before=full --dir w --quiet
      dd if=/dev/zero of=filler bs=4096 2> /dev/null
      rm -f filler; dd if=/dev/zero of=filler bs=4096 count=$(( $(stat -f -c %a .) - 100 )) 2> /dev/null
      \(Self.fill)
      echo "== acknowledged"; echo $n; dd if=/dev/zero of=filler2 bs=512 2> /dev/null
      t write tag r after=full --dir w
      t show show r --dir w --json
      t runs runs --dir w
      t doctor doctor --dir w
      t run run --dir w -- sh -c 'exit 7'
      t fix doctor --fix --dir w
      t backup backup "$1/vault" --dir w
      rm filler filler2
      t again tag r after=full --dir w
      t shown show r --dir w --json
      t well doctor --dir w
      """, binary: fieldbook)
    let count = try #require(answer.part("acknowledged").first.flatMap { Int($0) })
    #expect(count > 0, "\(answer.lines)")
    for name in ["write", "backup"] {
      #expect(answer.isClearFailure(name, saying: "disk is full"), "\(answer.part(name))")
    }
    #expect(
      answer.status("run") == 125 && answer.part("run").contains { $0.contains("disk is full") })
    for name in ["show", "runs", "doctor", "again", "well"] {
      #expect(answer.status(name) == 0, "\(name): \(answer.part(name))")
    }
    let shown = answer.part("shown").joined()
    #expect(shown.contains("\"k\(count - 1)\"") && shown.contains("\"before\""))
    #expect((0..<count).allSatisfy { shown.contains("\"k\($0)\"") }, "\(count) were acknowledged")
  }

  @Test(
    "a disk that is read only, with and without SQLite's files beside the database",
    .enabled(if: MountNamespace.isPossible, "no mount namespace: nothing was tested"))
  func readOnly() throws {
    let answer = try MountNamespace.script(
      """
      mount -t tmpfs -o size=8m tmpfs "$1"; cd "$1"
      "$f" init w --quiet; "$f" start --name r --dir w --quiet > /dev/null
      "$f" tag r a=b --dir w --quiet
      mount -o remount,ro "$1"
      t show1 show r --dir w --json
      t write1 tag r c=d --dir w
      mount -o remount,rw "$1"; rm -f w/.fieldbook/*-shm; mount -o remount,ro "$1"
      t show2 show r --dir w --json
      t runs runs --dir w
      t doctor doctor --dir w
      t write2 tag r c=d --dir w
      t run run --dir w -- true
      mount -o remount,rw "$1"
      t again tag r c=d --dir w
      t well doctor --dir w
      """, binary: fieldbook)
    for name in ["show1", "show2", "runs", "doctor", "again", "well"] {
      #expect(answer.status(name) == 0, "\(name): \(answer.part(name))")
    }
    for name in ["show1", "show2"] { #expect(answer.part(name).joined().contains("\"a\": \"b\"")) }
    for name in ["write1", "write2", "run"] {
      #expect(answer.isClearFailure(name, saying: "cannot be written"), "\(answer.part(name))")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
    #expect(left.filter { $0.hasPrefix("fieldbook-look-") } == [], "copies are removed")
  }

  @Test("too few files may be open: one line, and nothing is begun")
  func openFiles() throws {
    try fieldbook.initialize("w", as: "ana", run: "r")
    for limit in [12, 16, 24, 39] {
      for (words, status) in [("tag r k\(limit)=v", 1), ("run -- true", 125)] {
        let parts = words.split(separator: " ").map(String.init)
        let answer = try fieldbook.shell(
          "ulimit -n \(limit); exec \"$0\" \"$@\"", parts, as: "ana",
          variables: ["FIELDBOOK_DIR": fieldbook.root + "/w"]
        ).answer()
        #expect(answer.status == Int32(status), "\(limit): \(answer.err)")
        #expect(
          answer.err.split(separator: "\n").count == 2 && answer.err.contains("ulimit -n 1024"),
          "\(answer.err)")
      }
    }
    #expect(try fieldbook.ailments("w") == [])
    let runs = try fieldbook.run("runs", "--dir", "w", "--json", as: "ana").json["runs"] as? [Any]
    #expect(runs?.count == 1)
  }

  @Test("little memory: a clear line, and what was acknowledged is there")
  func memory() throws {
    try fieldbook.initialize("w", as: "ana", run: "r")
    var acknowledged: [String] = []
    for megabytes in [60, 200, 250, 300, 600] {
      let script = "ulimit -v \(megabytes)000; exec timeout 60 \"$0\" tag r m\(megabytes)=v --dir w"
      let answer = try fieldbook.shell(script, as: "ana").answer()
      let said = answer.err
      if answer.status == 0 {
        acknowledged.append("m\(megabytes)")
      } else {
        // Below some of it the system's loader has the word, and below that the kernel, which says nothing.
        let isLoaded = megabytes > 60
        #expect(
          said.contains("ulimit -v unlimited") || said.contains("shared object")
            || !isLoaded && answer.status > 128, "\(answer.status) \(said)")
      }
    }
    let shown = try fieldbook.run("show", "r", "--dir", "w", "--json", as: "ana").json
    let tags = shown["tags"] as? [String: String] ?? [:]
    #expect(!acknowledged.isEmpty && acknowledged.allSatisfy { tags[$0] == "v" }, "\(tags)")
    #expect(try fieldbook.ailments("w") == [])
  }

  /// A disk that answers EIO to what a file names: `read`, `write`, `sync`. Our own few lines of C, made by the test.
  private static let shim = """
    #define _GNU_SOURCE
    #include <dlfcn.h>
    #include <errno.h>
    #include <string.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <sys/types.h>
    #include <unistd.h>
    static int fails(int fd, const char *what) {
      const char *flag = getenv("FAILING");
      char name[4096], link[64];
      if (!flag || strcmp(flag, what)) return 0;
      snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
      ssize_t count = readlink(link, name, sizeof name - 1);
      if (count < 0) return 0;
      name[count] = 0;
      if (!strstr(name, "/.fieldbook/replica.sqlite") || strstr(name, "-shm")) return 0;
      errno = EIO;
      return 1;
    }
    #define WRAP(type, name, what, parameters, arguments) \\
      type name parameters { static type (*next) parameters; \\
        if (!next) next = (type (*) parameters) dlsym(RTLD_NEXT, #name); \\
        return fails(fd, what) ? -1 : next arguments; }
    WRAP(ssize_t, pread64, "read", (int fd, void *b, size_t n, off_t o), (fd, b, n, o))
    WRAP(ssize_t, pread, "read", (int fd, void *b, size_t n, off_t o), (fd, b, n, o))
    WRAP(ssize_t, pwrite64, "write", (int fd, const void *b, size_t n, off_t o), (fd, b, n, o))
    WRAP(ssize_t, pwrite, "write", (int fd, const void *b, size_t n, off_t o), (fd, b, n, o))
    WRAP(int, fdatasync, "sync", (int fd), (fd))
    WRAP(int, fsync, "sync", (int fd), (fd))
    """

  private static let compiler = ["clang", "gcc", "cc"].first { name in
    (try? Command(name, ["--version"]).answer().status) == 0
  }

  @Test(
    "a disk that answers with errors",
    .enabled(if: compiler != nil, "no C compiler: nothing was tested"))
  func inputOutputErrors() throws {
    let library = fieldbook.root + "/eio.so"
    try Data(Self.shim.utf8).write(to: URL(fileURLWithPath: fieldbook.root + "/eio.c"))
    let make = try Command(
      #require(Self.compiler),
      ["-shared", "-fPIC", "-o", library, fieldbook.root + "/eio.c", "-ldl"]
    ).answer()
    try #require(make.status == 0, "\(make.err)")
    try fieldbook.initialize("w", as: "ana", run: "r")
    func ask(_ failing: String, _ words: String...) throws -> Binary.Answer {
      try fieldbook.run(
        words + ["--dir", "w"], as: "ana",
        variables: ["LD_PRELOAD": library, "FAILING": failing])
    }
    for failing in ["write", "sync", "read"] {
      #expect(try ask("nothing", "tag", "r", "before-\(failing)=v").status == 0)
      let answer = try ask(failing, "tag", "r", "\(failing)=v")
      let lines = answer.err.split(separator: "\n")
      #expect(answer.status == 1, "\(failing): \(answer.err)")
      #expect(lines.count == 2 && lines[0].contains("the disk failed"), "\(failing): \(answer.err)")
      #expect(lines.last?.contains("dmesg") == true)
      if failing != "read" { #expect(try ask(failing, "show", "r").status == 0) }
    }
    let shown = try fieldbook.run("show", "r", "--dir", "w", "--json", as: "ana").json
    let tags = shown["tags"] as? [String: String] ?? [:]
    for failing in ["write", "sync", "read"] { #expect(tags["before-\(failing)"] == "v") }
    #expect(try fieldbook.ailments("w") == [])
  }

  @Test("a machine that is suspended in the middle of a run goes on where it was")
  func suspended() throws {
    try fieldbook.initialize("w", as: "ana")
    let script = """
      i=0; while [ $i -lt 30 ]; do i=$((i+1)); "$0" log metric loss=$i --step $i --quiet || exit 9
      echo $i >> steps; done; echo done
      """
    let run = try fieldbook.start(
      ["run", "--dir", "w", "--name", "r", "--", "/bin/sh", "-c", script, Binary.path], as: "ana")
    for _ in 0..<3 {
      let before = (try? String(contentsOfFile: fieldbook.root + "/steps", encoding: .utf8)) ?? ""
      while run.isRunning,
        (try? String(contentsOfFile: fieldbook.root + "/steps", encoding: .utf8)) ?? "" == before
      { usleep(2000) }
      for signal in [SIGSTOP, SIGCONT] {
        for id in Self.family(of: run.id) { kill(id, signal) }
        if signal == SIGSTOP { usleep(150_000) }
      }
    }
    #expect(run.wait() == 0)
    let shown = try fieldbook.run("show", "r", "--dir", "w", "--json", as: "ana").json
    let metrics = shown["metrics"] as? [String: [String: Any]] ?? [:]
    #expect(metrics["loss"]?["count"] as? Int == 30 && shown["status"] as? String == "FINISHED")
    #expect(try fieldbook.run("logs", "r", "--dir", "w", as: "ana").out == "done\n")
    #expect(try fieldbook.ailments("w") == [])
  }

  /// A process and all below it. Source: proc(5), field 4 of `/proc/PID/stat`.
  private static func family(of root: Int32) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var parents: [Int32: Int32] = [:]
    for id in names.compactMap({ Int32($0) }) {
      guard let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
        let end = text.lastIndex(of: ")")
      else { continue }
      parents[id] = Int32(text[end...].split(separator: " ").dropFirst(2).first ?? "")
    }
    var family = [root]
    for member in family where family.count < 100 {
      family += parents.filter { $0.value == member }.map(\.key)
    }
    var index = 1
    while index < family.count {
      for (id, parent) in parents where parent == family[index] && !family.contains(id) {
        family.append(id)
      }
      index += 1
    }
    return family
  }

  @Test("whatever the umask is, nobody else may read a replica, its key or a backup")
  func umask() throws {
    let script = """
      umask 000; "$0" init w -q && "$0" start --name r --dir w -q && echo x > a.txt \
      && "$0" log artifact a.txt --run r --dir w -q && "$0" run --dir w -q -- true \
      && "$0" backup vault --dir w --with-key -q && "$0" clone w c -q && "$0" doctor --fix --dir w -q
      """
    let answer = try fieldbook.shell(script, as: "ana").answer()
    #expect(answer.status == 0, "\(answer.err)")
    for root in ["w/.fieldbook", "c/.fieldbook", "vault"] {
      let path = fieldbook.root + "/" + root
      var info = stat()
      #expect(stat(path, &info) == 0 && info.st_mode & 0o777 == 0o700, "\(root)")
      for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
        guard stat(path + "/" + name, &info) == 0 else { continue }
        // Objects are for everybody who may enter the folder: nobody else. In its own repository git chooses.
        let isObject =
          name.contains("objects/") && info.st_mode & S_IFMT == S_IFREG
          || name.contains("repository.git/")
        #expect(
          isObject || info.st_mode & 0o077 == 0,
          "\(root)/\(name) is \(String(info.st_mode & 0o777, radix: 8))")
      }
    }
  }
}
