//! `rollcall client …`

use serde_json::Value;

use super::api::{Api, escaped};
use super::args::Client;
use super::directory::{at, given_object};
use super::{Out, ToolError, list, object};

const COLUMNS: [(&str, &str); 4] =
    [("Id", "id"), ("Label", "label"), ("Scopes", "scopes"), ("Created", "created")];

pub(super) async fn run(api: &Api, out: &Out, command: Client) -> Result<u8, ToolError> {
    match command {
        Client::Create { directory, label, scopes, redirect_uris, settings } => {
            let mut body = settings.as_deref().map_or_else(|| Ok(object([])), given_object)?;
            let given = object([
                ("label", Some(label.into())),
                ("scopes", list(scopes)),
                ("redirectUris", list(redirect_uris)),
            ]);
            if let (Some(body), Value::Object(given)) = (body.as_object_mut(), given) {
                body.extend(given);
            }
            out.one(&api.post(&format!("{}/clients", at(&directory)), &body).await?);
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

fn one(directory: &str, id: &str) -> String {
    format!("{}/clients/{}", at(directory), escaped(id))
}
