//! `rollcall subscription`.

use std::io::{Read, Write};
use std::net::TcpListener;

use serde_json::Value;

use crate::server::Server;
use crate::tool::say;

/// An endpoint that takes everything.
fn endpoint() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 8192]);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
        }
    });
    url
}

#[test]
fn a_subscription_is_created_tested_changed_and_deleted() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let run = |args: &[&str]| say(&server, dir.path(), &[&["subscription"], args].concat());
    let one = |args: &[&str]| -> Value { run(&[args, &["--json"]].concat()).ok().json().remove(0) };
    let create = ["create", "local", "--label", "product", "--webhook"];
    let made = one(&[&create[..], &[&endpoint(), "--type", "user.created", "--ed25519"]].concat());
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"), "{made}");
    assert!(made["publicKey"].as_str().unwrap().starts_with("whpk_"), "{made}");
    let id = made["id"].as_str().unwrap();
    assert_eq!(one(&["show", "local", id])["types"], serde_json::json!(["user.created"]));
    assert_eq!(one(&["test", "local", id])["status"], 204);
    assert!(one(&["rotate", "local", id, "--overlap-hours", "1"])["secret"].is_string());
    assert_eq!(one(&["pause", "local", id])["state"], "paused");
    assert_eq!(one(&["resume", "local", id])["state"], "active");
    assert_eq!(one(&["recover", "local", id, "--after", "0"])["cursor"], 0);
    assert_eq!(one(&["recover", "local", id, "--since", "2020-01-01T00:00:00Z"])["cursor"], 0);
    assert!(run(&["dead-letters", "local", id, "--json"]).ok().json().is_empty());
    assert!(run(&["resend", "local", id, "1"]).err.contains("no dead letter"));
    let table = run(&["list", "local"]).ok().out;
    assert!(table.contains(id) && table.contains("active"), "{table}");
    let closed = one(&[&create[..], &["http://127.0.0.1:9/", "--start", "oldest"]].concat());
    let failed = run(&["test", "local", closed["id"].as_str().unwrap()]);
    assert!(failed.code == 1 && failed.out.contains("no answer"), "{failed:?}");
    run(&["delete", "local", id]).ok();
    assert_eq!(run(&["list", "local", "--json"]).ok().json().len(), 1);
}
