//! How it ends: soon, in good order, exit code 0, whatever client still holds a
//! connection.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::server::Server;

#[track_caller]
fn ends_cleanly(server: Server, signal: &str) {
    let (status, took, log) = server.end(signal);
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(took < Duration::from_secs(6), "took {took:?}: {log}");
    assert!(!log.contains("ERROR") && !log.contains("WARN"), "{log}");
}

#[test]
fn ctrl_c_and_sigterm_end_it() {
    let dir = tempfile::tempdir().unwrap();
    for signal in ["INT", "TERM"] {
        let server = Server::start(dir.path(), &[]);
        server.create(signal);
        ends_cleanly(server, signal);
    }
}

#[test]
fn idle_connections_do_not_hold_it_up() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--ephemeral"]);
    let mut idle = TcpStream::connect(server.address()).unwrap();
    write!(idle, "{}\r\nHost: x\r\n\r\n", server.head("GET", "/Users")).unwrap();
    assert_ne!(idle.read(&mut [0; 1024]).unwrap(), 0);
    let _silent = TcpStream::connect(server.address()).unwrap();
    ends_cleanly(server, "INT");
}

#[test]
fn a_request_that_never_ends_does_not_hold_it_up() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path(), &["--ephemeral"]);
    let mut slow = TcpStream::connect(server.address()).unwrap();
    write!(slow, "{}\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{", server.head("POST", "/Users")).unwrap();
    ends_cleanly(server, "INT");
}
