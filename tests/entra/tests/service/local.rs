//! The real server, in this process: one for all tests, with a directory for each.

use std::sync::LazyLock;

use directory::access::credential;
use directory::id::DirectoryId;
use directory::registry::record::{self, DirectoryRecord};
use entra::mapping::Mapping;
use entra::sync::{Options, Report, Source, run};
use gateway::auth::token::Token;
use rollcall::stack::{Options as Local, Stack};
use secrecy::ExposeSecret;
use tokio::runtime::{Builder, Runtime};

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().enable_all().build().expect("a runtime"));

static STACK: LazyLock<Stack> =
    LazyLock::new(|| RUNTIME.block_on(Stack::start(Local::default())).expect("a stack"));

/// Runs `future` to its end; test threads call this at the same time.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    RUNTIME.block_on(future)
}

/// Runs `future` in the background.
pub(crate) fn spawn<F>(future: F)
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    RUNTIME.spawn(future);
}

/// An endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    pub(crate) token: String,
}

/// An empty directory of this profile.
pub(crate) fn directory(profile: &str) -> Endpoint {
    let id: DirectoryId = format!("entra-{:016x}", fastrand::u64(..)).parse().expect("an id");
    let (token, credential) = Token::mint(&id, STACK.deployment()).expect("a token");
    let record = DirectoryRecord::new(id.clone(), "test", &STACK.profiles().get(profile).expect("a profile"));
    let table = STACK.table();
    block_on(async {
        record::create(&table, &record).await.expect("a directory");
        credential::create(&table, &id, &credential).await.expect("a credential");
    });
    Endpoint { url: STACK.tenant_url().to_owned(), token: token.expose_secret().to_owned() }
}

pub(crate) fn mapping(profile: &str) -> Mapping {
    Mapping::builtin(profile).unwrap()
}

/// A small tenant, three incremental cycles, and a check of the result.
pub(crate) fn options(endpoint: &Endpoint, profile: &str) -> Options {
    let source = Source::Generated { users: 40, groups: 6, seed: 11 };
    Options {
        cycles: 3,
        verify: true,
        ..Options::new(&endpoint.url, &endpoint.token, mapping(profile), source)
    }
}

/// Runs it.
pub(crate) fn sync(options: Options) -> Report {
    block_on(run(options)).unwrap()
}

/// It succeeded, and the target equals the source.
#[track_caller]
pub(crate) fn good(report: &Report) {
    assert!(report.is_good(), "{}", report.summary());
    let verification = report.verification.as_ref().unwrap();
    assert!(verification.resources > 0 && verification.values > verification.resources);
}
