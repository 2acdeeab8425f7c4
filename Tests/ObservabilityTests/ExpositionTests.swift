import CoreMetrics
import Metrics
import Testing

@testable import Observability

@Suite("The page that Prometheus scrapes")
struct ExpositionTests {
    /// The lines of a page that are about the family of this name or its samples.
    func lines(_ registry: PrometheusRegistry, _ format: ExpositionFormat = .text004, about name: String) -> [String] {
        registry.render(format: format).split(separator: "\n").map(String.init).filter { $0.contains(name) }
    }

    @Test("a declared family has HELP and TYPE from the first scrape, and is zero when it has no labels")
    func declared() {
        let registry = PrometheusRegistry()
        registry.declare([
            MetricFamily("bs_a_total", .counter, "Things."), MetricFamily("bs_b", .gauge, "Level."),
            MetricFamily("bs_c_total", .counter, "By state.", labels: ["state"]),
            MetricFamily("bs_d_seconds", .histogram(buckets: [0.5, 1]), "Time."),
        ])
        #expect(
            registry.render(format: .text004) == """
                # HELP bs_a_total Things.
                # TYPE bs_a_total counter
                bs_a_total 0
                # HELP bs_b Level.
                # TYPE bs_b gauge
                bs_b 0
                # HELP bs_c_total By state.
                # TYPE bs_c_total counter
                # HELP bs_d_seconds Time.
                # TYPE bs_d_seconds histogram
                bs_d_seconds_bucket{le="0.5"} 0
                bs_d_seconds_bucket{le="1"} 0
                bs_d_seconds_bucket{le="+Inf"} 0
                bs_d_seconds_sum 0
                bs_d_seconds_count 0
                # HELP bs_metrics_refused_total Metrics that are not exported: kind conflict or too many label values.
                # TYPE bs_metrics_refused_total counter
                bs_metrics_refused_total 0

                """)
    }

    @Test("OpenMetrics names a counter's family without _total, its sample with it, and ends with # EOF")
    func openMetrics() {
        let registry = PrometheusRegistry()
        registry.declare(MetricFamily("bs_a_total", .counter, "A \"quoted\" help."))
        Counter(label: "bs_plain", factory: registry).increment()
        #expect(
            lines(registry, .openMetrics, about: "bs_a") == [
                #"# HELP bs_a A \"quoted\" help."#, "# TYPE bs_a counter", "bs_a_total 0",
            ])
        #expect(lines(registry, .openMetrics, about: "bs_plain").last == "bs_plain_total 1")
        #expect(lines(registry, about: "bs_plain").last == "bs_plain 1")
        #expect(registry.render(format: .openMetrics).hasSuffix("\n# EOF\n"))
        #expect(!registry.render(format: .text004).contains("EOF"))
    }

    @Test("HELP escapes backslash and LF; label values also the quote")
    func escapes() {
        let registry = PrometheusRegistry()
        registry.declare(MetricFamily("bs_x", .gauge, "a\\b\nc \"d\"", labels: ["v"]))
        Gauge(label: "bs_x", dimensions: [("v", "\"}\n bs_fake 1\\")], factory: registry).record(1)
        #expect(
            lines(registry, about: "bs_x") == [
                #"# HELP bs_x a\\b\nc "d""#, "# TYPE bs_x gauge", #"bs_x{v="\"}\n bs_fake 1\\"} 1"#,
            ])
    }

    @Test("all samples of a family stand together, in the order of their labels")
    func contiguous() {
        let registry = PrometheusRegistry()
        for state in ["new", "closed", "failed"] {
            Counter(label: "bs_ice_total", dimensions: [("state", state)], factory: registry).increment()
            Counter(label: "bs_other_total", dimensions: [("state", state)], factory: registry).increment()
        }
        #expect(
            lines(registry, about: "bs_ice_total{") == [
                #"bs_ice_total{state="closed"} 1"#, #"bs_ice_total{state="failed"} 1"#, #"bs_ice_total{state="new"} 1"#,
            ])
        let page = registry.render(format: .text004).split(separator: "\n")
        #expect(page.filter { $0.hasPrefix("# TYPE bs_ice_total ") }.count == 1)
        let own = page.indices.filter { page[$0].contains("bs_ice_total") }
        #expect(own == Array(own[0]..<(own[0] + own.count)))
    }

    @Test("histograms are cumulative and end in +Inf, sum and count; timers are in seconds")
    func histogram() {
        let registry = PrometheusRegistry()
        registry.declare(
            MetricFamily("bs_t_seconds", .histogram(buckets: [1, 0.1, .infinity, 0.1]), "Time.", labels: ["op"]))
        let timer = Timer(label: "bs_t_seconds", dimensions: [("op", "join")], factory: registry)
        for ms in [50, 100, 101, 2_000] { timer.recordMilliseconds(ms) }
        #expect(
            lines(registry, about: "bs_t_seconds").dropFirst(2) == [
                #"bs_t_seconds_bucket{op="join",le="0.1"} 2"#, #"bs_t_seconds_bucket{op="join",le="1"} 3"#,
                #"bs_t_seconds_bucket{op="join",le="+Inf"} 4"#, #"bs_t_seconds_sum{op="join"} 2.251"#,
                #"bs_t_seconds_count{op="join"} 4"#,
            ])
        #expect(lines(registry, .openMetrics, about: #"le="1.0""#).count == 1)
    }

    @Test(
        "numbers are written so that Prometheus reads them back",
        arguments: [
            (0.0, "0"), (-3, "-3"), (1.5, "1.5"), (1e300, "1e+300"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
            (.nan, "NaN"), (9_007_199_254_740_992, "9007199254740992.0"),
        ])
    func numbers(value: Double, text: String) {
        #expect(Exposition.number(value) == text)
    }

    @Test("samplers are read at each scrape; one that has nothing leaves HELP and TYPE")
    func samplers() {
        let registry = PrometheusRegistry()
        registry.registerSampler(MetricFamily("bs_s", .gauge, "Sampled.", labels: ["k"])) {
            [
                SampledValue(1, labels: [("k", "a")]), SampledValue(2, labels: [("k", "b")]),
                SampledValue(3, labels: [("k", "a")]),
            ]
        }
        registry.registerSampler(MetricFamily("bs_none", .gauge, "Absent.")) { [] }
        #expect(lines(registry, about: "bs_s{") == [#"bs_s{k="a"} 1"#, #"bs_s{k="b"} 2"#])
        #expect(lines(registry, about: "bs_none") == ["# HELP bs_none Absent.", "# TYPE bs_none gauge"])
    }

    @Test("a sampler may use the registry")
    func reentrantSampler() {
        let registry = PrometheusRegistry()
        registry.registerSampler(MetricFamily("bs_s", .gauge, "Sampled.")) {
            Counter(label: "bs_scrapes_total", factory: registry).increment()
            return [SampledValue(1)]
        }
        #expect(lines(registry, about: "bs_scrapes_total") == [])
        #expect(lines(registry, about: "bs_scrapes_total").last == "bs_scrapes_total 2")
    }

    @Test(
        "the format follows the Accept header",
        arguments: [
            (nil, .text004), ("", .text004), ("*/*", .text004), ("text/plain", .text004),
            ("application/openmetrics-text", .openMetrics),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    + "application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=1.0.0;q=0.3,"
                    + "text/plain;version=0.0.4;q=0.2,*/*;q=0.1", .openMetrics
            ),
            ("application/openmetrics-text; version=\"1.0.0\"; charset=utf-8", .openMetrics),
            ("application/openmetrics-text;version=0.0.1", .text004),
            ("application/openmetrics-text;q=0", .text004),
            ("text/plain;version=0.0.4;q=0.9, application/openmetrics-text;q=0.2", .text004),
            (";;,=,q=;q=x", .text004),
        ] as [(String?, ExpositionFormat)])
    func negotiation(accept: String?, format: ExpositionFormat) {
        #expect(ExpositionFormat.negotiated(accept: accept) == format)
        #expect(ExpositionFormat.contentType(accept: accept) == format.contentType)
    }
}
