//! What is kept from one start to the next, and what is not.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::http::send;
use crate::server::Server;
use crate::tool::say;

fn total(server: &Server) -> Option<u64> {
    server.get("/Users").get("totalResults").and_then(Value::as_u64)
}

#[test]
fn a_restart_has_the_same_token_and_users() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::start(dir.path(), &[]);
    let (token, key) = (first.token.clone(), first.administrator_key.clone());
    let user = first.create("ada@example.com");
    first.end("INT");

    let mode = |path| fs::metadata(dir.path().join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(".rollcall"), mode(".rollcall/token")), (0o700, 0o600));
    assert_eq!(mode(".rollcall/administrator-key"), 0o600);
    assert_eq!(mode(".rollcall/deployment-secret"), 0o600);

    let second = Server::start(dir.path(), &[]);
    assert_eq!((&second.token, &second.administrator_key), (&token, &key));
    assert_ne!(token, key);
    let id = user.get("id").and_then(Value::as_str).unwrap();
    assert_eq!(second.get(&format!("/Users/{id}")).get("userName"), user.get("userName"));
}

#[test]
fn an_acknowledged_write_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::start(dir.path(), &[]);
    for n in 0..20 {
        first.create(&format!("user-{n}"));
    }
    let (status, _, _) = first.end("KILL");
    assert!(!status.success());
    assert_eq!(total(&Server::start(dir.path(), &[])), Some(20));
}

#[test]
fn a_deleted_token_is_replaced_and_the_data_stays() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::start(dir.path(), &[]);
    let token = first.token.clone();
    first.create("ada");
    first.end("TERM");
    fs::remove_file(dir.path().join(".rollcall/token")).unwrap();
    let second = Server::start(dir.path(), &[]);
    assert_ne!(second.token, token);
    assert_eq!(total(&second), Some(1));
}

#[test]
fn a_token_of_ones_own_is_used_and_not_kept() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::start(dir.path(), &["--token", "x"]);
    assert_eq!(first.token, "x");
    first.create("ada");
    first.end("INT");
    let second = Server::start(dir.path(), &[]);
    assert_ne!(second.token, "x");
    assert_eq!(total(&second), Some(1));
}

#[test]
fn ephemeral_keeps_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::start(dir.path(), &["--ephemeral"]);
    let token = first.token.clone();
    first.create("ada");
    first.end("INT");
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "the temporary directory is gone");
    let second = Server::start(dir.path(), &["--ephemeral"]);
    assert_ne!(second.token, token);
    assert_eq!(total(&second), Some(0));
}

#[test]
fn what_a_start_before_gave_as_token_opens_nothing_any_more() {
    let dir = tempfile::tempdir().unwrap();
    let mut tokens = Vec::new();
    for args in [&["--token", "x"][..], &[], &["--token", "y"], &[]] {
        let mut server = Server::start(dir.path(), args);
        let own = server.token.clone();
        for token in &tokens {
            server.token.clone_from(token);
            let status = send(&server.address(), &server.head("GET", "/Users"), "").0;
            assert_eq!(status, if *token == own { 200 } else { 401 }, "{args:?}: {token}");
        }
        tokens.push(own);
        server.end("INT");
    }
    assert_eq!(tokens.get(1), tokens.get(3), "the one that is kept is good again");
}

#[test]
fn a_start_ends_an_erasure_and_begins_anew() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::start(dir.path(), &[]);
    let token = first.token.clone();
    first.create("ada");
    say(&first, dir.path(), &["directory", "erase", "local", "--confirm", "local"]).ok();
    // Its erasure waits for a minute; what is erased is not verified.
    say(&first, dir.path(), &["verify"]).ok();
    assert_eq!(say(&first, dir.path(), &["verify", "local"]).code, 1);
    first.end("INT");
    let second = Server::start(dir.path(), &[]);
    assert_eq!((&second.token, total(&second)), (&token, Some(0)));
    let receipts = say(&second, dir.path(), &["directory", "receipts", "--json"]).ok().json();
    let done = receipts.first().and_then(|receipt| receipt.get("done")).and_then(Value::as_str);
    assert!(done.is_some(), "{receipts:?}");
}
