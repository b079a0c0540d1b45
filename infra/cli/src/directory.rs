//! `rollcall directory …`

use std::time::Duration;

use serde_json::Value;

use crate::api::{Api, at, escaped};
use crate::args::{Directory, Labels};
use crate::error::ToolError;
use crate::export;
use crate::fields::{given_object, object, text};
use crate::out::Out;

const COLUMNS: [(&str, &str); 6] = [
    ("Id", "id"),
    ("Name", "name"),
    ("Profile", "profile"),
    ("State", "state"),
    ("Region", "region"),
    ("Stage", "stage"),
];
const RECEIPTS: [(&str, &str); 4] =
    [("Id", "id"), ("Directory", "directory"), ("Asked", "asked"), ("Done", "done")];

pub(crate) async fn run(api: &Api, out: &Out, command: Directory) -> Result<u8, ToolError> {
    match command {
        Directory::Create { id, labels, disabled } => {
            let name = labels.name.clone().unwrap_or_else(|| id.clone());
            let profile = labels.profile.clone().unwrap_or_else(|| "standard".to_owned());
            let mut body = said(labels)?;
            if let Some(body) = body.as_object_mut() {
                body.insert("id".to_owned(), id.into());
                body.insert("name".to_owned(), name.into());
                body.insert("profile".to_owned(), profile.into());
                body.insert("state".to_owned(), if disabled { "disabled" } else { "enabled" }.into());
            }
            out.one(&api.post("/directories", &body).await?);
        }
        Directory::List => out.many(&api.list("/directories").await?, &COLUMNS),
        Directory::Show { id } => out.one(&api.get(&at(&id)).await?),
        Directory::Enable { id } => out.one(&state(api, &id, "enabled").await?),
        Directory::Pause { id } => out.one(&state(api, &id, "paused").await?),
        Directory::Change { id, labels } => {
            let body = said(labels)?;
            if body.as_object().is_none_or(serde_json::Map::is_empty) {
                return Err(ToolError::Wrong("nothing is to be changed: see `--help`".to_owned()));
            }
            out.one(&api.patch(&at(&id), &body).await?);
        }
        Directory::RotateSecret { id, now } => {
            let body = object([("now", Some(now.into()))]);
            out.one(&api.post(&format!("{}/rotate-secret", at(&id)), &body).await?);
        }
        Directory::Erase { id, confirm, wait } => {
            if id != confirm {
                return Err(ToolError::Wrong(format!("`--confirm` must name the directory `{id}`")));
            }
            let mut receipt = api.delete(&at(&id)).await?;
            while wait && receipt.get("done").is_none_or(Value::is_null) {
                tokio::time::sleep(Duration::from_secs(2)).await;
                let number = receipt.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
                receipt = api.get(&format!("/receipts/{}", escaped(&number))).await?;
            }
            out.one(&receipt);
        }
        Directory::Receipts { id: Some(id) } => {
            out.one(&api.get(&format!("/receipts/{}", escaped(&id))).await?)
        }
        Directory::Receipts { id: None } => out.many(&api.list("/receipts").await?, &RECEIPTS),
        Directory::Export { id, out: file } => export::run(api, out, &id, file.as_deref()).await?,
    }
    Ok(0)
}

async fn state(api: &Api, id: &str, state: &str) -> Result<Value, ToolError> {
    api.patch(&at(id), &object([("state", Some(state.into()))])).await
}

fn said(labels: Labels) -> Result<Value, ToolError> {
    let settings = labels.settings.as_deref().map(given_object).transpose()?;
    Ok(object([
        ("name", text(labels.name)),
        ("profile", text(labels.profile)),
        ("region", text(labels.region)),
        ("stage", text(labels.stage)),
        ("settings", settings),
    ]))
}
