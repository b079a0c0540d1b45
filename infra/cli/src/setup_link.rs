//! `rollcall setup-link …`

use crate::api::{Api, at, escaped};
use crate::args::SetupLink;
use crate::error::ToolError;
use crate::fields::object;
use crate::out::Out;

const COLUMNS: [(&str, &str); 7] = [
    ("Id", "id"),
    ("State", "state"),
    ("Created", "created"),
    ("By", "by"),
    ("Expires", "expires"),
    ("Used", "used"),
    ("Revoked", "revoked"),
];

pub(crate) async fn run(api: &Api, out: &Out, command: SetupLink) -> Result<u8, ToolError> {
    match command {
        SetupLink::Create { directory, days } => {
            let body = object([("days", days.map(Into::into))]);
            out.one(&api.post(&format!("{}/setup-links", at(&directory)), &body).await?);
        }
        SetupLink::List { directory } => {
            out.many(&api.list(&format!("{}/setup-links", at(&directory))).await?, &COLUMNS);
        }
        SetupLink::Revoke { directory, id } => {
            api.delete(&format!("{}/setup-links/{}", at(&directory), escaped(&id))).await?;
            out.note(&format!("revoked {id}"));
        }
    }
    Ok(0)
}
