//! What keeps it from starting: one clear line on stderr, exit code 2.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use directory::secret::deployment::DeploymentSecret;
use gateway::auth::token::Token;
use secrecy::ExposeSecret;

use crate::server::{Server, run};

/// Starting with `args` must fail with one line that contains all `words`.
#[track_caller]
pub(crate) fn refused(dir: &Path, args: &[&str], words: &[&str]) {
    let output = run(dir, args);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
    assert_eq!(stderr.lines().count(), 1, "{args:?}: {stderr}");
    assert!(output.stdout.is_empty(), "{args:?}");
    for word in words {
        assert!(stderr.contains(word), "{args:?}: no `{word}` in {stderr}");
    }
}

#[test]
fn malformed_flags() {
    let dir = tempfile::tempdir().unwrap();
    for (args, word) in [
        (vec!["--port", "http"], "--port"),
        (vec!["--port", "65536"], "--port"),
        (vec!["--port"], "--port"),
        (vec!["--prot", "1"], "--prot"),
        (vec!["extra"], "extra"),
        (vec!["--host", "nowhere"], "--host"),
        (vec!["--ephemeral", "--data", "x"], "--data"),
    ] {
        refused(dir.path(), &args, &[word]);
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
}

#[test]
fn settings_of_openid_connect_that_let_no_person_in() {
    let dir = tempfile::tempdir().unwrap();
    let start = ["--ephemeral", "--port", "0"];
    refused(dir.path(), &[&start[..], &["--oidc-only"]].concat(), &["--oidc"]);
    let args = [&start[..], &["--oidc", "oidc.json"]].concat();
    refused(dir.path(), &args, &["--oidc", "`oidc.json`"]);
    for (text, word) in [
        (r#"{"issuer":"https://ex.io","clientId":"c","clientSecret":["hidden"]}"#, "line 1"),
        (r#"{"issuer":"https://ex.io","clientId":"c"}"#, "no person"),
    ] {
        fs::write(dir.path().join("oidc.json"), text).unwrap();
        refused(dir.path(), &args, &["`oidc.json`", word]);
    }
}

#[test]
fn tokens_that_no_request_can_bring() {
    let dir = tempfile::tempdir().unwrap();
    for token in ["", " ", " x", "x ", "a\nb", "é", &"x".repeat(5000)] {
        refused(dir.path(), &["--ephemeral", "--port", "0", "--token", token], &["--token"]);
    }
    let (other, _) =
        Token::mint(&"acme".parse().unwrap(), &DeploymentSecret::parse(&"d".repeat(32)).unwrap()).unwrap();
    let args = ["--ephemeral", "--port", "0", "--token", other.expose_secret()];
    refused(dir.path(), &args, &["--token", "another directory"]);
}

#[test]
fn a_busy_port() {
    let dir = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    refused(dir.path(), &["--port", &port, "--ephemeral"], &[&port, "in use", "--port"]);
}

#[test]
fn a_second_server_on_the_same_data() {
    let dir = tempfile::tempdir().unwrap();
    let first = Server::start(dir.path(), &["--data", "d"]);
    refused(dir.path(), &["--port", "0", "--data", "d"], &["another server", "`d`"]);
    assert_eq!(first.get("/Users").pointer("/totalResults"), Some(&0.into()));
}

#[test]
fn a_data_file_that_is_not_one() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("d/dynamodb.sqlite");
    fs::create_dir(dir.path().join("d")).unwrap();
    fs::write(&file, "this is not a database, and it is long enough to be sure".repeat(100)).unwrap();
    let before = fs::read(&file).unwrap();
    refused(dir.path(), &["--port", "0", "--data", "d"], &["d/dynamodb.sqlite", "not a database"]);
    assert_eq!(fs::read(&file).unwrap(), before, "it was left alone");
}

#[test]
fn a_damaged_data_file() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--data", "d"]);
    server.create("ada");
    server.end("INT");
    // The header stays, the tables' directory after it does not.
    let file = dir.path().join("d/dynamodb.sqlite");
    let mut bytes = fs::read(&file).unwrap();
    bytes.iter_mut().skip(100).take(3900).for_each(|byte| *byte = 0xa5);
    fs::write(&file, bytes).unwrap();
    refused(dir.path(), &["--port", "0", "--data", "d"], &["d/dynamodb.sqlite", "damaged"]);
}

#[test]
fn a_data_file_that_cannot_be_opened() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("d/dynamodb.sqlite")).unwrap();
    refused(dir.path(), &["--port", "0", "--data", "d"], &["d/dynamodb.sqlite", "cannot be opened"]);
}

#[test]
fn a_data_directory_that_cannot_be_made() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("file"), "").unwrap();
    refused(dir.path(), &["--port", "0", "--data", "file/d"], &["data directory", "`file/d`"]);
    refused(dir.path(), &["--port", "0", "--data", "file"], &["data directory", "`file`"]);
}

#[test]
fn a_kept_token_that_is_not_one() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("d")).unwrap();
    for text in [&b""[..], b"secret\n", b"\xff\xfe"] {
        fs::write(dir.path().join("d/token"), text).unwrap();
        refused(dir.path(), &["--port", "0", "--data", "d"], &["d/token", "delete it"]);
    }
}

#[test]
fn a_dynamodb_that_is_not_there() {
    let dir = tempfile::tempdir().unwrap();
    // The port is closed once the listener is dropped.
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{free}");
    refused(dir.path(), &["--port", "0", "--ephemeral", "--dynamodb-url", &url], &[&url, "refused"]);
    for malformed in ["localhost:8000", "ftp://localhost", "", "http://", "http://a b"] {
        let args = ["--port", "0", "--ephemeral", "--dynamodb-url", malformed];
        refused(dir.path(), &args, &["cannot use the DynamoDB at", "http://localhost:8000"]);
    }
}

#[test]
fn a_table_name_that_dynamodb_refuses() {
    let dir = tempfile::tempdir().unwrap();
    refused(dir.path(), &["--port", "0", "--ephemeral", "--table", "a b"], &["`a b`"]);
}
