//! `rollcall client …`

use serde_json::Value;

use crate::api::{Api, at, escaped};
use crate::args::Client;
use crate::error::ToolError;
use crate::fields::{given_object, list, object, text};
use crate::out::Out;

const COLUMNS: [(&str, &str); 6] = [
    ("Client id", "clientId"),
    ("Id", "id"),
    ("Label", "label"),
    ("Scopes", "scopes"),
    ("Created", "created"),
    ("Last used", "lastUsed"),
];

pub(crate) async fn run(api: &Api, out: &Out, command: Client) -> Result<u8, ToolError> {
    match command {
        Client::Create { directory, label, scopes, redirect_uris, lifetime, pkce, federation } => {
            let federation = federation.subject.is_some().then(|| {
                object([
                    ("tenant", text(federation.tenant)),
                    ("issuer", text(federation.issuer)),
                    ("jwksUri", text(federation.jwks_uri)),
                    ("subject", text(federation.subject)),
                    ("audiences", list(federation.audiences)),
                ])
            });
            let body = object([
                ("label", Some(label.into())),
                ("scopes", list(scopes)),
                ("redirectUris", list(redirect_uris)),
                ("tokenLifetimeMinutes", lifetime.map(Value::from)),
                ("pkce", text(pkce)),
                ("federation", federation),
            ]);
            let made = api.post(&format!("{}/clients", at(&directory)), &body).await?;
            out.one(&if out.json { made } else { flat(made) });
        }
        Client::List { directory } => {
            out.many(&api.list(&format!("{}/clients", at(&directory))).await?, &COLUMNS);
        }
        Client::Show { directory, id } => out.one(&api.get(&one(&directory, &id)).await?),
        Client::Change { directory, id, settings } => {
            out.one(&api.patch(&one(&directory, &id), &given_object(&settings)?).await?);
        }
        Client::Delete { directory, id } => {
            api.delete(&one(&directory, &id)).await?;
            out.note(&format!("removed {id}"));
        }
        Client::AddSecret { directory, id } => {
            out.one(&api.post(&format!("{}/secrets", one(&directory, &id)), &object([])).await?);
        }
        Client::RemoveSecret { directory, id, secret } => {
            api.delete(&format!("{}/secrets/{}", one(&directory, &id), escaped(&secret))).await?;
            out.note(&format!("removed {secret}"));
        }
    }
    Ok(0)
}

/// Moves the secret of a new client out of its object, so that the table shows it separately.
fn flat(mut made: Value) -> Value {
    if let Some(made) = made.as_object_mut()
        && let Some(mut secret) = made.shift_remove("secret")
        && let Some(text) = secret.get_mut("clientSecret").map(Value::take)
    {
        made.insert("clientSecret".to_owned(), text);
    }
    made
}

fn one(directory: &str, id: &str) -> String {
    format!("{}/clients/{}", at(directory), escaped(id))
}
