import Foundation

/// The packages of the operating system that numbers may depend on: the C library, compilers' runtimes, linear algebra, GPUs.
package struct SystemPackages {
  package struct Package: Equatable, Sendable {
    package var name: String
    package var version: String
  }

  private static let statusFile = "/var/lib/dpkg/status"
  private static let bytesMax = 64 << 20
  private static let patience = Duration.seconds(10)
  /// Beginnings of names, of Debian's and of RPM systems.
  private static let ofNote = [
    "libc6", "libc-bin", "glibc", "libstdc++", "libgomp", "libgfortran", "libquadmath", "libomp",
    "libopenblas", "openblas", "libblas", "blas", "liblapack", "lapack", "libatlas", "libblis",
    "libmkl", "intel-mkl", "intel-oneapi-mkl", "libfftw3", "libcuda", "cuda-", "libcudnn", "cudnn",
    "libcublas", "libcurand", "libcusolver", "libcusparse", "libnccl", "libnvidia-",
    "nvidia-driver",
    "nvidia-kernel", "libtensorrt", "rocm", "hip-runtime", "libopenmpi", "openmpi", "mpich",
    "libmpich", "libhdf5",
  ]

  package static func isOfNote(_ name: String) -> Bool {
    !["-dev", "-devel", "-doc", "-dbg", "-dbgsym"].contains(where: name.hasSuffix)
      && ofNote.contains(where: name.hasPrefix)
  }

  /// Nil where neither dpkg nor rpm keeps packages.
  static func here(_ variables: [String: String]) -> [Package]? {
    if let file = FileHandle(forReadingAtPath: statusFile),
      let data = try? file.read(upToCount: bytesMax)
    {
      return read(status: Array(data))
    }
    let question = [
      "rpm", "--query", "--all", "--queryformat", "%{NAME}\\t%{VERSION}-%{RELEASE}\\n",
    ]
    return Capture.output(question, folder: "/", variables: variables, patience: patience)
      .map(read(rpm:))
  }

  /// Source: dpkg's `status`, a paragraph a package, deb-control(5).
  package static func read(status bytes: [UInt8]) -> [Package] {
    var found: [Package] = []
    var (name, version, isInstalled) = ("", "", true)
    func end() {
      if isInstalled, !version.isEmpty, isOfNote(name) {
        found.append(Package(name: name, version: version))
      }
      (name, version, isInstalled) = ("", "", true)
    }
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.isEmpty {
        end()
      } else if let value = value(line, "Package: ") {
        name = value
      } else if let value = value(line, "Version: ") {
        version = value
      } else if let value = value(line, "Status: ") {
        isInstalled = value.hasSuffix(" installed")
      }
    }
    end()
    return sorted(found)
  }

  static func read(rpm text: String) -> [Package] {
    sorted(
      text.split(separator: "\n").compactMap { line in
        let parts = line.split(separator: "\t")
        guard parts.count == 2, isOfNote(String(parts[0])) else { return nil }
        return Package(name: String(parts[0]), version: String(parts[1]))
      })
  }

  private static func value(_ line: ArraySlice<UInt8>, _ field: String) -> String? {
    guard line.starts(with: field.utf8) else { return nil }
    return String(decoding: line.dropFirst(field.utf8.count), as: UTF8.self)
  }

  /// One package may be there for several architectures, in one version each.
  private static func sorted(_ packages: [Package]) -> [Package] {
    var last: Package?
    return packages.sorted { ($0.name, $0.version) < ($1.name, $1.version) }.filter { one in
      defer { last = one }
      return one != last
    }
  }
}
