//! The requests that change nothing.

use serde_json::Value;
use uuid::Uuid;

use super::outcome::{Outcome, Row};
use super::send::{Asked, METADATA, Sender, shown};

/// A request, and what its response must be.
struct Step {
    asked: Asked,
    status: u16,
    fits: fn(&Value) -> bool,
    /// What the right response means.
    means: &'static str,
    /// What a right status with a wrong body means.
    unfit: &'static str,
}

/// Sends them one after the other, and none after one that fails. `has_clients`: the directory has OAuth
/// clients, which need the metadata.
pub(super) async fn run(sender: &Sender<'_>, has_tls: bool, has_clients: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for step in steps(has_tls, has_clients) {
        let came = sender.send(&step.asked).await;
        let outcome = Outcome::of(&came, &[step.status], step.fits, step.means, step.unfit);
        let is_good = outcome.is_good;
        rows.push(Row { sent: step.asked.to_string(), came: shown(&came), outcome });
        if !is_good {
            break;
        }
    }
    rows
}

fn steps(has_tls: bool, has_clients: bool) -> Vec<Step> {
    let address = Asked { has_token: false, ..Asked::get("/Users") };
    let connection = format!("/Users?filter=userName%20eq%20%22{}%22", Uuid::now_v7());
    let metadata = Step {
        asked: Asked { has_token: false, ..Asked::get(METADATA) },
        status: 200,
        fits: |body| body.get("token_endpoint").is_some_and(Value::is_string),
        means: "The identity provider finds where an OAuth client gets tokens.",
        unfit: "The metadata does not say where an OAuth client gets tokens.",
    };
    let others = [
        Step {
            asked: address,
            status: 401,
            fits: is_error,
            means: if has_tls {
                "The Tenant URL answers over TLS with a valid certificate. Without the secret token, no one gets in."
            } else {
                "The Tenant URL answers. It has no TLS, as a local server. Without the secret token, no one gets in."
            },
            unfit: "Something else than this service answers at the Tenant URL.",
        },
        Step {
            asked: Asked::get("/ResourceTypes"),
            status: 200,
            fits: |body| lists(body, "/id", "User"),
            means: "The secret token is right, and the service says which resources it has.",
            unfit: "The list of resource types has no users.",
        },
        Step {
            asked: Asked::get(&connection),
            status: 200,
            fits: is_empty,
            means: "This is how Microsoft Entra ID tests the connection. No user has this name, so the list is empty.",
            unfit: "The list should be empty, and is not.",
        },
        Step {
            asked: Asked::get("/ServiceProviderConfig"),
            status: 200,
            fits: |body| body.pointer("/patch/supported") == Some(&Value::Bool(true)),
            means: "Your identity provider can read what the service supports.",
            unfit: "The service does not say that it supports PATCH.",
        },
        Step {
            asked: Asked::get("/Schemas"),
            status: 200,
            fits: |body| lists(body, "/id", "urn:ietf:params:scim:schemas:core:2.0:User"),
            means: "Your identity provider can read which attributes there are.",
            unfit: "The list of schemas has none for users.",
        },
    ];
    others.into_iter().chain(has_clients.then_some(metadata)).collect()
}

/// Whether `body` is an error of SCIM.
fn is_error(body: &Value) -> bool {
    let schemas = body.get("schemas").and_then(Value::as_array);
    schemas
        .is_some_and(|schemas| schemas.iter().any(|one| one == "urn:ietf:params:scim:api:messages:2.0:Error"))
}

fn is_empty(body: &Value) -> bool {
    let resources = body.get("Resources").and_then(Value::as_array);
    body.get("totalResults") == Some(&0.into()) && resources.is_none_or(Vec::is_empty)
}

/// Whether a list has a resource whose value at `pointer` is `wanted`.
fn lists(body: &Value, pointer: &str, wanted: &str) -> bool {
    let resources = body.get("Resources").and_then(Value::as_array);
    resources
        .is_some_and(|all| all.iter().any(|one| one.pointer(pointer).is_some_and(|value| value == wanted)))
}
