//! As much HTTP as these tests need, so that they decide what a connection
//! does.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::server::Server;

/// Longer than any answer takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends one request on a connection of its own; status and body.
pub(crate) fn send(address: &str, head: &str, body: &str) -> (u16, String) {
    try_send(address, head, body).expect("a whole answer")
}

/// As [`send`]; `None` when the server ended before the answer did.
pub(crate) fn try_send(address: &str, head: &str, body: &str) -> Option<(u16, String)> {
    exchange(address, head, body).map(|(status, _, body)| (status, body))
}

/// As [`try_send`], with the head of the answer.
pub(crate) fn exchange(address: &str, head: &str, body: &str) -> Option<(u16, String, String)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let length = body.len();
    let request =
        format!("{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let length =
        head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    (body.len() == length.unwrap_or(0)).then(|| (status, head.to_owned(), body.to_owned()))
}

impl Server {
    /// The head of a request with the right token.
    pub(crate) fn head(&self, method: &str, path: &str) -> String {
        let token = &self.token;
        format!(
            "{method} /scim/v2{path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/scim+json"
        )
    }

    /// GET, which must answer 200.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = send(&self.address(), &self.head("GET", path), "");
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).unwrap()
    }

    /// Creates a user, which must answer 201.
    #[track_caller]
    pub(crate) fn create(&self, user_name: &str) -> Value {
        let schema = "urn:ietf:params:scim:schemas:core:2.0:User";
        let user = json!({ "schemas": [schema], "userName": user_name });
        let (status, body) = send(&self.address(), &self.head("POST", "/Users"), &user.to_string());
        assert_eq!(status, 201, "{body}");
        serde_json::from_str(&body).unwrap()
    }
}
