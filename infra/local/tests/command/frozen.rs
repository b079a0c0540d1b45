//! A server that is suspended, as Lambda suspends a function between requests: while the monotonic clock
//! stands still, what was remembered expires all the same.
//!
//! The clocks are those of the C library, in front of which `frozen.c` is loaded: the shipped program has
//! no part in the test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::http::send;
use crate::server::Server;

/// How long the server seems to be suspended, in seconds: longer than a holder is remembered.
const SUSPENDED: &str = "40";

/// The library in front of the clock; `None` with a note where there is no C compiler.
fn library(dir: &Path) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command/frozen.c");
    let library = dir.join("frozen.so");
    let compile =
        Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl").status();
    match compile {
        Ok(status) => assert!(status.success(), "frozen.c does not compile"),
        Err(error) => {
            eprintln!("skipped: needs a C compiler, and `cc` cannot be started: {error}");
            return None;
        }
    }
    Some(library)
}

fn status(server: &Server, token: &str) -> u16 {
    let head = format!("GET /scim/v2/Users?count=0 HTTP/1.1\r\nAuthorization: Bearer {token}");
    send(&server.address(), &head, "").0
}

fn administer(server: &Server, method: &str, path: &str, body: &str) -> Value {
    let head = format!(
        "{method} /admin/directories{path} HTTP/1.1\r\nAuthorization: Bearer {}\r\nContent-Type: application/json",
        server.administrator_key
    );
    let (status, body) = send(&server.address(), &head, body);
    assert!((200..300).contains(&status), "{status} {body}");
    if body.is_empty() { Value::Null } else { serde_json::from_str(&body).unwrap() }
}

#[test]
fn a_suspended_server_forgets_what_was_revoked_and_paused_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let Some(library) = library(dir.path()) else { return };
    let seconds = dir.path().join("suspended");
    let environment = [("LD_PRELOAD", library.as_path()), ("SUSPENDED", seconds.as_path())];
    let flags = ["--directory", "paused=standard"];
    let server = Server::start_with(dir.path(), &environment, &flags);
    let made = administer(&server, "POST", "/local/credentials", r#"{"label":"leaked"}"#);
    let revoked = made["token"].as_str().unwrap();
    let paused = std::fs::read_to_string(dir.path().join(".rollcall/token-paused")).unwrap();
    let paused = paused.trim();
    for token in [&server.token, revoked, paused] {
        assert_eq!(status(&server, token), 200);
    }
    administer(&server, "DELETE", &format!("/local/credentials/{}", made["id"].as_str().unwrap()), "");
    administer(&server, "PATCH", "/paused", r#"{"state":"paused"}"#);
    assert_eq!((status(&server, revoked), status(&server, paused)), (200, 200), "remembered for 30 seconds");
    server.signal("STOP");
    std::thread::sleep(Duration::from_millis(200));
    std::fs::write(&seconds, SUSPENDED).unwrap();
    server.signal("CONT");
    assert_eq!((status(&server, revoked), status(&server, paused)), (401, 403));
    assert_eq!(status(&server, &server.token), 200);
}
