import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// Files of runs that are not as files should be: clear, safe, and nothing lost.
@Suite("Files that are difficult, by the program", .serialized)
struct DifficultFileTests {
  let fieldbook: Binary

  init() throws { fieldbook = try .withOneRun() }

  private func write(_ text: String, _ name: String) throws {
    let path = fieldbook.root + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func paths(_ answer: Binary.Answer) -> [String] {
    (answer.json["artifacts"] as? [[String: Any]] ?? []).compactMap { $0["path"] as? String }
  }

  @Test("of a folder: links out of it and in circles, pipes and odd names are left out and named")
  func folder() throws {
    try write("secret", "outside/key.txt")
    try write("x", "out/a.txt")
    try write("y", "out/sub/b.txt")
    for (name, target) in [
      ("loop", "loop"), ("gone", "nowhere"), ("leak", "../outside/key.txt"), ("up", ".."),
      ("good", "sub/b.txt"), ("sub/above", "../a.txt"),
    ] {
      #expect(symlink(target, fieldbook.root + "/out/" + name) == 0)
    }
    #expect(mkfifo(fieldbook.root + "/out/pipe", 0o600) == 0)
    let odd = try fieldbook.shell(
      #"touch "out/$(printf 'a\nb')" "out/$(printf 'n\377n')""#, as: "ana"
    ).answer()
    #expect(odd.status == 0)
    let answer = try fieldbook.ask("artifacts", "put", "r", "out", "--json")
    #expect(answer.status == 0, "\(answer.err)")
    #expect(
      paths(answer) == ["out/a.txt", "out/good", "out/sub/above", "out/sub/b.txt"])
    let skipped = (answer.json["skipped"] as? [[String: String]])?.map {
      "\($0["path"] ?? ""): \($0["reason"] ?? "")"
    }
    let name = "its name is none that an artifact can have"
    #expect(
      skipped?.sorted() == [
        "out/a\\x0ab: \(name)", "out/gone: it is a link that leads nowhere",
        "out/leak: it is a link that leads out of the folder",
        "out/loop: it is a link to itself", "out/n\\xffn: \(name)", "out/pipe: it is no file",
        "out/up: it is a link that leads out of the folder",
      ])
    #expect(answer.err.contains("left out: out/gone (it is a link that leads nowhere)"))
    #expect(
      answer.err.contains("left out: out/leak, out/up (it is a link that leads out of the folder)"))
    #expect(try fieldbook.ailments("w") == [])
  }

  @Test("what may not be read is said before anything is put, and left out of a snapshot")
  func closed() throws {
    // Root reads all.
    let other = getuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : ""
    try write("x", "out/a.txt")
    try write("hush", "out/closed.txt")
    try write("hush", "out/sub/b.txt")
    let answer = try fieldbook.shell(
      """
      chmod 0777 . out; chmod 0600 out/closed.txt
      as="\(other)"; export HOME=$PWD/nobody XDG_STATE_HOME=$PWD/nobody/state
      mkdir nobody; chmod 0777 nobody; test -z "$as" && chmod 0 out/closed.txt
      $as "$0" init v -q; $as "$0" start -q --name r --dir v >/dev/null
      say() { echo "== $1"; shift; $as "$0" "$@" 2>&1; echo "status $?"; }
      cd out; echo "== run"; $as "$0" run --dir ../v -- true 2>&1; echo "status $?"; cd ..
      echo "== put"; $as "$0" artifacts put r out --dir v 2>&1; echo "status $?"
      echo "== one"; $as "$0" artifacts put r out/closed.txt --dir v 2>&1; echo "status $?"
      echo "== data"; $as "$0" run --dir v --data out -- touch ran 2>&1; echo "status $?"
      chmod 0644 out/closed.txt; chmod 0700 out/sub
      test -z "$as" && chmod 0 out/sub
      echo "== sub"; $as "$0" artifacts put r out --dir v 2>&1; echo "status $?"
      chmod 0755 out/sub
      echo "== listed"; $as "$0" artifacts ls r --dir v --json
      echo "== doctor"; $as "$0" doctor --dir v >/dev/null 2>&1; echo "status $?"
      """, as: "ana"
    ).answer()
    func part(_ name: String) -> String {
      answer.out.components(separatedBy: "== \(name)\n").last?.components(separatedBy: "\n== ")
        .first ?? ""
    }
    #expect(
      part("run").contains("closed.txt (it cannot be read: Permission denied)"),
      "\(answer.out)\(answer.err)")
    #expect(part("run").contains("status 0"))
    for (name, file) in [
      ("put", "out/closed.txt"), ("one", "closed.txt"), ("data", "out/closed.txt"),
      ("sub", "out/sub"),
    ] {
      let said = part(name)
      #expect(said.contains(file) && said.contains("Permission denied"), "\(name): \(said)")
      #expect(said.contains("hint: ") && !said.hasSuffix("status 0"), "\(name): \(said)")
    }
    #expect(part("listed").contains("\"artifacts\":[]") || !part("listed").contains("\"path\""))
    #expect(!FileManager.default.fileExists(atPath: fieldbook.root + "/ran"))
    #expect(part("doctor").contains("status 0"))
  }

  @Test("a file that grows while it is put is what was read of it, small or large")
  func growing() throws {
    let writer = try fieldbook.shell(
      """
      i=0; while [ $i -lt 400 ]; do
        head -c 20000 /dev/urandom >>busy.bin; echo line >>busy.log; i=$((i+1))
      done
      """, as: "ana"
    ).start()
    defer { writer.crash() }
    try waitUntil("it is large", seconds: 60, every: 1000) {
      let size = try? FileManager.default.attributesOfItem(atPath: fieldbook.root + "/busy.bin")
      return size?[.size] as? Int ?? 0 > 1_500_000
    }
    for round in 0..<4 {
      let answer = try fieldbook.ask(
        "artifacts", "put", "r", "busy.bin", "busy.log", "--path", "\(round)")
      #expect(answer.status == 0, "\(answer.err)")
    }
    let verified = try fieldbook.ask("artifacts", "verify", "r", "--json")
    #expect(verified.status == 0 && verified.json["ok"] as? Int == 8, "\(verified.out)")
    for round in 0..<4 {
      #expect(
        try fieldbook.ask("artifacts", "get", "r", "\(round)", "--out", "got\(round)").status == 0)
      let whole = try fieldbook.shell(
        "cmp -n $(stat -c %s got\(round)/busy.bin) busy.bin got\(round)/busy.bin", as: "ana"
      ).answer()
      #expect(whole.status == 0, "\(whole.out)")
    }
    #expect(try fieldbook.ailments("w") == [])
  }

  @Test("a peer's names that lead out of the folder are written nowhere")
  func hostileNames() throws {
    let workspace = try Workspace.open(
      fieldbook.root + "/w",
      environment: .live([
        "HOME": fieldbook.root + "/home-ana", "XDG_STATE_HOME": fieldbook.root + "/home-ana/state",
      ]))
    let run = try workspace.runID("r")
    let digest = try workspace.putArtifact(run, path: "d/good.txt", bytes: Array("good".utf8))
      .digest
    let coded = "\(digest.hex) 4"
    for path in ["d/../../evil", "/evil", "d//x", "d/./evil", "d/a\nb", "../evil"] {
      try workspace.store.write(.person) { transaction in
        try transaction.set(run.key, [(.artifact(path), .text(coded))])
      }
    }
    try workspace.close()
    let before = try FileManager.default.contentsOfDirectory(atPath: fieldbook.root).sorted()
    for words in [
      ["artifacts", "get", "r", "d", "--out", "got"], ["artifacts", "get", "r", "../evil"],
      ["artifacts", "get", "r", "/evil"], ["artifacts", "get", "r", "d/../../evil"],
    ] {
      let answer = try fieldbook.run(words + ["--dir", "w"], as: "ana")
      #expect(answer.status == 1, "\(words): \(answer.err)")
      #expect(answer.err.contains("hint: "), "\(words): \(answer.err)")
    }
    #expect(
      try fieldbook.ask("artifacts", "get", "r", "d/good.txt", "--out", "good.txt").status == 0)
    _ = try fieldbook.ask("export", "r", "r.tar")
    let archive = try fieldbook.shell("tar tf r.tar | grep -E '^/|(^|/)\\.\\.(/|$)'", as: "ana")
      .answer()
    #expect(archive.out.isEmpty, "\(archive.out)")
    let listed = try fieldbook.run("artifacts", "ls", "r", "--dir", "w", as: "ana")
    #expect(listed.status == 0 && listed.out.split(separator: "\n").count < 12)
    let after = try FileManager.default.contentsOfDirectory(atPath: fieldbook.root).sorted()
    #expect(Set(after).subtracting(before).subtracting(["good.txt", "r.tar"]).isEmpty, "\(after)")
    #expect(
      !FileManager.default.fileExists(atPath: fieldbook.root + "/../evil")
        && !FileManager.default.fileExists(atPath: "/evil"))
    #expect(try fieldbook.ailments("w") == [])
  }

  @Test(
    "a disk that is full in the middle of a file: said, nothing half, and it goes on when there is room",
    .enabled(if: MountNamespace.isPossible, "no mount namespace: nothing was tested"))
  func full() throws {
    let answer = try MountNamespace.script(
      """
      mount -t tmpfs -o size=48m tmpfs "$1"; cd "$1"
      head -c 900000 /dev/urandom >small; head -c 3000000 /dev/urandom >large
      mkdir p; echo 'print(1)' >p/a.py; head -c 2500000 /dev/urandom >p/w.bin
      "$f" init w -q; "$f" start --name r --dir w -q >/dev/null
      t first artifacts put r large --path good --dir w
      (cd p && t shot run --name s --dir ../w -- true)
      echo "== fill"; dd if=/dev/zero of=filler bs=4096 \
        count=$(( $(stat -f -c %a .) - 150 )) 2>/dev/null
      head -c 3000000 /dev/urandom >/dev/shm/other.$$; head -c 900000 /dev/urandom >/dev/shm/small.$$
      t large artifacts put r /dev/shm/other.$$ --dir w
      t small artifacts put r /dev/shm/small.$$ --dir w
      t get artifacts get r good/large --out got --dir w
      t checkout checkout s out --dir w
      t show artifacts ls r --dir w
      t verify artifacts verify --dir w
      rm filler; rm -rf out
      t again artifacts put r /dev/shm/other.$$ /dev/shm/small.$$ --dir w
      rm /dev/shm/other.$$ /dev/shm/small.$$
      t got artifacts get r good/large --out got --dir w
      echo "== same"; cmp large got; echo "status $?"
      t written checkout s out --dir w
      echo "== diff"; diff -r p out/code; echo "status $?"
      t well doctor --dir w
      echo "== left"; ls -A
      """, binary: fieldbook)
    for name in ["large", "small", "get", "checkout"] {
      #expect(answer.status(name) == 1, "\(name): \(answer.part(name))")
      let said = answer.part(name).joined(separator: "\n")
      #expect(
        said.contains("disk is full") || said.contains("No space left on device"),
        "\(name): \(said)")
      #expect(said.contains("hint: "), "\(name): \(said)")
    }
    for name in [
      "first", "shot", "show", "verify", "again", "got", "same", "written", "diff", "well",
    ] {
      #expect(answer.status(name) == 0, "\(name): \(answer.part(name))")
    }
    #expect(answer.part("show").contains { $0.contains("good/large") })
    #expect(!answer.part("show").contains { $0.contains("other") })
    #expect(Set(answer.part("left")) == ["small", "large", "p", "w", "got", "out"])
  }

  @Test("files and snapshots that rotted on one laptop are named, and come back from the hub")
  func refetched() throws {
    let (hub, _) = try fieldbook.startTeam(["bo", "cy"])
    defer { hub.stop() }
    try write("print(1)\n", "project/train.py")
    try write("small", "project/small.txt")
    try write(String(repeating: "large \(fieldbook.root)", count: 60_000), "project/large.bin")
    let run = try fieldbook.shell(
      "cd project && \"$0\" run -q --dir ../bo --name s -- "
        + "\"$0\" log artifact -q --dir ../bo small.txt large.bin", as: "bo"
    ).answer()
    #expect(run.status == 0, "\(run.err)")
    #expect(try fieldbook.syncTwice(["bo", "cy"]) == [])
    let place = fieldbook.root + "/cy/.fieldbook"
    // Every content that lies in a file of its own, every pack, every object of git.
    let rot = try fieldbook.shell(
      """
      find cy/.fieldbook/objects cy/.fieldbook/large/packs cy/.fieldbook/repository.git/objects \
        -type f | while read -r file; do
        chmod u+w "$file"; printf 'rot' | dd of="$file" bs=1 seek=$(( $(stat -c %s "$file") / 2 )) \
          conv=notrunc 2>/dev/null
      done
      """, as: "cy"
    ).answer()
    #expect(rot.status == 0, "\(rot.err)")
    let verified = try fieldbook.run("artifacts", "verify", "s", "--dir", "cy", "--json", as: "cy")
    #expect(verified.status == 4 && verified.json["damaged"] as? Int ?? 0 > 0, "\(verified.out)")
    let ailments = try fieldbook.ailments("cy")
    #expect(ailments.count >= 2, "\(ailments)")
    #expect(try fieldbook.run("checkout", "s", "bad", "--dir", "cy", as: "cy").status != 0)
    let fixed = try fieldbook.run("doctor", "--fix", "--dir", "cy", as: "cy")
    #expect(fixed.out.contains("of snapshots set aside"), "\(fixed.out)\(fixed.err)")
    #expect(try fieldbook.sync("cy").status == 0)
    #expect(try fieldbook.ailments("cy") == [])
    #expect(try fieldbook.run("artifacts", "verify", "s", "--dir", "cy", as: "cy").status == 0)
    let out = try fieldbook.run("checkout", "s", "out", "--dir", "cy", as: "cy")
    #expect(out.status == 0, "\(out.err)")
    let same = try fieldbook.shell("diff -r project out/code", as: "cy").answer()
    #expect(same.status == 0, "\(same.out)")
    #expect(FileManager.default.fileExists(atPath: place + "/set-aside"), "nothing is thrown away")
  }
}
