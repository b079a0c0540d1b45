//! The depth of each operation: how many calls of DynamoDB follow one another before the client gets its
//! response. Calls that are made at the same time count once.
//!
//! Measured over HTTP: every call of DynamoDB is [delayed](DELAYS), and the time of the request
//! is divided by it. `docs/performance.md` has the same figures ([`the_documented_calls_are_measured`]).

mod operations;

use std::time::Instant;

use serde_json::Value;
use tests::call::{Call, SCIM_JSON};
use tests::deployment::DEPLOYMENT_SECRET;
use tests::directories;
use tests::endpoint::Endpoint;
use tests::instance::Instance;
use tests::relay::Relay;

use self::operations::OPERATIONS;

/// Delays of one attempt after the other, in milliseconds: on a busy machine, everything else in a request takes
/// longer than the first ones. The least figure counts.
const DELAYS: [u64; 5] = [60, 120, 240, 480, 960];

/// The administrator key of the instances.
const KEY: &str = "an-administrator-key-of-32-characters";

/// An operation, and how many calls follow one another in it.
pub(super) struct Operation {
    /// As `docs/performance.md` names it.
    pub(super) what: &'static str,
    /// The profile of its directory.
    pub(super) profile: &'static str,
    /// In an instance that has served requests of the same credential and about the same groups.
    pub(super) warm: u64,
    /// In an instance that has just started.
    pub(super) cold: u64,
    /// Makes what the operation needs in an empty directory.
    pub(super) prepare: fn(&Endpoint) -> Request,
}

/// The request of an operation.
pub(super) struct Request {
    pub(super) method: &'static str,
    /// Relative to the Tenant URL.
    pub(super) path: String,
    pub(super) body: Option<Value>,
}

impl Request {
    /// The request as it is sent to the server.
    fn call<'a>(&self, scim: &'a Endpoint) -> Call<'a> {
        let mut call = Call::new(scim, self.method, &self.path);
        if let Some(body) = &self.body {
            call = call.json(body);
        }
        call
    }

    /// Sends the request to an instance on the table of `scim`; the status of the response.
    fn send_to(&self, instance: &Instance, scim: &Endpoint) -> u16 {
        let request =
            http::Request::builder().method(self.method).uri(format!("{}{}", scim.base(), self.path));
        let request = request.header("authorization", format!("Bearer {}", scim.token()));
        let request = request.header("content-type", SCIM_JSON);
        let body = self.body.as_ref().map(Value::to_string).unwrap_or_default();
        instance.send(request, body).0.status.as_u16()
    }
}

/// A service whose calls of DynamoDB can be delayed.
struct Delayed {
    relay: Relay,
    scim: Endpoint,
}

impl Delayed {
    fn start() -> Option<Self> {
        let relay = Relay::start(Endpoint::shared().stack()?.dynamodb_url());
        let scim = Endpoint::start_on(Some(relay.url().to_owned()));
        Some(Self { relay, scim })
    }

    /// An empty directory of this profile, with a rate, so that requests report their numbers.
    fn directory(&self, profile: &str) -> Option<Endpoint> {
        let stack = self.scim.stack()?;
        let mut record = directories::record(&stack.profiles().get(profile).expect("a profile"));
        record.settings.insert("requestsPerSecond".to_owned(), 100_000.into());
        Some(self.scim.with_token(&directories::put(&stack.table(), &record)))
    }

    /// How many calls `send` makes one after the other, measured with this delay.
    fn calls(&self, delay: u64, send: impl FnOnce()) -> u64 {
        self.relay.delay(delay);
        let begun = Instant::now();
        send();
        let took = begun.elapsed();
        self.relay.delay(0);
        u64::try_from(took.as_millis()).unwrap_or(u64::MAX) / delay
    }

    /// The figures of `operation`: in a warm instance, and in a cold one.
    fn measure(&self, operation: &Operation) -> (u64, u64) {
        let prepared = || {
            let scim = self.directory(operation.profile).expect("a directory");
            let request = (operation.prepare)(&scim);
            (scim, request)
        };
        let warm = least(operation.warm, |delay| {
            let (scim, request) = prepared();
            scim.get("/Users?count=0").send().expect(200);
            self.calls(delay, || accepted(request.call(&scim).send().status, operation.what))
        });
        let cold = least(operation.cold, |delay| {
            let (scim, request) = prepared();
            let instance = Instance::new(&scim, DEPLOYMENT_SECRET, KEY).expect("an instance");
            self.calls(delay, || accepted(request.send_to(&instance, &scim), operation.what))
        });
        (warm, cold)
    }
}

/// The least of some attempts; no more of them once one is as `expected`.
fn least(expected: u64, attempt: impl Fn(u64) -> u64) -> u64 {
    let mut least = u64::MAX;
    for delay in DELAYS {
        least = least.min(attempt(delay));
        if least <= expected {
            break;
        }
    }
    least
}

#[track_caller]
fn accepted(status: u16, what: &str) {
    assert!((200..300).contains(&status), "{what}: {status}");
}

#[test]
fn each_operation_makes_as_many_calls_in_sequence_as_stated() {
    if !Endpoint::is_embedded("a DynamoDB in another process has delays of its own") {
        return;
    }
    let Some(service) = Delayed::start() else { return };
    let mut wrong = Vec::new();
    for operation in &OPERATIONS {
        let (warm, cold) = service.measure(operation);
        let limits = (operation.warm, operation.cold);
        eprintln!("{:<44} warm {warm} of {}   cold {cold} of {}", operation.what, limits.0, limits.1);
        if (warm, cold) != limits {
            wrong.push(operation.what);
        }
    }
    assert!(wrong.is_empty(), "more or fewer calls in sequence than stated: {wrong:?}");
}

#[test]
fn the_documented_calls_are_measured() {
    let page = include_str!("../../docs/performance.md");
    let (_, section) = page.split_once("\n### Calls\n").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("a section after it");
    let rows = section.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        Some((cells.next()?, cells.next()?.parse().ok()?))
    });
    let measured = OPERATIONS.iter().map(|operation| (operation.what, operation.warm));
    assert_eq!(rows.collect::<Vec<_>>(), measured.collect::<Vec<_>>());
}
