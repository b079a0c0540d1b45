//! The service under test: several instances of all functions, as Lambda runs them, on one table
//! with faults; and the requests of one client.

use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::body::Body;
use directory::Table;
use directory::id::DirectoryId;
use directory::upkeep::run;
use gateway::app::App;
use gateway::serve::{Edge, service};
use gateway::settings::Settings;
use http::Request;
use http_body_util::BodyExt;
use scim::profile::{Profiles, STANDARD};
use serde_json::{Value, json};
use tests::deployment::deployment;
use tests::directories;
use tests::endpoint::Endpoint;
use tests::misbehave::{Misbehaving, Mutant};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::history::{ATTRIBUTES, Kind, Seen};

/// The maximum lag of an index.
const LAG: Duration = Duration::from_millis(1500);
/// Instances of the functions.
const INSTANCES: usize = 4;
/// Schedules that run the background work, without regard to each other.
const RUNNERS: usize = 2;
/// How long a frozen instance is suspended: longer than a request may take.
const FROZEN: Duration = Duration::from_secs(28);

pub(crate) struct World {
    pub(crate) table: Misbehaving,
    pub(crate) directories: Vec<Town>,
    instances: Vec<Instance>,
    runners: Vec<Pause>,
    /// What the runners use.
    upkeep: (Table, Arc<Profiles>),
    overlap: Overlap,
    started: Instant,
    /// Numbers for unique values.
    next: AtomicU64,
    suspensions: AtomicU64,
}

/// One instance of all functions.
struct Instance {
    edge: Edge,
    pause: Pause,
}

/// Suspends work. Meanwhile nothing of it continues but the calls that have left it.
struct Pause(watch::Sender<bool>);

impl Pause {
    fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    async fn carry_out<T>(&self, work: impl Future<Output = T>) -> T {
        let mut suspended = self.0.subscribe();
        let mut work = pin!(work);
        loop {
            suspended.wait_for(|suspended| !*suspended).await.unwrap();
            tokio::select! {
                biased;
                _ = suspended.wait_for(|suspended| *suspended) => {}
                done = &mut work => return done,
            }
        }
    }

    async fn suspend(&self, time: Duration) {
        self.0.send_replace(true);
        tokio::time::sleep(time).await;
        self.0.send_replace(false);
    }
}

/// Runs of the background work.
#[derive(Default)]
struct Overlap {
    running: AtomicU64,
    runs: AtomicU64,
    /// Runs that began while another one was running.
    overlapping: AtomicU64,
    jobs: AtomicU64,
}

/// One directory, and what its clients know of it.
pub(crate) struct Town {
    pub(crate) id: DirectoryId,
    token: String,
    known: Mutex<BTreeMap<Kind, Vec<String>>>,
    versions: Mutex<BTreeMap<String, (u64, u64)>>,
    tokens: Mutex<BTreeMap<String, String>>,
}

impl Town {
    /// A resource that a client knows; it may be deleted.
    pub(crate) fn any(&self, kind: Kind, rng: &mut fastrand::Rng) -> Option<String> {
        rng.choice(self.known.lock().unwrap().entry(kind).or_default().iter()).cloned()
    }

    pub(crate) fn all(&self, kind: Kind) -> Vec<String> {
        self.known.lock().unwrap().entry(kind).or_default().clone()
    }

    pub(crate) fn count(&self, kind: Kind) -> usize {
        self.known.lock().unwrap().entry(kind).or_default().len()
    }

    pub(crate) fn learn(&self, kind: Kind, seen: &[Seen]) {
        let mut known = self.known.lock().unwrap();
        let ids = known.entry(kind).or_default();
        for seen in seen {
            if !ids.contains(&seen.id) {
                ids.push(seen.id.clone());
            }
            self.versions.lock().unwrap().insert(seen.id.clone(), seen.version);
            self.tokens.lock().unwrap().entry(seen.id.clone()).or_insert_with(|| seen.token.clone());
        }
    }

    pub(crate) fn forget(&self, kind: Kind, id: &str) {
        self.known.lock().unwrap().entry(kind).or_default().retain(|known| known != id);
    }

    /// The `externalId` of `id`.
    pub(crate) fn token(&self, id: &str) -> Option<String> {
        self.tokens.lock().unwrap().get(id).cloned()
    }

    /// The version of `id` that was last seen.
    pub(crate) fn version(&self, id: &str) -> Option<(u64, u64)> {
        self.versions.lock().unwrap().get(id).copied()
    }
}

impl World {
    /// This many directories on the table of the shared stack, with faults drawn from `seed`.
    pub(crate) fn build(seed: u64, directories: usize, mutant: Option<Mutant>) -> Option<Self> {
        Self::build_on(Endpoint::shared().table(), seed, directories, mutant)
    }

    /// This many directories on `name`, a table of the same DynamoDB.
    pub(crate) fn build_on(
        name: &str,
        seed: u64,
        directories: usize,
        mutant: Option<Mutant>,
    ) -> Option<Self> {
        let stack = Endpoint::shared().stack()?;
        let clean = Table::new(stack.client(), name);
        let table = Misbehaving::start(stack.dynamodb_url(), seed, LAG, mutant);
        let towns = (0..directories).map(|_| {
            let directory = directories::record(&stack.profiles().get(STANDARD).unwrap());
            let (token, id) = (directories::put(&clean, &directory), directory.id);
            Town { id, token, known: Mutex::default(), versions: Mutex::default(), tokens: Mutex::default() }
        });
        let instance = |_| {
            let table = Table::new(table.client(), name);
            let edge =
                service(bulk::served(), App::new(table, stack.profiles(), deployment(), Settings::default()));
            Instance { edge, pause: Pause::new() }
        };
        // A sweep that misses a condition would hide which rule of the checker finds the mutant.
        let runners = if mutant.is_none() { RUNNERS } else { 0 };
        Some(Self {
            runners: (0..runners).map(|_| Pause::new()).collect(),
            upkeep: (Table::new(table.client(), name), stack.profiles()),
            overlap: Overlap::default(),
            directories: towns.collect(),
            instances: (0..INSTANCES).map(instance).collect(),
            started: Instant::now(),
            next: AtomicU64::new(1),
            suspensions: AtomicU64::new(0),
            table,
        })
    }

    /// The present time, in nanoseconds since the start.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_nanos()).unwrap()
    }

    /// A number that was not used before.
    pub(crate) fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// Suspends instances and runners at random moments, for at most 400 ms, until it is dropped; with `frozen`,
    /// first an instance and a runner for longer than a request may take.
    pub(crate) async fn suspend(&self, seed: u64, frozen: bool) {
        let mut rng = fastrand::Rng::with_seed(seed);
        if frozen {
            tokio::time::sleep(Duration::from_millis(rng.u64(100..800))).await;
            let instance = &self.instances[rng.usize(..self.instances.len())].pause;
            futures_util::future::join_all(
                self.runners.iter().take(1).chain([instance]).map(|pause| pause.suspend(FROZEN)),
            )
            .await;
        }
        loop {
            tokio::time::sleep(Duration::from_millis(rng.u64(100..800))).await;
            let pauses: Vec<&Pause> =
                self.instances.iter().map(|instance| &instance.pause).chain(&self.runners).collect();
            self.suspensions.fetch_add(1, Ordering::Relaxed);
            pauses[rng.usize(..pauses.len())].suspend(Duration::from_millis(rng.u64(10..400))).await;
        }
    }

    /// Runs the background work again and again, in all runners, until it is dropped.
    pub(crate) async fn run_schedules(&self, seed: u64) {
        futures_util::future::join_all((0..self.runners.len()).map(|runner| self.run_schedule(runner, seed)))
            .await;
    }

    async fn run_schedule(&self, runner: usize, seed: u64) {
        let mut rng = fastrand::Rng::with_seed(seed.wrapping_add(runner as u64));
        let (Overlap { running, runs, overlapping, jobs }, (table, profiles)) = (&self.overlap, &self.upkeep);
        loop {
            let work = run(table, profiles, Duration::from_millis(rng.u64(50..500)));
            runs.fetch_add(1, Ordering::Relaxed);
            if running.fetch_add(1, Ordering::SeqCst) > 0 {
                overlapping.fetch_add(1, Ordering::Relaxed);
            }
            let report = self.runners[runner].carry_out(work).await;
            running.fetch_sub(1, Ordering::SeqCst);
            // The faults may end a run.
            jobs.fetch_add(report.map_or(0, |report| report.ended as u64), Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(rng.u64(..200))).await;
        }
    }

    /// How many runs of the background work there were, how many of them overlapped, and how many jobs they ended.
    pub(crate) fn runs(&self) -> [u64; 3] {
        let Overlap { runs, overlapping, jobs, .. } = &self.overlap;
        [runs, overlapping, jobs].map(|count| count.load(Ordering::Relaxed))
    }

    /// How often an instance or a runner was suspended.
    pub(crate) fn suspensions(&self) -> u64 {
        self.suspensions.load(Ordering::Relaxed)
    }

    /// Lets all instances and runners continue.
    pub(crate) fn resume(&self) {
        for pause in self.instances.iter().map(|instance| &instance.pause).chain(&self.runners) {
            pause.0.send_replace(false);
        }
    }

    /// Sends one request to one of the instances; returns status and body.
    pub(crate) async fn request(
        &self,
        instance: usize,
        town: &Town,
        (method, path): (&str, &str),
        if_match: Option<&str>,
        body: Option<Value>,
    ) -> (u16, Value) {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/scim/v2{path}"))
            .header("host", "scim.example.com")
            .header("authorization", format!("Bearer {}", town.token))
            .header("content-type", "application/scim+json");
        if let Some(tag) = if_match {
            request = request.header("if-match", tag);
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let instance = &self.instances[instance % self.instances.len()];
        let work = instance.edge.clone().oneshot(request.body(body).unwrap());
        let response = instance.pause.carry_out(work).await.unwrap();
        let status = response.status().as_u16();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() })
    }
}

/// The path of resources of `kind`, and the attribute that contains their name.
pub(crate) fn place(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::User => ("/Users", "userName"),
        Kind::Group => ("/Groups", "displayName"),
    }
}

/// The resource in an answer.
pub(crate) fn seen(kind: Kind, resource: &Value, with_members: bool) -> Seen {
    let text = |name: &str| resource[name].as_str().map(str::to_owned);
    let tag = resource["meta"]["version"].as_str().unwrap_or_else(|| panic!("no version: {resource}"));
    let tag = tag.trim_start_matches("W/").trim_matches('"');
    let (version, members) = tag.split_once('.').unwrap_or((tag, "0"));
    let values = ATTRIBUTES.map(|attribute| match attribute {
        "name" => text(place(kind).1),
        other => text(other),
    });
    let list = |members: &Value| -> BTreeSet<String> {
        let members = members.as_array().into_iter().flatten();
        members.map(|member| member["value"].as_str().unwrap().to_owned()).collect()
    };
    Seen {
        id: text("id").unwrap(),
        token: text("externalId").unwrap_or_default(),
        version: (version.parse().unwrap(), members.parse().unwrap()),
        values,
        members: (kind == Kind::Group && with_members).then(|| list(&resource["members"])),
    }
}

/// The entity tag of a version.
pub(crate) fn tag(kind: Kind, version: (u64, u64)) -> String {
    match kind {
        Kind::User => format!("W/\"{}\"", version.0),
        Kind::Group => format!("W/\"{}.{}\"", version.0, version.1),
    }
}

/// A PATCH of these operations.
pub(crate) fn patch(operations: Vec<Value>) -> Value {
    tests::people::patch(&json!(operations))
}
