//! The first events of a function.

use http::Request;
use serde_json::Value;
use tests::lambda::event::event;
use tests::names::unique;

/// Entra's *Test Connection*: a lookup of a user who cannot exist.
pub(super) fn test_connection(token: &str) -> Value {
    let path = format!("/scim/v2/Users?filter=userName+eq+%22{}%22", unique());
    let request = Request::get(path).header("authorization", format!("Bearer {token}"));
    of(request)
}

/// A request that is answered without reading the table.
pub(super) fn anonymous() -> Value {
    of(Request::get("/scim/v2/Users"))
}

fn of(request: http::request::Builder) -> Value {
    let request = request.header("host", "scim.example.com").header("accept", "application/scim+json");
    let (parts, ()) = request.body(()).expect("a request").into_parts();
    event(&parts, b"", "ANY /scim/v2/Users")
}
