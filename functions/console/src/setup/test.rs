//! "Test it now": requests to the public address, with the secret token that the administrator pastes.
//!
//! They ask for what describes the service: the use of a token for that is not noted, so the set-up page
//! still waits for the first request of the identity provider. The token is not stored.

use std::time::Duration;

use bytes::Bytes;
use gateway::http::fetch::{Error, Limits, fetch};
use gateway::http::path::SCIM;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, StatusCode};
use maud::{Markup, html};

use crate::guide::Provider;
use crate::layout::table;
use crate::problem::{Answer, Problem};
use crate::visit::Visit;

/// What one request may take.
const LIMITS: Limits = Limits { time: Duration::from_secs(5), bytes: 1 << 20, needs_body: false };

/// One request of the test.
struct Step {
    path: &'static str,
    /// Whether it has the token.
    has_token: bool,
    /// The right answer.
    expected: u16,
    /// What it means.
    means: &'static str,
}

const STEPS: [Step; 3] = [
    Step {
        path: "/ServiceProviderConfig",
        has_token: true,
        expected: 200,
        means: "The Tenant URL and the secret token are right.",
    },
    Step {
        path: "/Schemas",
        has_token: true,
        expected: 200,
        means: "Your identity provider can read which attributes there are.",
    },
    Step {
        path: "/Users",
        has_token: false,
        expected: 401,
        means: "Without the secret token, no one gets in.",
    },
];

/// Sends the requests and shows what came back.
pub(crate) async fn test(visit: Visit) -> Answer {
    let record = visit.record()?;
    // As people copy it: with the word before it, or a line break after it.
    let token = visit.form.get("token").trim();
    let token = token.strip_prefix("Bearer ").unwrap_or(token);
    let header = HeaderValue::from_str(&format!("Bearer {token}")).ok().filter(|_| !token.is_empty());
    let header = header.ok_or_else(|| Problem::conflict("Paste the secret token into the field."))?;
    let (mut rows, mut is_good): (Vec<Markup>, bool) = (Vec::new(), true);
    for step in &STEPS {
        let answer = send(&visit, step, &header).await;
        is_good &= answer == Ok(step.expected);
        rows.push(row(step, answer));
    }
    let frame = visit.frame();
    let provider = Provider::of(visit.form.get("provider"));
    let wait = format!("/console/directories/{}/setup?provider={}&wait=yes", record.id, provider.id());
    let content = html! {
        h1 { "Test" }
        @if is_good {
            p .good role="status" { "All is well. Now press " strong { (provider.test()) } " in your identity provider." }
        } @else {
            p .wrong role="alert" { "Something is wrong. The table says what to change." }
        }
        (table("Requests of the test", &["Sent", "Came back", "What it means"], &rows))
        p { a href=(frame.to(&wait)) { "wait for the first request" } }
    };
    Ok(frame.page(StatusCode::OK, "Test", &content))
}

/// # Errors
/// There is no answer.
async fn send(visit: &Visit, step: &Step, token: &HeaderValue) -> Result<u16, Error> {
    let mut request = Request::get(format!("{}{SCIM}{}", visit.origin, step.path));
    if step.has_token {
        request = request.header(AUTHORIZATION, token);
    }
    let request = request.body(Bytes::new()).map_err(|_| Error::Address)?;
    Ok(fetch(request, visit.app.settings.reach, LIMITS).await?.status().as_u16())
}

fn row(step: &Step, answer: Result<u16, Error>) -> Markup {
    let means = match answer {
        Ok(status) if status == step.expected => step.means,
        Ok(401) => {
            "The secret token is not valid: it is not complete, has expired, or was revoked. Create another one."
        }
        Ok(403) => "The secret token is of another directory, or this one is not enabled.",
        Ok(429 | 500..) => {
            "The service is busy or has a fault. Try again in a minute; if it lasts, tell the team of this service."
        }
        Ok(_) => "This address does not lead to the service. Tell the team of this service.",
        Err(_) => "The address does not answer. Tell the team of this service.",
    };
    html! {
        td { "GET " (step.path) @if step.has_token { " with the token" } @else { " without a token" } }
        td { @match answer { Ok(status) => (status), Err(error) => (error) } }
        td { (means) }
    }
}
