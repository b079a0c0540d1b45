//! Checks an endpoint as Microsoft's validators do: the connection test, schema discovery, the 25
//! published validation cases, and the additional cases of the older validator.

pub mod finding;
pub mod flatten;
pub mod report;

mod active_cases;
mod auth;
mod cases;
mod connection;
mod group_cases;
mod inspect;
mod manager_cases;
mod member_cases;
mod null_case;
mod pages;
mod refusals;
mod schemas;
mod talk;
mod user_cases;
mod values;
mod world;

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use self::cases::{CASES, Need};
use self::finding::{Fault, Finding};
use self::report::{Outcome, Verdict};
use self::talk::Talk;
use self::world::World;
use crate::mapping::Mapping;
use crate::wire::credentials::Credentials;
use crate::wire::secret::Secret;
use crate::wire::tokens::Tokens;

/// What to check.
#[derive(Clone, Debug)]
pub struct Options {
    /// The Tenant URL.
    pub url: String,
    /// The Secret Token, or the source of tokens.
    pub tokens: Tokens,
    /// The attribute mapping.
    pub mapping: Mapping,
    /// How to get a token, for the two cases about it.
    pub credentials: Option<Credentials>,
    /// Run only the cases whose names contain one of these; empty runs all.
    pub only: Vec<String>,
    /// The timeout of a request.
    pub timeout: Duration,
    /// Show a progress bar on a terminal.
    pub progress: bool,
}

impl Options {
    /// The defaults of the command.
    #[must_use]
    pub fn new(url: &str, token: &str, mapping: Mapping) -> Self {
        Self {
            url: url.to_owned(),
            tokens: Tokens::secret(Secret::given(token)),
            mapping,
            credentials: None,
            only: Vec::new(),
            timeout: Duration::from_secs(30),
            progress: false,
        }
    }
}

/// The names of all cases, in order, and whether a failure of each is only a warning.
pub fn names() -> impl Iterator<Item = (&'static str, bool)> {
    CASES.iter().map(|case| (case.name, case.optional))
}

/// Runs all cases, and removes what they created.
///
/// # Errors
/// The Tenant URL is not valid; returns the reason as text.
pub async fn run(options: &Options) -> Result<Vec<Outcome>, String> {
    let mut world = World::new(options)?;
    let chosen = |name: &str| options.only.is_empty() || options.only.iter().any(|part| contains(name, part));
    let bar = bar(options.progress, CASES.iter().filter(|case| chosen(case.name)).count());
    world.discover().await;
    let mut outcomes = Vec::new();
    // The reason to stop early.
    let mut hopeless = None;
    for case in CASES.iter().filter(|case| chosen(case.name)) {
        bar.set_message(case.name);
        let started = Instant::now();
        let mut talk = Talk::new(&world);
        let missing = hopeless.or_else(|| case.needs.iter().find_map(|need| absent(*need, &world)));
        if missing.is_none() {
            (case.run)(&mut talk).await;
        }
        let (findings, exchanges) = talk.end();
        if case.name == "Test_Connection" {
            let fatal = |finding: &Finding| matches!(finding.fault, Fault::NoAnswer | Fault::TokenRefused);
            hopeless = findings.iter().any(fatal).then_some("the connection test failed");
        }
        let verdict = match (&missing, findings.iter().any(|finding| !finding.fault.is_note()), case.optional)
        {
            (Some(_), ..) => Verdict::NotApplicable,
            (None, false, _) => Verdict::Passed,
            (None, true, true) => Verdict::Warning,
            (None, true, false) => Verdict::Failed,
        };
        let (reason, took) = (missing.map(str::to_owned), started.elapsed());
        outcomes.push(Outcome {
            name: case.name,
            about: case.about,
            verdict,
            reason,
            findings,
            exchanges,
            took,
        });
        bar.inc(1);
    }
    bar.set_message("cleaning up");
    let mut talk = Talk::new(&world);
    talk.clean_up().await;
    bar.finish_and_clear();
    let (findings, exchanges) = talk.end();
    if !findings.is_empty() {
        let (name, about) = ("Clean_Up", "what the cases made can be deleted");
        let took = Duration::ZERO;
        let verdict = Verdict::Warning;
        outcomes.push(Outcome { name, about, verdict, reason: None, findings, exchanges, took });
    }
    Ok(outcomes)
}

/// The reason why a case does not apply.
fn absent(need: Need, world: &World) -> Option<&'static str> {
    let (there, reason) = match need {
        Need::Active => (world.mapping.users.target("active").is_some(), "`active` is not mapped"),
        Need::Manager => (world.mapping.users.reference("manager").is_some(), "`manager` is not mapped"),
        Need::Groups => (world.mapping.groups.is_some(), "this system has users only"),
        Need::Secret => (
            world.credentials.as_ref().is_some_and(|it| it.secret.is_some()),
            "no `--token-endpoint`, `--client-id` and `--client-secret` were given",
        ),
        Need::Assertion => (
            world.credentials.as_ref().is_some_and(|it| it.assertion.is_some()),
            "no `--token-endpoint`, `--client-id` and `--assertion-file` were given",
        ),
    };
    (!there).then_some(reason)
}

fn contains(name: &str, part: &str) -> bool {
    name.to_ascii_lowercase().contains(&part.to_ascii_lowercase())
}

fn bar(shown: bool, cases: usize) -> ProgressBar {
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(cases as u64), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len}  {msg}") {
        bar.set_style(style);
    }
    bar
}
