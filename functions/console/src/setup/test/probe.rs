//! The probe user: created, found, disabled and deleted. Its name marks it, so that a test also removes what
//! an earlier one left.

use http::Method;
use serde_json::{Value, json};

use super::outcome::{Outcome, Row};
use super::send::{Asked, Came, Sender, shown};

/// The user name of the probe user. The domain `.invalid` belongs to no one.
const NAME: &str = "rollcall-test@rollcall.invalid";

/// Creates, finds, disables and deletes the probe user. It is deleted in the end, also when a step fails.
pub(super) async fn run(sender: &Sender<'_>) -> Vec<Row> {
    let mut rows =
        remove(sender, None, "A probe user of an earlier test was left, and is deleted now.").await;
    let came = sender.send(&create()).await;
    let made = came.as_ref().ok().filter(|(status, _)| *status == 201);
    let id = made.and_then(|(_, body)| text(body, "id"));
    let has_id = |_: &Value| id.is_some();
    let outcome =
        Outcome::of(&came, &[201], has_id, "The probe user was created.", "The response has no id.");
    rows.push(Row { sent: format!("POST /Users {NAME}"), came: shown(&came), outcome });
    if let Some(id) = &id {
        rows.push(find(sender, id).await);
        rows.push(disable(sender, id).await);
    }
    rows.extend(remove(sender, id.as_deref(), "The probe user was deleted.").await);
    rows
}

async fn find(sender: &Sender<'_>, id: &str) -> Row {
    let asked = look_up();
    let came = sender.send(&asked).await;
    let means = "The probe user is found by its user name.";
    let outcome = Outcome::of(&came, &[200], |body| ids(body) == [id], means, "The probe user is not found.");
    Row { sent: asked.to_string(), came: shown(&came), outcome }
}

/// As Microsoft Entra ID writes it.
async fn disable(sender: &Sender<'_>, id: &str) -> Row {
    let operations = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    let schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    let body = json!({ "schemas": schemas, "Operations": operations });
    let asked = Asked { method: Method::PATCH, body: Some(body), ..Asked::get(&format!("/Users/{id}")) };
    let came = sender.send(&asked).await;
    let fits = |body: &Value| body.is_null() || body.get("active") == Some(&Value::Bool(false));
    let means = "The probe user was disabled, as it happens when people leave.";
    let outcome = Outcome::of(&came, &[200, 204], fits, means, "The probe user is still active.");
    Row { sent: "PATCH active to False".to_owned(), came: shown(&came), outcome }
}

/// Deletes every probe user that is found, and the one with this `id`. Returns a row for each, and one if the
/// search fails.
async fn remove(sender: &Sender<'_>, id: Option<&str>, means: &'static str) -> Vec<Row> {
    let asked = look_up();
    let found = sender.send_surely(&asked).await;
    let mut ids = found.as_ref().map(|(_, body)| ids(body)).unwrap_or_default();
    ids.extend(id.map(str::to_owned).filter(|id| !ids.contains(id)));
    let mut rows = Vec::new();
    let search = Outcome::of(&found, &[200], |_| true, "", "");
    if !search.is_good {
        rows.push(Row { sent: asked.to_string(), came: shown(&found), outcome: search });
    }
    for id in ids {
        let asked = Asked { method: Method::DELETE, ..Asked::get(&format!("/Users/{id}")) };
        let came = sender.send_surely(&asked).await;
        rows.push(Row {
            sent: "DELETE the probe user".to_owned(),
            came: shown(&came),
            outcome: deleted(&came, means),
        });
    }
    rows
}

fn deleted(came: &Came, means: &'static str) -> Outcome {
    match came {
        // The response to an earlier attempt may be lost.
        Ok((204 | 404, _)) => Outcome::good(means),
        _ => Outcome::bad(
            "The probe user is still there.",
            "Run the test again in a minute: it deletes the user first. If it stays, tell the team of this service.",
        ),
    }
}

fn look_up() -> Asked {
    Asked::get(&format!("/Users?filter=userName%20eq%20%22{NAME}%22"))
}

/// It has what profiles usually require.
fn create() -> Asked {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": NAME,
        "displayName": "Test of the set-up",
        "name": { "givenName": "Test", "familyName": "Set-up" },
        "emails": [{ "value": NAME, "type": "work", "primary": true }],
        "active": true,
    });
    Asked { method: Method::POST, body: Some(body), ..Asked::get("/Users") }
}

/// The ids of the probe users in a list.
fn ids(body: &Value) -> Vec<String> {
    let resources = body.get("Resources").and_then(Value::as_array).into_iter().flatten();
    // Only those: a service that ignores the filter must not lose others.
    let own =
        resources.filter(|one| text(one, "userName").is_some_and(|name| name.eq_ignore_ascii_case(NAME)));
    own.filter_map(|one| text(one, "id")).collect()
}

fn text(body: &Value, name: &str) -> Option<String> {
    body.get(name).and_then(Value::as_str).map(str::to_owned)
}
