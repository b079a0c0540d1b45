//! Cold starts: from the start of a function's process to its first answer.
//!
//! The baseline is an empty function of `lambda_http`. The users function is started without a
//! DynamoDB and with one that has TLS and a delay for each round trip.

mod delay;
mod event;
mod proxy;

use std::path::Path;
use std::time::{Duration, Instant};

use gateway::auth::token::Token;
use rollcall::stack::{Options as StackOptions, Stack};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tests::deployment::DEPLOYMENT_SECRET;
use tests::lambda::function::{command, start};
use tests::lambda::runtime::Runtime;

use self::event::{anonymous, test_connection};
use self::proxy::Proxy;
use crate::options::ColdStart;
use crate::report;

/// The times of one start.
struct Start {
    /// Until the function asked for its first event.
    init: Duration,
    /// Until its first answer was there.
    answer: Duration,
    /// The time of a later event of the same kind.
    later: Duration,
}

/// All starts of one kind.
struct Kind {
    name: &'static str,
    starts: Vec<Start>,
}

impl Kind {
    fn new(name: &'static str) -> Self {
        Self { name, starts: Vec::new() }
    }

    /// The median of a part of the starts, in milliseconds.
    fn median(&self, part: impl Fn(&Start) -> Duration) -> f64 {
        let mut all: Vec<_> = self.starts.iter().map(part).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1000.0
    }

    fn init(&self) -> f64 {
        self.median(|start| start.init)
    }

    fn answer(&self) -> f64 {
        self.median(|start| start.answer)
    }

    /// From the first event to its answer.
    fn first(&self) -> f64 {
        self.median(|start| start.answer.saturating_sub(start.init))
    }

    fn later(&self) -> f64 {
        self.median(|start| start.later)
    }

    fn json(&self) -> Value {
        let (init, answer, first, later) = (self.init(), self.answer(), self.first(), self.later());
        json!({ "kind": self.name, "initMillis": init, "answerMillis": answer, "firstMillis": first, "laterMillis": later })
    }
}

pub(crate) async fn run(options: &ColdStart, json: Option<&Path>) {
    let deployment_secret = Some(SecretString::from(DEPLOYMENT_SECRET));
    let stack_options = StackOptions { deployment_secret, ..StackOptions::default() };
    let stack = Stack::start(stack_options).await.unwrap_or_else(|error| panic!("no stack: {error}"));
    let round_trip = Duration::from_millis(options.round_trip);
    let proxy = Proxy::start(stack.dynamodb_url(), round_trip).await;
    // A port without a listener: connections are refused at once.
    let nowhere = "https://127.0.0.1:9";
    let binary = |name: &str| options.functions.join(name).join("bootstrap");
    let (empty, users) = (binary("empty"), binary("users"));
    let mut kinds =
        [Kind::new("empty"), Kind::new("users, no DynamoDB"), Kind::new("users, Test Connection")];
    for _ in 0..options.starts {
        // In turns, so that a busy moment of the machine affects all of them.
        let tokens = [token(&stack).await, token(&stack).await];
        let asked = [test_connection(&tokens[0]), test_connection(&tokens[1])];
        let refused = [anonymous(), anonymous()];
        kinds[0].starts.push(one(&empty, nowhere, &proxy, &refused, 204).await);
        kinds[1].starts.push(one(&users, nowhere, &proxy, &refused, 401).await);
        kinds[2].starts.push(one(&users, proxy.url(), &proxy, &asked, 200).await);
    }
    let connections = proxy.connections() as f64 / options.starts as f64;
    stack.stop().await;
    println!(
        "medians of {} starts, in milliseconds; a round trip to DynamoDB takes {}",
        options.starts, options.round_trip
    );
    println!(
        "{:<26} {:>10} {:>16} {:>12} {:>12}",
        "", "init", "to first answer", "first event", "later event"
    );
    for kind in &kinds {
        println!(
            "{:<26} {:>10.2} {:>16.2} {:>12.2} {:>12.2}",
            kind.name,
            kind.init(),
            kind.answer(),
            kind.first(),
            kind.later()
        );
    }
    let [empty, alone, with] = &kinds;
    let ratio = alone.answer() / empty.answer();
    let more = (with.first() - with.later()) / options.round_trip as f64;
    let opened = (with.init() - alone.init()) / options.round_trip as f64;
    println!("without DynamoDB: {ratio:.2} times the empty function");
    println!(
        "with it: {connections:.1} connections, opened ahead in {opened:.1} round trips; the first event takes {more:+.2} round trips more than a later one"
    );
    let sizes = sizes(&options.functions);
    for (name, bytes) in &sizes {
        println!("{name}: {:.2} MB", *bytes as f64 / 1e6);
    }
    let figures = json!({
        "kinds": kinds.iter().map(Kind::json).collect::<Vec<_>>(),
        "ratio": ratio, "roundTripsMore": more, "roundTripsAhead": opened, "bytes": sizes,
    });
    report::write(json, &figures);
    if options.check {
        assert!(ratio <= 1.5, "the users function takes {ratio:.2} times as long as an empty one");
        assert!(more <= 1.0, "the first event takes {more:.2} round trips more than a later one");
    }
}

/// A token that no process has seen yet.
async fn token(stack: &Stack) -> String {
    let directory = "local".parse().expect("a directory");
    let (token, credential) = Token::mint(&directory, stack.deployment()).expect("a token");
    directory::access::credential::create(&stack.table(), &directory, &credential)
        .await
        .expect("a credential");
    token.expose_secret().to_owned()
}

async fn one(program: &Path, dynamodb: &str, proxy: &Proxy, events: &[Value; 2], status: u16) -> Start {
    let runtime = Runtime::start().await;
    let mut command = command(program, "users", &runtime);
    command
        .env("AWS_ENDPOINT_URL_DYNAMODB", dynamodb)
        .env("AWS_CA_BUNDLE", proxy.certificate())
        .env("ROLLCALL_METRICS", "bench")
        .env("ROLLCALL_TABLE", StackOptions::default().table);
    let began = Instant::now();
    let mut function = start(command);
    let (init, response) = tokio::join!(
        async {
            runtime.polled().await;
            began.elapsed()
        },
        runtime.invoke(&events[0])
    );
    let answer = began.elapsed();
    let handed_out = Instant::now();
    let again = runtime.invoke(&events[1]).await;
    let later = handed_out.elapsed();
    for response in [response, again] {
        let response = response.unwrap_or_else(|why| panic!("{why}"));
        assert_eq!(response["statusCode"], status, "{}: {response}", program.display());
    }
    function.kill().await.expect("the function ends");
    Start { init, answer, later }
}

/// What was built, and how large it is.
fn sizes(folder: &Path) -> Vec<(String, u64)> {
    let mut sizes: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let bytes = entry.path().join("bootstrap").metadata().ok()?.len();
            Some((entry.file_name().to_string_lossy().into_owned(), bytes))
        })
        .collect();
    sizes.sort();
    sizes
}
