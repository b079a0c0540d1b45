//! The administration API of the stack in this process.

use serde_json::Value;

use crate::call::Call;
use crate::endpoint::Endpoint;

/// A request to the administration of the stack of `scim`, with its key; `None` with a note where
/// the server is not in this process.
#[must_use]
pub fn admin<'a>(scim: &'a Endpoint, method: &str, path: &str) -> Option<Call<'a>> {
    let stack = scim.stack()?;
    let url = format!("{}{path}", scim.base().trim_end_matches("/scim/v2"));
    let key = format!("Bearer {}", stack.administrator_key());
    Some(Call::new(scim, method, &url).authorization(Some(&key)))
}

/// Creates a directory with this id and the other values of `body`; returns the response.
pub fn make_directory(scim: &Endpoint, id: &str, body: &Value) -> Option<Value> {
    let mut body = body.clone();
    body["id"] = id.into();
    Some(admin(scim, "POST", "/admin/directories")?.json(&body).send().expect(201).json())
}

/// Creates a credential of a directory from `body`; returns the response.
pub fn make_credential(scim: &Endpoint, directory: &str, body: &Value) -> Option<Value> {
    let path = format!("/admin/directories/{directory}/credentials");
    Some(admin(scim, "POST", &path)?.json(body).send().expect(201).json())
}
