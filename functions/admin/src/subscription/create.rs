//! `POST …/subscriptions`

use axum::extract::State;
use axum::response::Response;
use directory::clock::seconds;
use directory::events;
use directory::subscription::secret::{Scheme, SigningSecret};
use directory::subscription::{Channel, Subscription, store};
use gateway::administration::value::{invalid, named};
use gateway::app::App;
use gateway::http::body::Json;
use gateway::http::error::Failure;
use gateway::serve::mount::Origin;
use http::StatusCode;
use serde::Deserialize;

use super::{input, shown};
use crate::answer;
use crate::body::read;
use crate::target::Found;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    label: String,
    channel: Channel,
    #[serde(default)]
    types: Vec<String>,
    start: Option<Start>,
    after: Option<u64>,
    #[serde(default)]
    ed25519: bool,
}

#[derive(Debug, Default, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Start {
    #[default]
    Latest,
    Oldest,
}

/// Creates a subscription. The secret of a webhook is shown only in this response.
///
/// # Errors
/// 400 when the body is not valid or there are too many, 404 when there is no such directory or it is
/// being erased.
pub(crate) async fn create(
    State(app): State<App>,
    Found(of): Found,
    Origin(origin): Origin,
    body: Json,
) -> Result<Response, Failure> {
    let failed = |error| Failure::table("directory", error);
    let input: Input = read(body)?;
    let head = events::head(&app.table, &of.id).await.map_err(failed)?;
    let cursor = match (input.after, input.start) {
        (Some(_), Some(_)) => return Err(invalid("`after` and `start` say the same: send one of them")),
        (Some(after), None) if after > head => {
            return Err(invalid(format!(
                "`after` is {after}, and the last event of the directory is {head}"
            )));
        }
        (Some(after), None) => after,
        (None, start) => match start.unwrap_or_default() {
            Start::Latest => head,
            Start::Oldest => events::oldest(&app.table, &of.id, 0).await.map_err(failed)?.saturating_sub(1),
        },
    };
    let mut made = Subscription::new(&named("label", &input.label)?, input.channel, cursor);
    made.channel = input::channel(made.channel, &made.id, &app.settings, &origin)?;
    made.types = input::types(input.types)?;
    if let Channel::Webhook { .. } = made.channel {
        let schemes = [Scheme::Hmac].into_iter().chain(input.ed25519.then_some(Scheme::Ed25519));
        made.secrets = schemes.map(SigningSecret::random).collect::<Result<_, _>>().map_err(failed)?;
    } else if input.ed25519 {
        return Err(invalid("`ed25519` is for webhooks"));
    }
    made.due = (cursor < head).then(seconds);
    store::create(&app.table, &of.id, &made).await.map_err(failed)?;
    let body = shown::with_secrets(shown::subscription(&made)?, &made.secrets)?;
    Ok(answer::about(&of.id, StatusCode::CREATED, &body))
}
