// swift-tools-version: 6.2
import PackageDescription

/// The language rules of the house; every target of ours uses them.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

// Packages, named once.
let nio = "swift-nio"
let core = Target.Dependency.product(name: "NIOCore", package: nio)
let posix = Target.Dependency.product(name: "NIOPosix", package: nio)
let http1 = Target.Dependency.product(name: "NIOHTTP1", package: nio)
let webSocket = Target.Dependency.product(name: "NIOWebSocket", package: nio)
let embedded = Target.Dependency.product(name: "NIOEmbedded", package: nio)
let tls = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsBackend = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypes1 = Target.Dependency.product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let jwt = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")

let package = Package(
    name: "signaling-cluster",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "signal-node", targets: ["signal-node"]),
        .executable(name: "signal-load", targets: ["signal-load"]),
        .executable(name: "signal-fuzz", targets: ["signal-fuzz"]),
        .executable(name: "EchoServer", targets: ["EchoServer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: [.defaults, "CommandLineArguments"]),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    ],
    targets: [
        // The way of a signal, from the wire of Redis up to the sockets of the peers.
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"]), .brew(["hiredis"])]),
        .target(name: "RedisWire", dependencies: ["CHiredis", core, posix, tls, logging], swiftSettings: strict),
        .target(name: "SignalDomain", swiftSettings: strict),
        .target(name: "Backplane", dependencies: ["SignalDomain", core], swiftSettings: strict),
        .target(
            name: "RedisBackplane", dependencies: ["Backplane", "SignalDomain", "RedisWire", core, logging],
            swiftSettings: strict),
        .target(
            name: "SignalNode",
            dependencies: ["SignalDomain", "Backplane", core, crypto, jwt, logging, metricsBackend],
            swiftSettings: strict),
        // Pages and modules for browsers, as bytes inside the binary.
        .target(name: "BrowserClient", exclude: ["client", "demo", "console", "tsconfig.json"]),
        .target(
            name: "SignalTransport",
            dependencies: [
                "SignalNode", "SignalDomain", "BrowserClient", core, posix, http1, crypto, hummingbird, hummingbirdCore,
                httpTypes,
                nioHTTPTypes, nioHTTPTypes1, logging,
            ],
            swiftSettings: strict),
        .target(name: "Observability", dependencies: [metricsBackend, logging], swiftSettings: strict),

        // The programs.
        .executableTarget(
            name: "signal-node",
            dependencies: [
                "SignalTransport", "SignalNode", "RedisBackplane", "RedisWire", "Backplane", "SignalDomain",
                "Observability", core, posix, tls, crypto, logging, metricsBackend, lifecycle, signals, arguments,
                configuration, jwt, yaml,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "signal-load",
            dependencies: ["FailoverHistory", "SignalDomain", core, posix, http1, webSocket, arguments],
            swiftSettings: strict),

        // The proof.
        .target(name: "FailoverHistory", swiftSettings: strict),
        .executableTarget(
            name: "signal-fuzz",
            dependencies: [
                "SignalTransport", "SignalNode", "Backplane", "SignalDomain", core, embedded, http1, webSocket,
                arguments,
            ], swiftSettings: strict),
        .executableTarget(
            name: "EchoServer",
            dependencies: [
                "SignalTransport", "SignalNode", "Backplane", "SignalDomain", core, posix, logging, arguments,
            ], swiftSettings: strict),
        // What a message costs in each piece of its way; only the program counts allocations, in place of the C library.
        .target(name: "AllocationCounter", path: "Tests/Benchmarks/AllocationCounter"),
        .target(
            name: "MessageBenchmarks",
            dependencies: ["SignalNode", "Backplane", "RedisWire", "SignalDomain", core, embedded, logging],
            path: "Tests/Benchmarks/MessageBenchmarks", swiftSettings: strict),
        .executableTarget(
            name: "signal-benchmarks", dependencies: ["MessageBenchmarks", "AllocationCounter", arguments],
            path: "Tests/Benchmarks/signal-benchmarks", swiftSettings: strict),
        .testTarget(name: "MessageBenchmarksTests", dependencies: ["MessageBenchmarks"], swiftSettings: strict),
        .testTarget(name: "FuzzTests", dependencies: ["signal-fuzz"], swiftSettings: strict),
        .testTarget(name: "FailoverHistoryTests", dependencies: ["FailoverHistory"], swiftSettings: strict),
        .target(
            name: "SignalTestKit", dependencies: ["SignalDomain", core, posix, http1, webSocket, crypto],
            path: "Tests/SignalTestKit", swiftSettings: strict),
        // A cluster in virtual time, for its tests and for the page about scale.
        .systemLibrary(name: "CMalloc", path: "Tests/CMalloc"),
        .target(
            name: "ScaleSimulation", dependencies: ["Backplane", "SignalDomain", core],
            path: "Tests/ScaleSimulation", swiftSettings: strict),
        .executableTarget(
            name: "scale-report",
            dependencies: [
                "ScaleSimulation", "RedisBackplane", "RedisWire", "Backplane", "SignalTestKit", core, posix, logging,
                arguments, .target(name: "CMalloc", condition: .when(platforms: [.linux])),
            ],
            path: "Tests/scale-report", swiftSettings: strict),
        .testTarget(name: "ScaleTests", dependencies: ["ScaleSimulation"], swiftSettings: strict),
        .testTarget(
            name: "RedisWireTests", dependencies: ["RedisWire", "SignalTestKit", core, posix, tls, logging],
            swiftSettings: strict),
        .testTarget(name: "SignalDomainTests", dependencies: ["SignalDomain"], swiftSettings: strict),
        .testTarget(
            name: "BackplaneTests",
            dependencies: [
                "Backplane", "RedisBackplane", "RedisWire", "SignalDomain", "SignalTestKit", core, posix, logging,
            ], swiftSettings: strict),
        .testTarget(
            name: "SignalNodeTests",
            dependencies: [
                "SignalNode", "Backplane", "SignalDomain", "SignalTestKit", core, embedded, posix, crypto, logging,
                metricsBackend,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "SignalTransportTests",
            dependencies: [
                "SignalTransport", "SignalNode", "Backplane", "SignalDomain", "SignalTestKit", "EchoServer", core,
                embedded,
                posix, http1, webSocket, logging,
            ], swiftSettings: strict),
        .testTarget(
            name: "ObservabilityTests", dependencies: ["Observability", metrics, metricsBackend, logging],
            swiftSettings: strict),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: ["signal-node", "SignalNode", "RedisWire", core, posix, logging, arguments, configuration],
            swiftSettings: strict),
        .testTarget(
            name: "LoadTests",
            dependencies: ["signal-load", "FailoverHistory", "SignalDomain", core, posix, http1, webSocket],
            swiftSettings: strict),
        .testTarget(
            name: "ClusterTests",
            dependencies: ["SignalTestKit", "SignalDomain", "signal-node", "signal-load", core, posix],
            swiftSettings: strict),
        .testTarget(
            name: "BrowserTests", dependencies: ["SignalTestKit", "SignalDomain", "signal-node"],
            exclude: ["Scripts"], swiftSettings: strict),
    ],
    // `#embed` is a part of C23.
    cLanguageStandard: .c2x
)
