//! What it prints, and that what it prints is true.

use std::process::Command;

use serde_json::Value;

use crate::http::send;
use crate::server::{Server, run};

#[test]
fn the_printed_url_and_token_open_the_endpoint() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--ephemeral"]);
    assert!(server.tenant_url.starts_with("http://127.0.0.1:"), "{}", server.tenant_url);
    assert_eq!(server.get("/Users").get("totalResults"), Some(&Value::from(0)));

    let wrong = "GET /scim/v2/Users HTTP/1.1\r\nAuthorization: Bearer wrong";
    assert_eq!(send(&server.address(), wrong, "").0, 401);
}

#[test]
fn the_printed_commands_work_as_they_stand() {
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("skipped: there is no curl");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut server = Server::start(dir.path(), &["--ephemeral", "--token", "it's a $(token)"]);
    let banner = server.rest_of_banner();
    let commands: Vec<&str> =
        banner.lines().map(str::trim).filter(|line| line.starts_with("curl ")).collect();
    let answers: Vec<Value> = commands
        .iter()
        .map(|line| {
            let output = Command::new("sh").arg("-c").arg(line).output().unwrap();
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{line}: {output:?}"))
        })
        .collect();
    let [list, created, found] = answers.as_slice() else { panic!("three commands in {banner}") };
    assert_eq!(list.get("totalResults"), Some(&Value::from(0)));
    assert!(created.get("id").is_some(), "{created}");
    assert_eq!(found.pointer("/Resources/0/id"), created.get("id"));
}

#[test]
fn the_embedded_dynamodb_answers_at_its_own_url() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--ephemeral"]);
    let address = server.dynamodb.strip_prefix("http://").unwrap();
    let (status, body) = send(address, "GET / HTTP/1.1", "");
    assert_eq!((status, body.starts_with("healthy: dynamodb")), (200, true), "{body}");
}

#[test]
fn the_embedded_dynamodb_listens_where_it_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.2:0").unwrap().local_addr().unwrap();
    let server = Server::start(dir.path(), &["--ephemeral", "--dynamodb-listen", &free.to_string()]);
    assert_eq!(server.dynamodb, format!("http://{free}"));
    let (status, _) = send(&free.to_string(), "GET / HTTP/1.1", "");
    assert_eq!(status, 200);

    let output = run(dir.path(), &["--ephemeral", "--port", "0", "--dynamodb-listen", &free.to_string()]);
    let line = String::from_utf8(output.stderr).unwrap();
    assert!(line.contains(&format!("cannot listen on `{free}`")), "{line}");
}

#[test]
fn each_request_is_one_line_without_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--ephemeral"]);
    server.create("ada@example.com");
    server.get("/Users?filter=userName%20eq%20%22ada@example.com%22");
    let token = server.token.clone();
    let (_, _, log) = server.end("INT");
    assert_eq!(log.lines().count(), 2, "{log}");
    for line in log.lines() {
        assert!(line.contains("route=\"/scim/v2/Users\"") && line.contains("status=20"), "{line}");
    }
    // Request ids are hexadecimal and may have "ada".
    assert!(!log.contains("ada@") && !log.contains("ada%40") && !log.contains(&token), "{log}");
}

#[test]
fn help_and_version_are_answers_not_errors() {
    let dir = tempfile::tempdir().unwrap();
    for (flag, expected) in [("--help", "--dynamodb-url"), ("--help", "`token`"), ("--version", "rollcall ")]
    {
        let output = run(dir.path(), &[flag]);
        assert_eq!(output.status.code(), Some(0));
        assert!(String::from_utf8(output.stdout).unwrap().contains(expected));
    }
}
