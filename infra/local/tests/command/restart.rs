//! What is kept from one start to the next, and what is not.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;

use crate::server::Server;

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
