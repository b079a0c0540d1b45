//! As much HTTP as these tests need, so that they decide what a connection
//! does.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::server::Server;

/// Sends one request on a connection of its own; status and body.
pub(crate) fn send(address: &str, head: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "{head}\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap();
    let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
    (status, body)
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
