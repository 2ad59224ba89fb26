import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@Suite("Ordinary git, with a hub")
struct GitClientTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  /// Git as a person has it who configured nothing.
  private func shell(_ script: String) throws -> Command.Answer {
    try fieldbook.shell(
      "unset GIT_SSL_CAINFO; " + script, as: "ana",
      variables: [
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "0",
      ]
    ).answer()
  }

  private func runID(_ name: String) throws -> String {
    let shown = try fieldbook.run("show", name, "--dir", "ana", "--json", as: "ana").json
    return try #require(shown["run_id"] as? String)
  }

  @Test(
    "clones, fetches a run, has its large files by git-lfs; shows no runs that nobody asked for")
  func story() throws {
    let (hub, url) = try fieldbook.startTeam(["ana"])
    defer { hub.stop() }
    let project = try GitFolder(fieldbook.root + "/project")
    try project.write("print('trained')\n", to: "train.py")
    try project.write(String(repeating: "0123456789abcdef", count: 200_000), to: "with space.bin")
    try project.commit("first")
    let run = try shell("cd project && \"$0\" run --dir ../ana --name r -q -- python3 train.py")
    #expect(run.status == 0, "\(run.err)")
    #expect(try fieldbook.sync("ana").status != 1)
    let id = try runID("r")

    let without = try shell("git ls-remote \(url)/repository.git")
    #expect(without.status != 0)
    let clone = try shell("sh -c \"$(\"$0\" remote git origin --dir ana)\"")
    #expect(clone.status == 0, "\(clone.err)")
    let heads = try shell("cd repository && git ls-remote origin")
    #expect(heads.status == 0 && !heads.out.contains("refs/fieldbook/"), "\(heads.out)\(heads.err)")
    let fetch = try shell(
      """
      cd repository && git lfs install --local >/dev/null \
      && git fetch -q origin 'refs/fieldbook/runs/*:refs/fieldbook/runs/*' \
      && git log --format=%B refs/fieldbook/runs/\(id) && git checkout -q refs/fieldbook/runs/\(id) \
      && cmp 'code/with space.bin' '../project/with space.bin' && cat code/train.py && git status --short
      """)
    #expect(fetch.status == 0, "\(fetch.err)")
    #expect(fetch.out.contains("Run: \(id)") && fetch.out.hasSuffix("print('trained')\n"))
    try artifacts(of: id)
    // The first version of the protocol cannot say what it wants to see.
    let first = try shell("cd repository && git -c protocol.version=0 ls-remote origin")
    #expect(first.status == 0 && !first.out.contains("refs/fieldbook/"), "\(first.err)")
    let push = try shell("cd repository && git push origin HEAD:refs/heads/mine")
    #expect(push.status != 0)
    // What the token's device may no more, git may no more.
    #expect(try fieldbook.run("devices", "--dir", "hub", as: "hub").status == 0)
    let revoked = try fieldbook.run("devices", "revoke", "ana", "--dir", "hub", as: "hub")
    #expect(revoked.status == 0, "\(revoked.err)")
    #expect(try shell("cd repository && git fetch origin").status != 0)
  }

  /// They come with the snapshot, and after one more was put with that one as well.
  private func artifacts(of id: String) throws {
    let reference = "refs/fieldbook/artifacts/\(id)"
    for (name, count) in [("first.json", 1), ("second.bin", 2)] {
      let put = try shell(
        """
        head -c 200000 /dev/urandom > \(name) \
        && "$0" artifacts put r \(name) --path out --dir ana
        """)
      #expect(put.status == 0, "\(put.err)")
      #expect(try fieldbook.sync("ana").status != 1)
      let fetch = try shell(
        """
        cd repository && git fetch -q origin \(reference) && git checkout -q FETCH_HEAD \
        && cmp artifacts/out/\(name) ../\(name) && cmp 'code/with space.bin' '../project/with space.bin' \
        && git lfs ls-files -n && git status --short
        """)
      #expect(fetch.status == 0, "\(fetch.err)")
      let files = fetch.out.split(separator: "\n").filter { $0.hasPrefix("artifacts/out/") }
      #expect(files.count == count && fetch.out.contains("code/with space.bin"), "\(fetch.out)")
    }
    let all = try shell(
      "cd repository && git fetch -q origin '+refs/fieldbook/*:refs/fieldbook/*' && git for-each-ref refs/fieldbook"
    )
    #expect(all.out.contains(reference) && all.out.contains("refs/fieldbook/runs/\(id)"))
    let fsck = try shell("git -C hub/.fieldbook/repository.git fsck --full --strict 2>&1")
    #expect(fsck.status == 0 && !fsck.out.contains("missing"), "\(fsck.out)")
  }

  @Test("a hub with a certificate of its own is trusted by git as by us")
  func secure() throws {
    let (hub, url) = try fieldbook.startHub(flags: ["--tls"])
    defer { hub.stop() }
    try fieldbook.clone("ana", url)
    #expect(try fieldbook.sync("ana").status != 1)
    let clone = try shell("sh -c \"$(\"$0\" remote git origin --dir ana)\"")
    #expect(clone.status == 0, "\(clone.err)")
    let plain = try shell("git ls-remote \(url)/repository.git")
    #expect(plain.status != 0)
  }
}
