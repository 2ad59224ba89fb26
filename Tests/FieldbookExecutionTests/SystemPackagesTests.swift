import Testing

@testable import FieldbookExecution

@Suite("Packages of the operating system")
struct SystemPackagesTests {
  @Test("installed ones of note are told, each once; others and what was removed are not")
  func dpkg() {
    let text = """
      Package: libgomp1
      Status: install ok installed
      Architecture: amd64
      Version: 12.2.0-14

      Package: libgomp1
      Status: install ok installed
      Architecture: i386
      Version: 12.2.0-14

      Package: libopenblas0
      Status: deinstall ok config-files
      Version: 0.3.21

      Package: vim
      Status: install ok installed
      Version: 9

      Package: libstdc++-12-dev
      Status: install ok installed
      Version: 12.2.0-14

      Package: libc6
      Status: install ok installed
      Description: Version: 1 of it
       Version: 2
      Version: 2.36-9
      """
    let found = SystemPackages.read(status: Array(text.utf8))
    #expect(found.map { "\($0.name)=\($0.version)" } == ["libc6=2.36-9", "libgomp1=12.2.0-14"])
    #expect(SystemPackages.read(status: []) == [])
  }

  @Test("rpm's answer is read the same")
  func rpm() {
    let found = SystemPackages.read(rpm: "openblas\t0.3-1\nbash\t5-1\nnonsense\nglibc\t2.34-9\n")
    #expect(found.map(\.name) == ["glibc", "openblas"])
  }
}
