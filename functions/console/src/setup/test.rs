//! "Test it now": requests to the public address, with the secret token that the administrator pastes.
//!
//! They are marked, so that they do not count as a use of the token: the set-up page still waits for the first
//! request of the identity provider. The token is not stored.

mod outcome;
mod probe;
mod send;
mod steps;

use directory::access::oauth::client;
use gateway::auth::token::Token;
use http::StatusCode;
use maud::{Markup, html};

use self::outcome::Row;
use self::send::Sender;
use super::SHOWN;
use crate::guide::Provider;
use crate::layout::table;
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// Sends the requests and shows what came back.
pub(crate) async fn test(visit: Visit) -> Answer {
    let record = visit.record()?;
    // As people copy it: with the word before it, or a line break after it.
    let token = visit.form.get("token").trim();
    let token = token.strip_prefix("Bearer ").unwrap_or(token).trim();
    let deployment = visit.app.deployment.get().await?;
    let sender = Sender::new(&visit.origin, visit.app.settings.reach, token, &deployment);
    let sender = sender.ok_or_else(|| Problem::conflict("Paste the secret token into the field."))?;
    if Token::parse(token).is_some_and(|token| token.directory != record.id) {
        return Err(Problem::conflict(
            "This secret token belongs to another directory. Create credentials on the set-up page and paste their \
             secret token.",
        ));
    }
    let (clients, _) = client::list(visit.table(), &record.id, None, SHOWN).await?;
    let has_clients = clients.iter().any(|client| client.revoked.is_none());
    let mut rows = steps::run(&sender, visit.origin.starts_with("https:"), has_clients).await;
    let is_good = |rows: &[Row]| rows.iter().all(|row| row.outcome.is_good);
    if is_good(&rows) && visit.form.get("probe") == "yes" {
        rows.extend(probe::run(&sender).await);
    }
    let frame = visit.frame();
    let provider = Provider::of(visit.form.get("provider"));
    let wait = format!("/console/directories/{}/setup?provider={}&wait=yes", record.id, provider.id());
    let lines: Vec<Markup> = rows.iter().map(Row::line).collect();
    let content = html! {
        h1 { "Test" }
        @if is_good(&rows) {
            p .good role="status" { "All is well. Now press " strong { (provider.test()) } " in your identity provider." }
        } @else {
            p .wrong role="alert" { "Something is wrong. The table says what to change. Requests that depend on it were not sent." }
        }
        (table("Requests of the test", &["Sent", "Came back", "What it means", "What to change"], &lines))
        p { a href=(frame.to(&wait)) { "Wait for the first request" } }
    };
    Ok(frame.page(StatusCode::OK, "Test", &content))
}
