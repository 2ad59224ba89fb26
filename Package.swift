// swift-tools-version: 6.2
import PackageDescription

// Versions are exact: Package.resolved stays out of git, because commit ids differ between mirrors.
let dependencies: [Package.Dependency] = [
  .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
  .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
  .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
  .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
  .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
  .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
  .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
  .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
  .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
  .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
]

let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let certificates = Target.Dependency.product(name: "X509", package: "swift-certificates")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

/// `make check` builds with warnings as errors.
let strict: [SwiftSetting] =
  Context.environment["FIELDBOOK_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]
/// `scripts/fuzz` builds our own targets with libFuzzer's counters in them, and the program that
/// runs it.
let isFuzzing = Context.environment["FIELDBOOK_FUZZ"] != nil
let counted: [SwiftSetting] = isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : []
let settings: [SwiftSetting] = [.swiftLanguageMode(.v6)] + strict + counted

/// A library of ours: one folder below Sources.
func room(_ name: String, _ needs: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: needs, exclude: [], swiftSettings: settings)
}

func tests(_ name: String, _ needs: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: needs, swiftSettings: settings)
}

let fuzzer: [Target] =
  isFuzzing
  ? [
    .executableTarget(
      name: "fieldbook-fuzz", dependencies: ["FieldbookFuzzing"], swiftSettings: settings,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
  ] : []

let package = Package(
  name: "fieldbook",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "fieldbook", targets: ["fieldbook"])],
  dependencies: dependencies,
  targets: [
    .systemLibrary(
      name: "Carchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "Cgit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "Csqlite"),
    .systemLibrary(name: "Cspawn"),
    .systemLibrary(name: "Czstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

    room("FieldbookModel", []),
    room("FieldbookReplication", ["FieldbookModel", "Czstd", crypto]),
    room(
      "FieldbookStore",
      ["FieldbookReplication", "FieldbookModel", "Csqlite", grdb, sqlite, crypto]),
    room("FieldbookRepository", ["FieldbookModel", "Cgit2", "Czstd", crypto]),
    room("FieldbookWorkspace", ["FieldbookStore", "FieldbookRepository", yams, crypto]),
    room("FieldbookExecution", ["FieldbookWorkspace", "FieldbookRepository", "Cspawn", yams]),
    room("FieldbookDocuments", ["FieldbookWorkspace", "FieldbookExecution"]),
    room(
      "FieldbookServing",
      [
        "FieldbookModel", hummingbird, hummingbirdTLS, nio, nioPosix, nioSSL, certificates, crypto,
        logging, lifecycle,
      ]),
    room(
      "FieldbookSync",
      [
        "FieldbookWorkspace", "FieldbookServing", "Carchive", hummingbird, nio, nioPosix, nioHTTP,
        nioSSL, crypto, logging, lifecycle,
      ]),
    room(
      "FieldbookMLflow",
      [
        "FieldbookWorkspace", "FieldbookServing", hummingbird, nio, nioPosix, logging, lifecycle,
      ]),
    .target(
      name: "FieldbookWeb",
      dependencies: [
        "FieldbookDocuments", "FieldbookWorkspace", "FieldbookServing", hummingbird, nio, nioPosix,
        crypto,
      ], resources: [.copy("Page")], swiftSettings: settings),
    room(
      "FieldbookMoving",
      [
        "FieldbookWorkspace", "FieldbookRepository", "Carchive", sqlite, httpClient, nio, nioHTTP,
        nioSSL, yams, crypto,
      ]),
    room(
      "FieldbookObjectStorage",
      ["FieldbookModel", "FieldbookRepository", httpClient, nio, nioHTTP, nioSSL, crypto]),
    room(
      "FieldbookCLI",
      [
        "FieldbookWorkspace", "FieldbookRepository", "FieldbookExecution", "FieldbookServing",
        "FieldbookSync", "FieldbookMLflow", "FieldbookMoving", "FieldbookObjectStorage",
        "FieldbookDocuments", "FieldbookWeb", arguments, logging, lifecycle,
      ]),
    .executableTarget(
      name: "fieldbook", dependencies: ["FieldbookCLI"], swiftSettings: settings),
    room(
      "FieldbookTestSupport",
      [
        "FieldbookWorkspace", "FieldbookExecution", "FieldbookSync", "FieldbookServing", sqlite,
        crypto, hummingbird, logging, nio, nioPosix, nioSSL,
      ]),
    room(
      "FieldbookFuzzing",
      [
        "FieldbookCLI", "FieldbookExecution", "FieldbookMLflow", "FieldbookMoving",
        "FieldbookObjectStorage", "FieldbookTestSupport", "FieldbookWeb", crypto,
      ]),
    .executableTarget(
      name: "fieldbook-sim", dependencies: ["FieldbookTestSupport", arguments],
      swiftSettings: settings),
    .executableTarget(
      name: "fieldbook-bench",
      dependencies: ["FieldbookTestSupport", "FieldbookStore", arguments, sqlite],
      swiftSettings: settings),

    tests(
      "FieldbookReplicationTests",
      ["FieldbookReplication", "FieldbookModel", "FieldbookTestSupport", crypto]),
    tests(
      "FieldbookMLflowTests",
      [
        "FieldbookMLflow", "FieldbookServing", "FieldbookTestSupport", hummingbird, httpClient, nio,
        nioHTTP, logging, lifecycle,
      ]),
    tests(
      "FieldbookSyncTests",
      [
        "FieldbookSync", "FieldbookServing", "FieldbookTestSupport", hummingbird, nio, nioPosix,
        nioSSL, logging,
      ]),
    tests(
      "FieldbookServingTests",
      ["FieldbookServing", "FieldbookTestSupport", nio, nioPosix, nioEmbedded, nioSSL]),
    tests("FieldbookCLITests", ["FieldbookCLI", "FieldbookDocuments"]),
    tests("FieldbookDocumentsTests", ["FieldbookDocuments", "FieldbookTestSupport"]),
    tests("FieldbookExecutionTests", ["FieldbookExecution", "FieldbookTestSupport"]),
    tests(
      "FieldbookMovingTests",
      [
        "FieldbookMoving", "FieldbookMLflow", "FieldbookServing", "FieldbookTestSupport",
        "fieldbook", sqlite,
      ]),
    tests(
      "FieldbookWebTests",
      [
        "FieldbookWeb", "FieldbookExecution", "FieldbookServing", "FieldbookTestSupport",
        hummingbird,
      ]),
    tests("FieldbookModelTests", ["FieldbookModel", "FieldbookTestSupport"]),
    tests(
      "FieldbookObjectStorageTests",
      [
        "FieldbookObjectStorage", "FieldbookRepository", "FieldbookTestSupport", nio, nioPosix,
        nioHTTP, crypto,
      ]),
    tests("FieldbookRepositoryTests", ["FieldbookRepository", "FieldbookTestSupport", crypto]),
    tests(
      "FieldbookStoreTests", ["FieldbookStore", "FieldbookWorkspace", "FieldbookTestSupport"]),
    tests(
      "EndToEndTests",
      ["FieldbookTestSupport", "FieldbookRepository", "FieldbookWorkspace", "fieldbook", crypto]),
    tests("FieldbookWorkspaceTests", ["FieldbookWorkspace", "FieldbookTestSupport"]),
    tests("SimulationTests", ["FieldbookTestSupport", sqlite]),
    tests("FuzzingTests", ["FieldbookFuzzing", "FieldbookTestSupport"]),
  ] + fuzzer
)
