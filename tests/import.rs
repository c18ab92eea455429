//! Logs, metrics exports and bills: what each format's lines mean, and that nothing in them breaks the reader.

use hostsim::import::{ImportOptions, WriteOptions, import, write};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

fn read(text: &[u8]) -> Result<Value, String> {
    read_as(text, &ImportOptions::default())
}

fn read_as(text: &[u8], options: &ImportOptions) -> Result<Value, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    std::fs::write(&path, text).unwrap();
    let document = import(&[path], options).map(|found| found.document()).map_err(|error| error.to_string())?;
    assert_valid(&document);
    Ok(document)
}

/// Whatever was read, what is said of it follows the schema.
fn assert_valid(document: &Value) {
    static SCHEMA: LazyLock<jsonschema::Validator> =
        LazyLock::new(|| jsonschema::validator_for(&hostsim::schema::of("import").unwrap()).unwrap());
    let errors: Vec<String> =
        SCHEMA.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}\n{document:#}");
}

/// Holds what was found against (key, value) pairs; `lines` are the numbers of the lines left out.
fn check(name: &str, text: &str, expected: &[(&str, Value)], lines: &[u64]) {
    let found = read(text.as_bytes()).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(found["format"], name);
    for (key, value) in expected {
        let same =
            found[*key].as_f64().zip(value.as_f64()).map_or(&found[*key] == value, |(a, b)| (a - b).abs() < 1e-9);
        assert!(same, "{name}: {key} is {}, not {value}, of {found:#}", found[*key]);
    }
    let dropped: Vec<u64> =
        found["dropped"].as_array().unwrap().iter().map(|drop| drop["line"].as_u64().unwrap()).collect();
    assert_eq!(dropped, lines, "{name}: {found:#}");
}

const NGINX: &str = r#"198.51.100.4 - - [26/Oct/2025:02:59:59 +0200] "GET /a?x=1#f HTTP/1.1" 200 10 "-" "Mozilla/5.0 (X11)"
198.51.100.4 - J [x] D [26/Oct/2025:02:00:01 +0100] "POST /b HTTP/2.0" 201 20 "https://example.com/" "agent \x22q\x22"
198.51.100.4 - - [26/Oct/2025:02:00:02 +0100] "" 400 0 "-" "-"
198.51.100.4 - - [26/Oct/2025:02:00:03 +0100] "GET /search?q="hat" HTTP/1.1" 404 5 "-" "ELB-HealthChecker/2.0"
198.51.100.4 - - [31/Feb/2025:02:00:03 +0100] "GET / HTTP/1.1" 200 5 "-" "-"
198.51.100.4 - - [26/Oct/2025:02:00:09 +0100] "GET /cut HT"#;

const TIMED: &str = r#"198.51.100.4 - - [02/Mar/2026:06:00:10 +0000] "GET /a HTTP/1.1" 200 10 "-" "-" rt=0.500 urt="0.200, 0.300"
198.51.100.4 - - [02/Mar/2026:06:00:09 +0000] "GET /a HTTP/1.1" 504 10 "-" "-" rt=30.000 urt="-"
"#;

const VHOST: &str = r#"www.example.com:443 198.51.100.4 - - [02/Mar/2026:06:00:10 +0000] "GET /a HTTP/1.1" 200 - "-" "say \"hi\"" 2/1500000
www.example.com:443 198.51.100.4 - - [02/Mar/2026:06:00:04 +0000] "GET http://www.example.com:80/b?c HTTP/1.1" 200 70 "-" "-" 0/500000
www.example.com:443 ::1 - - [02/Mar/2026:06:00:11 +0000] "OPTIONS * HTTP/1.0" 200 126 "-" "Apache/2.4 (internal dummy connection)" 0/50
"#;

const ALB: &str = r#"https 2026-03-02T06:25:03.500000Z app/x/1 198.51.100.4:1 192.0.2.66:9000 0.100 0.200 0.200 200 200 34 100 "GET https://x.example.com:443/a?b HTTP/2.0" "UA" - - arn:x "Root=1" "x.example.com" "-" 1 2026-03-02T06:25:02.900000Z "forward" "-" "-"
http 2017-03-02T06:25:03.500000Z app/x/1 198.51.100.4:1 192.0.2.66:9000 0.100 0.200 0.200 200 200 34 100 "GET http://x.example.com:80/old HTTP/1.1" "UA" - - arn:x "Root=1"
wss 2026-03-02T07:25:03.500000Z app/x/1 198.51.100.4:1 192.0.2.66:9000 0.001 -1 -1 101 101 34 5 "GET wss://x.example.com:443/ws HTTP/1.1" "UA" - - arn:x
http 2026-03-02T06:25:01.000001Z app/x/1 198.51.100.4:1 - -1 -1 -1 400 - 0 272 "- http://x.example.com:80- " "-" - - -
http 2026-03-02T06:25:01.0000"#;

const HEROKU: &str = r#"2026-03-02T06:25:03+00:00 heroku[router]: at=info method=GET path=/a?b=c host=x fwd="1, 2" dyno=web.1 connect=1ms service=19ms status=200 bytes=16
83 <158>1 2026-03-02T06:25:04+00:00 host heroku router - at=error code=H14 method=GET path="/b c" dyno= connect= service= status=503 bytes=
2026-03-02T06:25:05+00:00 app[web.1]: at=info method=GET path="/x" service=1ms status=200
"#;

const HAPROXY: &str = r#"Mar  2 06:25:03 lb haproxy[1]: 198.51.100.4:3 [02/Mar/2026:06:25:03.655] in~ app/s1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /a?b HTTP/1.1"
Mar  2 06:25:03 lb haproxy[1]: 198.51.100.4:3 [02/Mar/2026:06:25:02.655] in~ app/s1 10/0/30/69/+109 200 +50 - - ---- 1/1/1/1/0 0/0 {a|b [c]} "POST /up HTTP/1.1"
Mar  2 06:25:04 lb haproxy[1]: 198.51.100.4:4 [02/Mar/2026:06:25:04.000] tcp db/s1 1/0/5007 212 -- 0/0/0/0/3 0/0
Mar  2 06:25:05 lb haproxy[1]: Server app/s2 is UP.
"#;

const ENVOY: &str = r#"[2026-03-02T06:25:03.655Z] "GET /a?b HTTP/1.1" 200 - 0 2750 109 69 "-" "bare "quotes"" "id" "x" "192.0.2.66:9000"
[2026-03-02T06:25:03.700Z] "GET /b HTTP/1.1" 200 - via_upstream - "-" 3 50 200 90 "-" "UA" "a81bc81b-dead-4e5d-abff-90865d1e13b1" "x" "192.0.2.66:90" outbound|90||x.default - 192.0.2.1:90 192.0.2.2:1 - default
[2026-03-02T06:25:03.701Z] "GET /b HTTP/1.1" 200 - via_upstream - "-" 3 50 199 90 "-" "UA" "a81bc81b-dead-4e5d-abff-90865d1e13b1" "x" "192.0.2.66:90" inbound|90|| - 192.0.2.1:90 192.0.2.2:1 - default
[2026-03-02T06:25:04.000Z] "- - -" 0 - 100 200 5000 - "-" "-" "-" "-" "192.0.2.66:90"
"#;

const CLOUDFRONT: &str = "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes cs-method cs-uri-stem sc-status time-taken x-edge-result-type\n\
    2026-03-02\t06:25:03\tFRA\t100\tGET\t/a%2520b\t200\t0.250\tHit\n2026-03-02\t06:25:03\tFRA\t1\tGET\t/b\t000\t-\tError\n2026-03-02\t06:2";

const IIS: &str = "#Software: Microsoft Internet Information Services 10.0\r\n#Date: 2026-03-02 06:00:00\r\n#Fields: time cs-method cs-uri-stem sc-status time-taken\r\n\
    06:25:03 GET /a 200 43\r\n#Fields: date time cs-uri-stem cs-method sc-status sc-bytes time-taken\r\n2026-03-02 06:25:04 /b+c POST 500 7 57\r\n";

#[test]
fn servers_logs() {
    check(
        "nginx-combined",
        NGINX,
        &[
            ("requests", json!(3)),
            ("stamp_is", json!("end")),
            ("first", json!("2025-10-26T00:59:59Z")),
            ("last", json!("2025-10-26T01:00:03Z")),
            ("in_time_order", json!(true)),
            ("response_bytes", json!(35)),
            ("mean_service_s", Value::Null),
            ("routes", json!({ "GET /a": 1, "GET /search": 1, "POST /b": 1 })),
        ],
        &[3, 5, 6],
    );
    check(
        "nginx-timed",
        TIMED,
        &[
            ("in_time_order", json!(false)),
            ("mean_service_s", json!(15.25)),
            ("first_start", json!("2026-03-02T05:59:39Z")),
            ("last_start", json!("2026-03-02T06:00:09.5Z")),
        ],
        &[],
    );
    check(
        "apache-vhost-combined",
        VHOST,
        &[
            ("stamp_is", json!("start")),
            ("mean_service_s", json!(1.0)),
            ("response_bytes", json!(70)),
            ("routes", json!({ "GET /a": 1, "GET /b": 1 })),
        ],
        &[3],
    );
    check(
        "alb",
        ALB,
        &[
            ("requests", json!(3)),
            ("service_known", json!(2)),
            ("mean_service_s", json!(0.5)),
            ("first_start", json!("2017-03-02T06:25:03Z")),
            ("last_start", json!("2026-03-02T06:25:02.9Z")),
            ("response_bytes", json!(205)),
        ],
        &[4, 5],
    );
    let heroku = [
        ("requests", json!(2)),
        ("service_known", json!(1)),
        ("mean_service_s", json!(0.02)),
        ("response_bytes", json!(16)),
    ];
    check("heroku-router", HEROKU, &heroku, &[3]);
    let haproxy = [
        ("requests", json!(2)),
        ("service_known", json!(1)),
        ("response_bytes", json!(2800)),
        ("first", json!("2026-03-02T06:25:02.655Z")),
    ];
    check("haproxy-http", HAPROXY, &haproxy, &[3, 4]);
    check(
        "envoy-default",
        ENVOY,
        &[("requests", json!(2)), ("response_bytes", json!(2800)), ("mean_service_s", json!(0.1545))],
        &[3, 4],
    );
    let cloudfront = [
        ("requests", json!(2)),
        ("service_known", json!(1)),
        ("response_bytes", json!(101)),
        ("first_start", json!("2026-03-02T06:25:02.75Z")),
    ];
    check("cloudfront", CLOUDFRONT, &cloudfront, &[1, 2, 5]);
    let iis = [
        ("requests", json!(2)),
        ("mean_service_s", json!(0.05)),
        ("response_bytes", json!(7)),
        ("routes", json!({ "GET /a": 1, "POST /b+c": 1 })),
    ];
    check("iis-w3c", IIS, &iis, &[1, 2, 3, 5]);
}

#[test]
fn records_in_json() {
    let nginx = "{\"msec\":\"1772432703.500\",\"request\":\"GET /q?s=\\x22a\\x22 HTTP/1.1\",\"status\":\"200\",\"body_bytes_sent\":7,\"request_time\":\"0.250\"}\n{\"msec\":";
    check("nginx-json", nginx, &[("requests", json!(1)), ("first_start", json!("2026-03-02T06:25:03.25Z"))], &[2]);
    let caddy = r#"{"ts":1.7724327035e9,"logger":"http.log.access.a","request":{"method":"GET","uri":"/a?b"},"duration":0.5,"size":3,"status":200}
{"ts":1772432703.5,"logger":"http.log.error","request":{"method":"GET","uri":"/a"},"status":502}"#;
    check("caddy-json", caddy, &[("first", json!("2026-03-02T06:25:03.5Z")), ("mean_service_s", json!(0.5))], &[2]);
    let traefik = r#"{"StartUTC":"2026-03-02T06:25:03.075690999Z","RequestMethod":"GET","RequestPath":"/a?b","Duration":1500000,"DownstreamContentSize":4,"DownstreamStatus":200}
{"level":"error","msg":"x"}"#;
    check(
        "traefik-json",
        traefik,
        &[("first", json!("2026-03-02T06:25:03.07569Z")), ("mean_service_s", json!(0.0015))],
        &[2],
    );
    let cloudflare = r#"{"EdgeStartTimestamp":1772432704000000000,"EdgeEndTimestamp":1772432704250000000,"EdgeResponseBytes":9,"ClientRequestURI":"/a","ClientRequestMethod":"GET"}
{"EdgeStartTimestamp":1772432704,"EdgeEndTimestamp":1772432704,"EdgeResponseBytes":9,"ClientRequestURI":"/b","ClientRequestMethod":"GET","ClientRequestSource":"edgeWorkerFetch"}"#;
    check("cloudflare-logpush", cloudflare, &[("mean_service_s", json!(0.25)), ("response_bytes", json!(9))], &[2]);
    let run = r#"[{"httpRequest":{"requestMethod":"GET","requestUrl":"https://x.a.run.app/a?b","responseSize":"5","latency":"1.5s","status":200},"insertId":"1","logName":"p/logs/run.googleapis.com%2Frequests","timestamp":"2026-03-02T06:25:03Z"},
 {"insertId":"2","logName":"p/logs/run.googleapis.com%2Fstderr","timestamp":"2026-03-02T06:25:03Z"},
 {"httpRequest":{"requestMethod":"GET","requestUrl":"https://x.a.run.app/a?b","status":200},"insertId":"1","timestamp":"2026-03-02T06:25:03Z"}]"#;
    check(
        "cloud-run-json",
        run,
        &[("requests", json!(1)), ("mean_service_s", json!(1.5)), ("routes", json!({ "GET /a": 1 }))],
        &[2, 3],
    );
    let gateway = r#"{"requestTime":"02/Mar/2026:06:25:03 +0000","routeKey":"GET /o/{id}","status":"200","responseLength":"-","integrationLatency":"-"}"#;
    check(
        "api-gateway-json",
        gateway,
        &[
            ("first", json!("2026-03-02T06:25:03Z")),
            ("routes", json!({ "GET /o/{id}": 1 })),
            ("service_known", json!(0)),
        ],
        &[],
    );
    let vercel = r#"{"timestamp":1772432703118,"source":"edge","requestId":"a","proxy":{"timestamp":1772432703090,"method":"GET","path":"/a?b","statusCode":200}}
{"timestamp":1772432703119,"source":"lambda","requestId":"a","message":"REPORT RequestId: x Duration: 20 ms Billed","proxy":{"timestamp":1772432703090,"method":"GET","path":"/a"}}
{"timestamp":1772432703120,"source":"build","message":"done"}"#;
    check("vercel-drain", vercel, &[("requests", json!(1)), ("mean_service_s", json!(0.02))], &[2, 3]);
}

#[test]
fn functions_and_load_generators() {
    let lambda = "2026-03-02T06:25:03.500Z REPORT RequestId: a-1\tDuration: 100.00 ms\tBilled Duration: 301 ms\tMemory Size: 1024 MB\tMax Memory Used: 80 MB\tInit Duration: 200.00 ms\t\n\
                  2026-03-02T06:25:04Z my REPORT Duration: 5 ms\n";
    let expected = [
        ("requests", json!(1)),
        ("cold_starts", json!(1)),
        ("mean_init_s", json!(0.2)),
        ("billed_GB_s", json!(0.301)),
        ("mean_service_s", json!(0.1)),
        ("first_start", json!("2026-03-02T06:25:03.4Z")),
    ];
    check("lambda-report", lambda, &expected, &[2]);
    let insights = "@timestamp,@type,@duration,@memorySize\n2026-03-02 06:25:03.500,REPORT,100,1.28E8\n2026-03-02 06:25:03.000,END,,\n";
    check("logs-insights-csv", insights, &[("requests", json!(1)), ("memory_MB", json!(128.0))], &[3]);
    let k6 = "metric_name,timestamp,metric_value,method,name,status\nhttp_reqs,1772432703,1,GET,\"https://x/a,b?c\",200\nhttp_req_duration,1772432703,250,GET,\"https://x/a,b?c\",200\nvus,1772432703,1,,,\n";
    check(
        "k6-csv",
        k6,
        &[("requests", json!(1)), ("mean_service_s", json!(0.25)), ("routes", json!({ "GET /a,b": 1 }))],
        &[4],
    );
    let history = "Timestamp,User Count,Type,Name,Total Request Count,Total Failure Count,Total Average Response Time,Total Average Content Size\n\
                   1772432700,1,,Aggregated,5,0,10,100\n1772432701,1,,Aggregated,15,1,10,100\n1772432702,1,,Aggregated,4,0,20,50\n";
    let expected =
        [("requests", json!(19)), ("failures", json!(1)), ("interval_s", json!(1)), ("response_bytes", json!(1700))];
    check("locust-history", history, &expected, &[]);
}

#[test]
fn metrics_by_interval() {
    let statistics = r#"{"Label":"RequestCount","Datapoints":[{"Timestamp":"2026-03-02T06:15:00Z","Sum":3.0},{"Timestamp":"2026-03-02T06:00:00Z","Sum":1.0},{"Timestamp":"2026-03-02T07:05:00+01:00","Sum":2.0}]}"#;
    let expected = [
        ("requests", json!(6)),
        ("interval_s", json!(300)),
        (
            "intervals",
            json!([
                ["2026-03-02T06:00:00Z", 1],
                ["2026-03-02T06:05:00Z", 2],
                ["2026-03-02T06:10:00Z", 0],
                ["2026-03-02T06:15:00Z", 3]
            ]),
        ),
    ];
    check("cloudwatch-statistics", statistics, &expected, &[]);
    let data = r#"{"MetricDataResults":[{"Id":"a","Label":"TargetResponseTime","Timestamps":["2026-03-02T06:01:00Z","2026-03-02T06:00:00Z"],"Values":[1.0,0.1],"StatusCode":"Complete"},
        {"Id":"b","Label":"RequestCount","Timestamps":["2026-03-02T06:01:00Z","2026-03-02T06:00:00Z"],"Values":[10,90],"StatusCode":"PartialData"}]}"#;
    let expected = [("requests", json!(100)), ("mean_service_s", json!(0.19)), ("warn", json!(["PartialData"]))];
    check("cloudwatch-data", data, &expected, &[]);
    let rates = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"path":"/a"},"values":[[60,"1"],[120,"NaN"],[240,"2.5"]]},{"metric":{"path":"/b"},"values":[[60,"1"]]}]}}"#;
    let expected = [
        ("requests", json!(270)),
        (
            "intervals",
            json!([
                ["1970-01-01T00:01:00Z", 120],
                ["1970-01-01T00:02:00Z", null],
                ["1970-01-01T00:03:00Z", null],
                ["1970-01-01T00:04:00Z", 150]
            ]),
        ),
        ("routes", json!({ "/a": 210, "/b": 60 })),
    ];
    check("prometheus-range", rates, &expected, &[]);
    let counter = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"http_requests_total"},"values":[[60,"100"],[120,"130"],[180,"7"]]}]}}"#;
    check("prometheus-range", counter, &[("requests", json!(37))], &[]);
    for (wrong, said) in [
        (r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#, "one moment"),
        (r#"{"status":"error","errorType":"bad","error":"too many"}"#, "too many"),
    ] {
        assert!(read(wrong.as_bytes()).unwrap_err().contains(said));
    }
    let google = "TimeSeries ID,a,b\nTime,,\nSun Oct 26 2025 02:59:00 GMT+0200 (x),1,undefined\nSun Oct 26 2025 02:00:00 GMT+0100 (y),undefined,\nSun Oct 26 2025 02:01:00 GMT+0100 (y),0.5,0.5\n";
    let expected = [
        ("requests", json!(120)),
        (
            "intervals",
            json!([["2025-10-26T00:59:00Z", 60], ["2025-10-26T01:00:00Z", null], ["2025-10-26T01:01:00Z", 60]]),
        ),
    ];
    check("gcp-monitoring-csv", google, &expected, &[]);
}

#[test]
fn bills_and_states() {
    let cur = "lineItem/LineItemType,lineItem/UsageStartDate,lineItem/ProductCode,lineItem/UsageType,lineItem/UsageAmount,lineItem/UnblendedCost\n\
               Usage,2026-03-02T06:00:00Z,AWSLambda,Request,1.5E3,0.1\nTax,2026-03-01T00:00:00Z,AWSLambda,,1,0.02\nCredit,2026-03-01T00:00:00Z,AWSLambda,Request,0,-0.05\n";
    let expected = [
        ("requests", Value::Null),
        ("cost_total", json!(0.07)),
        ("cost_without_tax_and_credit", json!(0.1)),
        ("usage", json!({ "AWSLambda Request": 1500.0 })),
    ];
    check("aws-cur2", cur, &expected, &[]);
    let focus = "ChargeCategory,BilledCost,EffectiveCost,ListCost,ServiceName,ConsumedUnit,ConsumedQuantity,ChargeClass,CommitmentDiscountStatus\n\
                 Usage,0,1.25,2,VM,Hours,3,,Used\nUsage,0,0.75,0,VM,Hours,,,Unused\nPurchase,2,0,2,VM,Hours,9,,\nUsage,1,1,1,VM,Hours,5,Correction,\n";
    let expected = [("billed_cost", json!(3.0)), ("effective_cost", json!(3.0)), ("usage", json!({ "VM Hours": 3.0 }))];
    check("focus", focus, &expected, &[]);
    let docker = "\u{1b}[H{\"CPUPerc\":\"50.5%\",\"MemUsage\":\"1KiB / 1GiB\",\"NetIO\":\"1.5kB / 2MB\",\"Name\":\"a\"}\n{\"CPUPerc\":\"--\",\"MemUsage\":\"-- / --\",\"Name\":\"b\"}\n";
    let expected = [(
        "containers",
        json!([{ "name": "a", "cpu_cores": 0.505, "memory_bytes": 1024, "net_in_bytes": 1500, "net_out_bytes": 2_000_000 }]),
    )];
    check("docker-stats-json", docker, &expected, &[2]);
}

/// Rotated files are read in the order of their time; archives that break off give what they have.
#[test]
fn files_in_the_order_of_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let line = |day: u32| {
        format!("198.51.100.4 - - [{day:02}/Mar/2026:06:00:00 +0000] \"GET /{day} HTTP/1.1\" 200 1 \"-\" \"-\"\n")
    };
    let gzip = |text: &str| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    };
    std::fs::write(folder.path().join("a.log.2.gz"), gzip(&(line(2) + &line(3)))).unwrap();
    std::fs::write(folder.path().join("a.log.10.zst"), zstd::encode_all(line(1).as_bytes(), 3).unwrap()).unwrap();
    std::fs::write(folder.path().join("a.log"), line(4)).unwrap();
    std::fs::write(folder.path().join("empty.log"), "").unwrap();
    for argument in [folder.path().to_path_buf(), folder.path().join("*.log*")] {
        let found = import(&[argument], &ImportOptions::default()).unwrap().document();
        assert_eq!(
            (&found["requests"], &found["in_time_order"], &found["files"]),
            (&json!(4), &json!(true), &json!(3))
        );
    }
    let many: String = (1..=28).cycle().take(20_000).map(line).collect();
    let archive = gzip(&many);
    let found = read(&archive[..archive.len() / 2]).unwrap();
    assert!(found["requests"].as_u64().unwrap() > 100);
    assert!(found["warn"][0].as_str().unwrap().contains("ends early"), "{}", found["warn"]);
}

#[test]
fn what_cannot_be_read_is_said() {
    for (text, said) in [
        (&b""[..], "empty"),
        (b"\x7fELF\0\0\x01", "not text"),
        (b"hello world\n", "no format is recognised"),
        (b"\xff\xfea\0", "UTF-16"),
    ] {
        let error = read(text).unwrap_err();
        assert!(error.contains(said), "{error}");
    }
    let named = |name: &str| ImportOptions { format: Some(name.into()), ..ImportOptions::default() };
    assert!(read_as(NGINX.as_bytes(), &named("apache")).unwrap_err().contains("expected one of"));
    let error = read_as(NGINX.as_bytes(), &named("alb")).unwrap_err();
    assert!(error.contains("none is a request") && error.contains(":1:"), "{error}");
}

/// What is written runs as it is, and has the requests of the file.
#[test]
fn what_is_written_is_a_scenario() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in
        [("list", TIMED.to_string()), ("counts", "time,requests\n2026-03-02 06:00,30\n2026-03-02 06:01,12.5\n".into())]
    {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let found = import(&[path], &ImportOptions::default()).unwrap();
        let options = WriteOptions { cpu_share: 0.3, apps: 2 };
        let files = write(&found, &options, &folder.path().join(format!("{name}.out"))).unwrap();
        let text = std::fs::read_to_string(&files[0]).unwrap();
        let traffic = files[1].display().to_string();
        let scenario = hostsim::scenario::Scenario::from_text(&text.replace("traffic.csv.zst", &traffic));
        assert!(scenario.is_ok(), "{name}: {}\n{text}", scenario.err().unwrap_or_default());
    }
}

/// Damage of every kind: nothing panics, nothing hangs.
#[test]
fn damaged_files_do_no_harm() {
    let bodies = [NGINX, TIMED, VHOST, ALB, HEROKU, HAPROXY, ENVOY, CLOUDFRONT, IIS];
    let mut state = 1_u64;
    let mut draw = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below.max(1)
    };
    let pieces: [&[u8]; 12] =
        [b"\"", b"[", b"]", b"{", b"}", b"\\", b"\n", b"\xff", b"-", b",", b" ", b"99999999999999999999"];
    let begun = Instant::now();
    for round in 0..1_500 {
        let mut text = bodies[round % bodies.len()].as_bytes().to_vec();
        for _ in 0..1 + draw(6) {
            let at = draw(text.len());
            match draw(4) {
                0 => text.truncate(at),
                1 => drop(text.splice(at..at, pieces[draw(pieces.len())].iter().copied())),
                2 if at < text.len() => text[at] ^= 1 << draw(8),
                _ => drop(text.drain(at..(at + draw(20)).min(text.len()))),
            }
        }
        let _ = read(&text);
    }
    assert!(begun.elapsed() < Duration::from_secs(120), "{:?}", begun.elapsed());
}

/// The samples that the project was given, where they are at hand.
#[test]
fn samples_give_their_answers() {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples");
    let folder = std::env::var_os("HOSTSIM_SAMPLES").map_or_else(beside, PathBuf::from);
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("skipped: {} is not here", folder.display());
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = name.strip_suffix(".expected.json") else { continue };
        let expected: Value = serde_json::from_slice(&std::fs::read(entry.path()).unwrap()).unwrap();
        let plain = folder.join(format!("{stem}.log"));
        let path = if plain.exists() { plain } else { folder.join(format!("{stem}.log.gz")) };
        let found = import(&[path], &ImportOptions::default()).unwrap().document();
        assert_valid(&found);
        for (key, value) in expected.as_object().unwrap() {
            let here = &found[key.replace('-', "_")];
            match key.as_str() {
                "requests" | "response-bytes" | "mean-service-s" | "service-known" | "interval-s" | "cost-total" => {
                    let near = here
                        .as_f64()
                        .zip(value.as_f64())
                        .map_or(here.is_null() && value.is_null(), |(a, b)| (a - b).abs() < 1.5e-6);
                    assert!(near, "{stem}: {key} {here} for {value}");
                }
                "format" | "first" | "last" | "first-start" | "last-start" | "in-time-order" => {
                    assert_eq!(here, value, "{stem}: {key}")
                }
                "drop" => {
                    assert_eq!(found["dropped"].as_array().map(Vec::len), value.as_array().map(Vec::len), "{stem}")
                }
                _ => {}
            }
        }
    }
}
