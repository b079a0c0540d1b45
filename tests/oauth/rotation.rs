//! Secrets are rotated while a provisioning service works, and none of its requests fails.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use entra::mapping::Mapping;
use entra::sync::{Options, Report, Source, run};
use entra::wire::credentials::Credentials;
use entra::wire::secret::Secret;
use entra::wire::tokens::Tokens;
use serde_json::json;
use tests::issuer::{Issuer, SigningKey};
use tests::runtime::block_on;

use crate::app::{App, Client};

const SUBJECT: &str = "0f5e2c1a-0000-4000-8000-000000000001";
const AUDIENCE: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

/// The size of a run, and how often each secret is rotated in it.
#[derive(Clone, Copy)]
struct Size {
    users: usize,
    groups: usize,
    /// How long the old and the new one are both valid.
    overlap: Duration,
    /// How often tokens are renewed before they expire.
    renew: Duration,
}

/// Seconds in a debug build.
const SMALL: Size =
    Size { users: 240, groups: 6, overlap: Duration::from_secs(3), renew: Duration::from_millis(100) };
/// The size that the design requires, for release builds.
const LARGE: Size =
    Size { users: 10_000, groups: 100, overlap: Duration::from_secs(15), renew: Duration::from_secs(3) };

/// A file with a secret, always replaced as a whole.
struct Kept {
    folder: tempfile::TempDir,
}

impl Kept {
    fn new(text: &str) -> Self {
        let kept = Self { folder: tempfile::tempdir().unwrap() };
        kept.put(text);
        kept
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("secret")
    }

    fn secret(&self) -> Secret {
        Secret::File(self.path())
    }

    fn put(&self, text: &str) {
        let beside = self.folder.path().join("beside");
        std::fs::write(&beside, text).unwrap();
        std::fs::rename(&beside, Path::new(&self.path())).unwrap();
    }
}

/// The minimum number of rotations during requests, however fast the machine is.
const ROTATIONS: usize = 3;

/// Provisions a generated company with `tokens`, and continues with changes until [`ROTATIONS`] are
/// done.
fn provision(app: &App, mapping: &str, tokens: Tokens, size: Size, mut rotate: impl FnMut() + Send) {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        cycles: 3,
        verify: true,
        // One failed request fails the test.
        retries: 0,
        settle: 0,
        tokens,
        state: Some(folder.path().join("state")),
        ..Options::new(
            app.endpoint.base(),
            "",
            Mapping::builtin(mapping).unwrap(),
            Source::Generated { users: size.users, groups: size.groups, seed: 5 },
        )
    };
    let (done, times) = (AtomicBool::new(false), AtomicUsize::new(0));
    let begun = Instant::now();
    let mut requests = 0;
    thread::scope(|scope| {
        let _done = OnDrop(&done);
        let rotating = scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                rotate();
                times.fetch_add(1, Ordering::Relaxed);
            }
        });
        while times.load(Ordering::Relaxed) < ROTATIONS {
            assert!(!rotating.is_finished(), "the rotation failed");
            let report = block_on(run(options.clone())).unwrap();
            faultless(&report);
            requests += report.cycles.iter().map(|cycle| cycle.requests).sum::<u64>();
        }
    });
    let line = format!("{requests} requests, {times:?} rotations in {:?}: none failed\n", begun.elapsed());
    let _ = std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes());
}

/// Ends the rotation when the load ends, successful or not.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[track_caller]
fn faultless(report: &Report) {
    assert!(report.is_good(), "{}", report.summary());
    for cycle in &report.cycles {
        for what in ["failed", "retries", "throttled"] {
            assert_eq!(cycle.count(what), 0, "{what} in cycle {}: {}", cycle.number, report.summary());
        }
        assert!(cycle.tally.failed.is_empty() && cycle.tally.references.is_empty(), "{}", report.summary());
    }
}

fn endpoint(app: &App, client: &Client) -> Credentials {
    Credentials {
        endpoint: format!("{}/oauth/token", app.origin()),
        client_id: client.client_id.clone(),
        secret: None,
        assertion: None,
        refresh: None,
    }
}

fn tokens(credentials: Credentials, size: Size) -> Tokens {
    Tokens::issued(credentials, Some(size.renew), Duration::from_secs(30)).unwrap()
}

fn client_secret(size: Size) {
    let Some(app) = App::of_profile("entra-gallery") else { return };
    let client = app.client(json!({"label": "Entra"}));
    let kept = Kept::new(&client.secret);
    let credentials = Credentials { secret: Some(kept.secret()), ..endpoint(&app, &client) };
    let secrets = format!("/clients/{}/secrets", client.id);
    let shown = app.administer("GET", &format!("/clients/{}", client.id), None).json();
    let mut old = shown["secrets"][0]["id"].as_str().unwrap().to_owned();
    provision(&app, "standard", tokens(credentials, size), size, || {
        let made = app.administer("POST", &secrets, Some(json!({}))).json();
        kept.put(made["clientSecret"].as_str().unwrap());
        thread::sleep(size.overlap);
        assert_eq!(app.administer("DELETE", &format!("{secrets}/{old}"), None).status, 204);
        old = made["id"].as_str().unwrap().to_owned();
    });
}

fn issuers_key(size: Size) {
    let Some(app) = App::of_profile("entra-gallery") else { return };
    let mut key = SigningKey::rsa("key-0", 0);
    let issuer = Issuer::start(&[&key]);
    let federation = json!({"issuer": issuer.name(), "jwksUri": issuer.jwks_uri(), "subject": SUBJECT,
        "audiences": [AUDIENCE], "tenant": "tenant-of-the-customer"});
    let client = app.client(json!({"label": "federated", "federation": federation}));
    let kept = Kept::new(&key.sign(&issuer.claims(SUBJECT, AUDIENCE)));
    let credentials = Credentials { assertion: Some(kept.secret()), ..endpoint(&app, &client) };
    let mut number = 0;
    provision(&app, "standard", tokens(credentials, size), size, || {
        // Real issuers do not change their key many times a minute, so Rollcall does not
        // read the keys that often.
        if number < 4 {
            number += 1;
            let next = if number % 2 == 1 {
                SigningKey::ec(&format!("key-{number}"))
            } else {
                SigningKey::rsa(&format!("key-{number}"), number / 2 % 2)
            };
            issuer.publish(&[&key, &next]);
            kept.put(&next.sign(&issuer.claims(SUBJECT, AUDIENCE)));
            thread::sleep(size.overlap);
            issuer.publish(&[&next]);
            key = next;
        }
        thread::sleep(Duration::from_millis(100));
    });
    assert!(number > 1, "only {number} rotations");
    // The last rotation may come after the last token request.
    assert!(issuer.asked() + 1 >= number, "{} of {number}", issuer.asked());
}

fn static_token(size: Size) {
    let Some(app) = App::of_profile("workgrid") else { return };
    let make = || {
        let made = app.administer("POST", "/credentials", Some(json!({"label": "Entra"})));
        assert_eq!(made.status, 201, "{made:?}");
        let made = made.json();
        let text = |name: &str| made[name].as_str().unwrap_or_else(|| panic!("no {name}: {made}")).to_owned();
        (text("id"), text("token"))
    };
    let (mut old, token) = make();
    let kept = Kept::new(&token);
    provision(&app, "workgrid", Tokens::secret(kept.secret()), size, || {
        let (next, token) = make();
        kept.put(&token);
        thread::sleep(size.overlap);
        let revoked = app.administer("DELETE", &format!("/credentials/{old}"), None);
        assert_eq!(revoked.status, 204, "{revoked:?}");
        old = next;
    });
}

fn refresh_tokens(size: Size) {
    let Some(app) = App::of_profile("chatwork") else { return };
    let client = app.authorized_client();
    let reply = app.exchange(&client, &app.code(&client));
    let first = reply.json()["refresh_token"].as_str().unwrap().to_owned();
    let kept = Kept::new(&first);
    let credentials = Credentials {
        secret: Some(Secret::given(&client.secret)),
        refresh: Some(kept.secret()),
        ..endpoint(&app, &client)
    };
    provision(&app, "chatwork", tokens(credentials, size), size, || thread::sleep(size.overlap));
    let last = std::fs::read_to_string(kept.path()).unwrap();
    let generation = |token: &str| token.split('_').nth(3).unwrap().parse::<u32>().unwrap();
    assert!(generation(&last) > generation(&first) + 3, "{last}");
}

#[test]
fn a_client_secret_is_rotated_under_load() {
    client_secret(SMALL);
}

#[test]
fn an_issuers_key_is_rotated_under_load() {
    issuers_key(SMALL);
}

#[test]
fn a_static_token_is_rotated_under_load() {
    static_token(SMALL);
}

#[test]
fn refresh_tokens_follow_each_other_under_load() {
    refresh_tokens(SMALL);
}

#[test]
#[ignore = "an hour in a debug build: 10,000 users, four times"]
fn everything_is_rotated_under_ten_thousand_users() {
    client_secret(LARGE);
    issuers_key(LARGE);
    static_token(LARGE);
    refresh_tokens(LARGE);
}
