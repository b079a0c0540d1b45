//! The endpoint under test: the whole stack in this process, or any deployed URL.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use directory::access::credential;
use directory::id::DirectoryId;
use gateway::auth::token::Token;
use gateway::settings::oidc::Oidc;
use rollcall::stack::data::Data;
use rollcall::stack::{Options, Stack};
use scim::profile::{Profiles, STANDARD};
use secrecy::{ExposeSecret, SecretString};

use crate::deployment::{DEPLOYMENT_SECRET, deployment};
use crate::names::unique;
use crate::runtime::block_on;
use crate::scratch;
use crate::{directories, profiles};

/// The target of requests, and the token.
#[derive(Clone)]
pub struct Endpoint {
    base: String,
    token: String,
    http: reqwest::Client,
    stack: Option<Arc<Stack>>,
    table: String,
}

static SHARED: LazyLock<Endpoint> = LazyLock::new(|| {
    // Fails harmlessly if it is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match std::env::var("ROLLCALL_TEST_URL") {
        Ok(url) => {
            let token = std::env::var("ROLLCALL_TEST_TOKEN")
                .expect("ROLLCALL_TEST_TOKEN together with ROLLCALL_TEST_URL");
            Endpoint::external(&url, &token)
        }
        Err(_) => Endpoint::start(),
    }
});

/// One directory for each requested profile.
static OF_PROFILE: Mutex<BTreeMap<String, Endpoint>> = Mutex::new(BTreeMap::new());

impl Endpoint {
    /// The endpoint that all tests of one binary share: `ROLLCALL_TEST_URL` with
    /// `ROLLCALL_TEST_TOKEN`, else the stack in this process.
    #[must_use]
    pub fn shared() -> &'static Self {
        &SHARED
    }

    /// Any deployed endpoint.
    #[must_use]
    pub fn external(url: &str, token: &str) -> Self {
        Self::new(url, token, None)
    }

    /// A separate stack, on the embedded DynamoDB or on the one in
    /// `ROLLCALL_TEST_DYNAMODB_URL`, with its own table.
    #[must_use]
    pub fn start() -> Self {
        Self::start_on(std::env::var("ROLLCALL_TEST_DYNAMODB_URL").ok())
    }

    /// A separate stack on the DynamoDB at this URL, or on an embedded one.
    #[must_use]
    pub fn start_on(dynamodb_url: Option<String>) -> Self {
        Self::start_as(Options { dynamodb_url, ..Options::default() })
    }

    /// A separate stack whose team signs in to the console as `oidc` says.
    #[must_use]
    pub fn start_with_oidc(oidc: Oidc) -> Self {
        let dynamodb_url = std::env::var("ROLLCALL_TEST_DYNAMODB_URL").ok();
        Self::start_as(Options { dynamodb_url, oidc: Some(oidc), ..Options::default() })
    }

    fn start_as(options: Options) -> Self {
        let table = format!("rollcall-test-{}", unique());
        let data = Data::Dir(scratch::directory());
        let mut profiles = Profiles::built_in();
        for (file, text) in profiles::OWN {
            profiles.add(file, text.to_owned());
        }
        let deployment_secret = Some(SecretString::from(DEPLOYMENT_SECRET));
        let options = Options { data, deployment_secret, table: table.clone(), profiles, ..options };
        let stack = block_on(Stack::start(options)).unwrap_or_else(|error| panic!("no stack: {error}"));
        let (url, token) = (stack.tenant_url().to_owned(), stack.token().to_owned());
        Self { table, ..Self::new(&url, &token, Some(Arc::new(stack))) }
    }

    /// The endpoint with a directory of this profile, which all tests share; `None` with a note
    /// where there is none.
    #[must_use]
    pub fn of_profile(profile: &str) -> Option<Self> {
        if profile == STANDARD {
            return Some(Self::shared().clone());
        }
        let mut started = OF_PROFILE.lock().unwrap_or_else(PoisonError::into_inner);
        if !started.contains_key(profile) {
            started.insert(profile.to_owned(), Self::empty_directory_of(profile)?);
        }
        started.get(profile).cloned()
    }

    /// A directory without resources, with its own token, on the shared stack; `None` with a
    /// note where the server is not in this process.
    #[must_use]
    pub fn empty_directory() -> Option<Self> {
        Self::empty_directory_of(STANDARD)
    }

    /// Like [`Endpoint::empty_directory`], with this profile.
    #[must_use]
    pub fn empty_directory_of(profile: &str) -> Option<Self> {
        Self::shared().new_directory(profile)
    }

    /// Like [`Endpoint::empty_directory_of`], on the stack of this endpoint.
    #[must_use]
    pub fn new_directory(&self, profile: &str) -> Option<Self> {
        let stack = self.stack()?;
        let record = directories::record(&stack.profiles().get(profile).expect("a profile"));
        Some(self.with_token(&directories::put(&stack.table(), &record)))
    }

    /// An empty directory with a user, and the endpoint with a token whose subject is this
    /// user; and the user's id.
    #[must_use]
    pub fn with_subject() -> Option<(Self, Self, String)> {
        let system = Self::empty_directory()?;
        let id = system.create_user(&unique(), &serde_json::json!({}));
        let own = system.by_another_credential(Some(&id))?;
        Some((system, own, id))
    }

    /// The stack, if it runs in this process; otherwise prints a note about the skipped test.
    #[must_use]
    pub fn stack(&self) -> Option<&Stack> {
        if self.stack.is_none() {
            skipped("needs the server in its own process");
        }
        self.stack.as_deref()
    }

    /// Whether tests run on the embedded DynamoDB; otherwise prints a note about the skipped
    /// test, with `why`.
    #[must_use]
    pub fn is_embedded(why: &str) -> bool {
        let embedded = std::env::var_os("ROLLCALL_TEST_DYNAMODB_URL").is_none();
        if !embedded {
            skipped(why);
        }
        embedded
    }

    /// The same endpoint with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: token.to_owned(), ..self.clone() }
    }

    /// The same directory with a new credential, which no cache contains; it may have a user as
    /// subject. `None` with a note where the server is not in this process.
    #[must_use]
    pub fn by_another_credential(&self, subject: Option<&str>) -> Option<Self> {
        let (stack, directory) = (self.stack()?, self.directory());
        let (token, mut credential) = Token::mint(&directory, &deployment()).expect("a token");
        credential.subject = subject.map(str::to_owned);
        block_on(credential::create(&stack.table(), &directory, &credential)).expect("a credential");
        Some(self.with_token(token.expose_secret()))
    }

    /// The directory of the token.
    #[must_use]
    pub fn directory(&self) -> DirectoryId {
        Token::parse(&self.token).expect("a token of our own").directory
    }

    /// The name of the table, when the stack runs in this process.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The Tenant URL without a slash at its end.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The HTTP client.
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    fn new(url: &str, token: &str, stack: Option<Arc<Stack>>) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Redirects would hide a wrong path.
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            base: url.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
            http: http.build().expect("an HTTP client"),
            stack,
            table: String::new(),
        }
    }
}

fn skipped(why: &str) {
    let test = std::thread::current();
    // `eprintln!` would show the line only for failed tests.
    let line = format!("skipped: {} {why}\n", test.name().unwrap_or("a test"));
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
}

impl std::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Endpoint").field("base", &self.base).finish_non_exhaustive()
    }
}
