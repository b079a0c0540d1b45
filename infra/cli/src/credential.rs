//! `rollcall credential …`

use serde_json::Value;

use crate::api::{Api, at, escaped};
use crate::args::Credential;
use crate::error::ToolError;
use crate::fields::{list, object, text};
use crate::out::Out;

const COLUMNS: [(&str, &str); 7] = [
    ("Id", "id"),
    ("Label", "label"),
    ("Scopes", "scopes"),
    ("Created", "created"),
    ("Expires", "expires"),
    ("Last used", "lastUsed"),
    ("Revoked", "revoked"),
];

pub(crate) async fn run(api: &Api, out: &Out, command: Credential) -> Result<u8, ToolError> {
    match command {
        Credential::Create { directory, label, scopes, expires, subject } => {
            // A number is one of days.
            let expires =
                expires.map(|end| end.parse::<u64>().map_or_else(|_| Value::from(end), Value::from));
            let body = object([
                ("label", Some(label.into())),
                ("scopes", list(scopes)),
                ("expires", expires),
                ("subject", text(subject)),
            ]);
            out.one(&api.post(&format!("{}/credentials", at(&directory)), &body).await?);
        }
        Credential::List { directory } => {
            let items = api.list(&format!("{}/credentials", at(&directory))).await?;
            out.many(&items, &COLUMNS);
            for item in &items {
                if let (Some(id), Some(warning)) =
                    (item.get("id").and_then(Value::as_str), item.get("warning").and_then(Value::as_str))
                {
                    out.note(&format!("{id}: {warning}"));
                }
            }
        }
        Credential::Show { directory, id } => out.one(&api.get(&one(&directory, &id)).await?),
        Credential::Revoke { directory, id } => {
            let answer = api.delete(&one(&directory, &id)).await?;
            if answer.is_null() { out.note(&format!("revoked {id}")) } else { out.one(&answer) }
        }
    }
    Ok(0)
}

fn one(directory: &str, id: &str) -> String {
    format!("{}/credentials/{}", at(directory), escaped(id))
}
