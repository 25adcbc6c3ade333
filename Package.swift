// swift-tools-version: 6.2
import PackageDescription

/// One manner of Swift for every target: Swift 6 language mode, strict memory safety, explicit `any`,
/// imports that stay inside the file unless said otherwise.
let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func target(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = [])
    -> Target
{
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let argumentParser: Target.Dependency = .product(
    name: "ArgumentParser", package: "swift-argument-parser")
let configuration: Target.Dependency = .product(
    name: "Configuration", package: "swift-configuration")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")

let package = Package(
    name: "gatehouse",
    products: [
        .executable(name: "gatehouse", targets: ["gatehouse"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
    ],
    targets: [
        // The three C libraries: a module map and a shim each, imported by their wrapper alone.
        .systemLibrary(name: "CFastCGI", pkgConfig: "fcgi", providers: [.apt(["libfcgi-dev"])]),
        .systemLibrary(
            name: "CMariaDB", pkgConfig: "libmariadb", providers: [.apt(["libmariadb-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),

        // Plain values and rules: no C, no input or output.
        target("HTTP", [httpTypes]),
        target("JSON"),
        target("Domain"),

        // C libraries as Swift.
        target("FastCGI", ["CFastCGI", "HTTP", httpTypes]),
        target("MariaDB", ["CMariaDB"]),
        target("OpenSSL", ["COpenSSL"]),

        // The domain's ports, fulfilled.
        target("Storage", ["Domain", "JSON", "MariaDB"]),
        target("Cryptography", ["Domain", "JSON", "OpenSSL"]),

        // What is asked from outside.
        target(
            "Web", ["Domain", "HTTP", "JSON", httpTypes, mustache],
            resources: [.embedInCode("Templates")]),
        target("Gate", ["Domain", "HTTP", "JSON", httpTypes]),

        // Everything joined and run.
        target(
            "App",
            [
                "Cryptography", "Domain", "FastCGI", "Gate", "HTTP", "JSON", "MariaDB", "OpenSSL",
                "Storage",
                "Web", argumentParser, configuration, httpTypes, logging,
            ]),
        .executableTarget(name: "gatehouse", dependencies: ["App"], swiftSettings: settings),

        .target(
            name: "TestSupport",
            dependencies: ["Cryptography", "Domain", "HTTP", "MariaDB", "Storage"],
            path: "Tests/TestSupport", swiftSettings: settings),
        // A program with the real supervisor and commands, and workers that answer lines of text.
        .executableTarget(
            name: "WorkerFixture", dependencies: ["App", "FastCGI", "Gate"],
            path: "Tests/WorkerFixture", swiftSettings: settings),
        tests("HTTPTests", ["HTTP", httpTypes]),
        tests("JSONTests", ["JSON"]),
        tests("DomainTests", ["Domain", "TestSupport"]),
        tests("FastCGITests", ["FastCGI", "HTTP", httpTypes]),
        tests("MariaDBTests", ["MariaDB", "TestSupport"]),
        tests("OpenSSLTests", ["OpenSSL"]),
        tests("StorageTests", ["Domain", "MariaDB", "Storage", "TestSupport"]),
        tests(
            "CryptographyTests",
            ["Cryptography", "Domain", "JSON", "MariaDB", "OpenSSL", "Storage", "TestSupport"]),
        tests("WebTests", ["Domain", "HTTP", "JSON", "Storage", "TestSupport", "Web", httpTypes]),
        tests(
            "GateTests",
            [
                "Cryptography", "Domain", "Gate", "HTTP", "JSON", "MariaDB", "Storage",
                "TestSupport",
                httpTypes,
            ]),
        tests("AppTests", ["App", "Domain", "FastCGI", "Gate", "TestSupport", "Web", logging]),
    ]
)
