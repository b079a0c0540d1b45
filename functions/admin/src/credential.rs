//! Static credentials of a directory.

pub(crate) mod create;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod patch;
pub(crate) mod revoke;

use ::directory::access::credential::Credential;
use ::directory::access::permissions::Scopes;
use ::directory::clock::seconds;
use ::directory::error::Error;
use ::directory::id::CredentialId;
use gateway::administration::value::invalid;
use gateway::http::error::Failure;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::time;

/// Scopes as a list, or as OAuth writes them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Wanted {
    List(Vec<String>),
    Text(String),
}

fn scopes(wanted: Option<Wanted>) -> Result<Scopes, Failure> {
    let text = match wanted {
        None => return Ok(Scopes::default()),
        Some(Wanted::List(names)) => names.join(" "),
        Some(Wanted::Text(text)) => text,
    };
    text.parse().map_err(|error| invalid(format!("`scopes`: {error}")))
}

/// `credential` as it is returned: without its hash.
fn shown(credential: &Credential) -> Map<String, Value> {
    let Credential { id, label, scopes, created, expires, subject, used, revoked, .. } = credential;
    let mut shown = Map::new();
    let mut show = |name: &str, value: Value| shown.insert(name.to_owned(), value);
    show("id", id.to_string().into());
    show("label", label.as_str().into());
    show("scopes", scopes.names().collect());
    show("created", created.as_str().into());
    let times = [("expires", expires.and_then(time::shown)), ("lastUsed", used.and_then(time::shown))];
    let texts = [("subject", subject.clone()), ("revoked", revoked.clone())];
    for (name, text) in times.into_iter().chain(texts) {
        if let Some(text) = text {
            show(name, text.into());
        }
    }
    if let Some(days) = credential.warning(seconds()) {
        show("warning", days.into());
    }
    shown
}

fn failure(id: &CredentialId, error: Error) -> Failure {
    match error {
        Error::NotFound => Failure::unknown("credential", &id.to_string()),
        error => Failure::table("credential", error),
    }
}
