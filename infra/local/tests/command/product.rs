//! The example product (`tests/examples/product`) with the server: its sessions end with their users, and
//! after kills its database has what the directory has.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::http::{exchange, send};
use crate::load::{Client, Server as Address};
use crate::server::Server;
use crate::tool::say;

/// Prints the database of the product as JSON.
const DUMP: &str = "
import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(json.dumps({
    'accounts': {id: [name, bool(active)] for id, name, active in db.execute('SELECT id, name, active FROM account')},
    'teams': dict(db.execute('SELECT id, name FROM team')),
    'members': db.execute('SELECT team, id FROM member ORDER BY team, id').fetchall(),
}))";

/// The product in a process of its own. Killed when dropped.
struct Product {
    child: Child,
    address: String,
}

impl Product {
    /// Starts it with the database in `dir`.
    fn start(dir: &Path, server: &Server, token: &str) -> Self {
        let program =
            PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/examples/product/product.py");
        let mut command = Command::new("python3");
        command.current_dir(dir).arg(program).args(["--port", "0"]);
        command.args(["--rollcall", &format!("http://{}", server.address())]).env("ROLLCALL_TOKEN", token);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").expect("the address of the page").to_owned();
        Self { child, address }
    }

    /// Signs `id` in. Returns the cookie; `None` when that is refused.
    fn sign_in(&self, id: &str) -> Option<String> {
        let (status, head, _) =
            exchange(&self.address, "POST /sign-in HTTP/1.1", &format!("account={id}")).unwrap();
        let cookie = head.lines().find_map(|line| line.strip_prefix("Set-Cookie: "));
        (status == 303).then(|| cookie.unwrap().split(';').next().unwrap().to_owned())
    }

    fn is_signed_in(&self, cookie: &str) -> bool {
        let (status, _) = send(&self.address, &format!("GET /me HTTP/1.1\r\nCookie: {cookie}"), "");
        status == 200
    }

    fn page(&self) -> String {
        send(&self.address, "GET / HTTP/1.1", "").1
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        // SIGKILL.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// Waits until the condition holds. Returns how long that took.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
    started.elapsed()
}

/// A token that reads events; `None` with a note where there is no Python.
fn token(dir: &Path, server: &Server) -> Option<String> {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: needs python3");
        return None;
    }
    let create = ["credential", "create", "local", "--label", "product", "--scope", "events", "--json"];
    Some(say(server, dir, &create).ok().json()[0]["token"].as_str().unwrap().to_owned())
}

#[test]
fn a_session_ends_when_its_user_is_disabled() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let Some(token) = token(dir.path(), &server) else { return };
    let [ann, bob] = ["ann", "bob"].map(|name| server.create(name)["id"].as_str().unwrap().to_owned());
    let product = Product::start(dir.path(), &server, &token);
    until("the snapshot", || product.page().contains("bob"));
    let [a, b] = [&ann, &bob].map(|id| product.sign_in(id).unwrap());
    assert!(product.is_signed_in(&a) && product.is_signed_in(&b));
    let disable = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "path": "active", "value": false }] });
    let head = server.head("PATCH", &format!("/Users/{ann}"));
    assert_eq!(send(&server.address(), &head, &disable.to_string()).0, 200);
    let took = until("the session of a disabled user", || !product.is_signed_in(&a));
    assert!(took < Duration::from_secs(5), "{took:?}");
    assert_eq!(product.sign_in(&ann), None);
    let delete = server.head("DELETE", &format!("/Users/{bob}"));
    assert_eq!(send(&server.address(), &delete, "").0, 204);
    until("the session of a deleted user", || !product.is_signed_in(&b));
    let _ = server.create("carla");
    until("a new user", || product.page().contains("carla") && !product.page().contains("bob"));
}

#[test]
fn the_product_has_what_the_directory_has_after_kills() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let Some(token) = token(dir.path(), &server) else { return };
    let address = Address::of(&server);
    let seed = fastrand::u64(..1_000_000_000);
    eprintln!("seed {seed}");
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut clients: Vec<Client> = (0..3).map(|number| Client::new(number, seed + number)).collect();
    let shared = clients[0].create_shared(&address, "everybody");
    let is_over = &AtomicBool::new(false);
    std::thread::scope(|scope| {
        for client in &mut clients {
            let (address, shared) = (&address, &shared);
            scope.spawn(move || while !is_over.load(Ordering::SeqCst) && client.step(address, shared) {});
        }
        for _ in 0..5 {
            let product = Product::start(dir.path(), &server, &token);
            std::thread::sleep(Duration::from_millis(rng.u64(100..1_000)));
            drop(product);
        }
        is_over.store(true, Ordering::SeqCst);
    });
    assert!(clients.iter().map(|client| client.acknowledged).sum::<usize>() > 100);
    let _product = Product::start(dir.path(), &server, &token);
    let expected = expected(&server);
    let mut found = Value::Null;
    until("the database is not the directory", || {
        found = dump(dir.path());
        found == expected || {
            std::thread::sleep(Duration::from_millis(200));
            false
        }
    });
}

/// What the database should have.
fn expected(server: &Server) -> Value {
    let all = |path: &str| server.get(&format!("{path}?count=1000"))["Resources"].as_array().unwrap().clone();
    let text = |resource: &Value, name: &str| resource[name].as_str().unwrap().to_owned();
    let accounts: BTreeMap<_, _> = all("/Users")
        .iter()
        .map(|user| (text(user, "id"), (text(user, "userName"), user["active"] != json!(false))))
        .collect();
    let groups = all("/Groups");
    let teams: BTreeMap<_, _> = groups.iter().map(|it| (text(it, "id"), text(it, "displayName"))).collect();
    let members: BTreeSet<_> = groups
        .iter()
        .flat_map(|group| {
            let members = group["members"].as_array().cloned().unwrap_or_default();
            members.into_iter().map(move |member| (text(group, "id"), text(&member, "value")))
        })
        .collect();
    json!({ "accounts": accounts, "teams": teams, "members": members })
}

fn dump(dir: &Path) -> Value {
    let output =
        Command::new("python3").args(["-c", DUMP, "product.sqlite"]).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}
