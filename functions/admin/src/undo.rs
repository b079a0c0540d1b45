//! `POST /admin/directories/{directory}/undo`: a part of [`directory::undo`].

use ::directory::undo::{Changes, Options, undo as undone};
use axum::extract::State;
use axum::response::Response;
use gateway::administration::value::invalid;
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answer::{self, json};
use crate::body::read;
use crate::directory::failure;
use crate::target::Named;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    from: Option<u64>,
    to: Option<u64>,
    #[serde(default)]
    held: bool,
    /// `next` of the previous call, of held changes.
    after: Option<String>,
    #[serde(default)]
    apply: bool,
    #[serde(default)]
    force: bool,
}

impl Asked {
    /// # Errors
    /// `invalidValue` when it asks for both events and held changes, or for neither.
    fn changes(&self) -> Result<Changes, Failure> {
        match (self.from, self.to, self.held) {
            (Some(from), Some(to), false) if from <= to && self.after.is_none() => {
                Ok(Changes::Events { from, to })
            }
            (None, None, true) => Ok(Changes::Held { after: self.after.clone() }),
            _ => Err(invalid("send either `from` and `to`, the first and the last event, or `held`")),
        }
    }
}

/// Undoes the newest part of the changes, or says what it would do. `next` is the part of the body that
/// the next call replaces, until all is done.
///
/// # Errors
/// `invalidValue`; as [`undone`].
pub(crate) async fn undo(State(app): State<App>, Named(id): Named, body: Json) -> Result<Response, Failure> {
    let asked: Asked = read(body)?;
    let by = "administrator".parse().map_err(|_| Failure::internal())?;
    let options = Options { apply: asked.apply, force: asked.force };
    let part = undone(&app.table, &id, &by, &app.profiles, asked.changes()?, options).await;
    let part = part.map_err(|error| failure(&id.to_string(), error))?;
    let mut shown = Map::from_iter([("items".to_owned(), json(&part.items)?)]);
    match part.rest {
        Some(Changes::Events { to, .. }) => {
            shown.insert("to".to_owned(), to.into());
        }
        Some(Changes::Held { after }) => {
            shown.insert("after".to_owned(), after.into());
        }
        None => {}
    }
    Ok(answer::about(&id, StatusCode::OK, &Value::Object(shown)))
}
