//! `POST /events/sets/{subscription}`: a receiver fetches security event tokens, and acknowledges those
//! that it has processed (RFC 8936).
//!
//! A token that is not acknowledged comes again with each response. While 200 of a subscription are not
//! acknowledged, no newer ones come.

mod request;

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::response::{IntoResponse, Response};
use directory::clock::seconds;
use directory::error::Error;
use directory::events::Event;
use directory::retry::{self, Attempts};
use directory::subscription::advance::Outcome;
use directory::subscription::batch::{self, Batch};
use directory::subscription::{Channel, State as Sending, Subscription, SubscriptionId, store};
use gateway::app::App;
use gateway::auth::access::{Access, Service};
use gateway::events::Log;
use gateway::events::sets::claims::claims;
use gateway::events::sets::keys::KeyCache;
use gateway::http::error::Failure;
use gateway::http::{body, reply};
use gateway::serve::holder::for_holder;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use serde_json::{Map, Value, json};
use tokio::time::Instant;

use self::request::Request as Asked;
use crate::BASE;

/// How long a request waits for tokens, unless it is not to wait.
const WAIT: Duration = Duration::from_secs(20);
/// The time that remains for the last page when the request ends.
const RESERVE: Duration = Duration::from_secs(2);

/// Answers a receiver whose token has the scope `events`.
pub(crate) async fn poll(
    State(app): State<App>,
    Extension(keys): Extension<KeyCache>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let headers = request.headers().clone();
    let id = path.map(|Path(id)| id).unwrap_or_default();
    let own = app.clone();
    for_holder(&app, &headers, BASE, Service::Events, async move |access| {
        let poll = Poll { app: &own, access: &access, keys: &keys, id: &id };
        poll.answer(request).await.into_response()
    })
    .await
}

struct Poll<'a> {
    app: &'a App,
    access: &'a Access,
    keys: &'a KeyCache,
    id: &'a str,
}

impl Poll<'_> {
    async fn answer(&self, request: Request) -> Result<Response, Failure> {
        let id = self.id.parse().map_err(|_| self.unknown())?;
        let asked = Asked::read(body::read(request, "the body is larger than 4 MiB").await?)?;
        let (now, wait) = (Instant::now(), if asked.is_immediate { Duration::ZERO } else { WAIT });
        let last = now + retry::left().map_or(WAIT, |left| left.saturating_sub(RESERVE));
        let end = last.min(now + wait);
        let log = Log::new(&self.app.table, &self.access.directory);
        let (tokens, has_more) = loop {
            let (subscription, batch) = self.settle(&id, &asked).await?;
            let (tokens, has_more) = self.tokens(&subscription, &batch, asked.most).await?;
            let is_over = !tokens.is_empty() || asked.most == 0 || Instant::now() >= last;
            if is_over || !has_more && !log.grows(batch.through, end).await? {
                break (tokens, has_more);
            }
        };
        let mut response = reply::json(StatusCode::OK, &json!({ "sets": tokens, "moreAvailable": has_more }));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Ok(response)
    }

    /// Notes what the receiver has processed. Returns the subscription, and what it is to receive next.
    async fn settle(&self, id: &SubscriptionId, asked: &Asked) -> Result<(Subscription, Batch), Failure> {
        let (table, directory) = (&self.app.table, &self.access.directory);
        let mut attempts = Attempts::default();
        loop {
            let before = store::read(table, directory, id).await.map_err(failure)?;
            let before = before.filter(|before| matches!(before.channel, Channel::Poll { .. }));
            let before = before.ok_or_else(|| self.unknown())?;
            let mut batch = batch::next(table, directory, &before).await.map_err(failure)?;
            let outcomes = self.outcomes(&before, &batch, asked)?;
            let skips = batch.events.is_empty() && batch.through > before.cursor;
            let mut saved = Some(before.clone());
            if skips || !outcomes.is_empty() || !batch.lost.is_empty() {
                let mut after = before.clone();
                let dead = after.advance(&batch, &outcomes, seconds());
                saved = store::save(table, directory, &before, after, &dead).await.map_err(failure)?;
            }
            if let Some(saved) = saved {
                batch.events.retain(|pending| !outcomes.contains_key(&pending.sequence));
                if saved.state != Sending::Active {
                    batch = Batch { through: batch.through, ..Batch::default() };
                }
                return Ok((saved, batch));
            }
            // Another request has acknowledged tokens meanwhile.
            attempts.again().await.map_err(|error| failure(error.into()))?;
        }
    }

    /// What became of the events of `batch`: those that the request acknowledges or refuses, and those
    /// that no token reports.
    fn outcomes(
        &self,
        of: &Subscription,
        batch: &Batch,
        asked: &Asked,
    ) -> Result<BTreeMap<u64, Outcome>, Failure> {
        let mut outcomes = BTreeMap::new();
        for pending in &batch.events {
            let id = pending.event.get("id").and_then(Value::as_str).unwrap_or_default();
            let outcome = match asked.refused.get(id) {
                _ if asked.acknowledged.contains(id) => Outcome::Delivered,
                Some(reason) => Outcome::Rejected { reason: reason.clone() },
                _ if self.claims(of, &pending.event)?.is_none() => Outcome::Delivered,
                _ => continue,
            };
            outcomes.insert(pending.sequence, outcome);
        }
        Ok(outcomes)
    }

    /// The first `most` tokens of `batch`, by id, in order; and whether there are more.
    async fn tokens(
        &self,
        of: &Subscription,
        batch: &Batch,
        most: usize,
    ) -> Result<(Map<String, Value>, bool), Failure> {
        let mut tokens = Map::new();
        if most > 0 && !batch.events.is_empty() {
            let keys = self.keys.read(&self.app.table, &self.app.deployment).await.map_err(failure)?;
            for pending in batch.events.iter().take(most) {
                let Some(claims) = self.claims(of, &pending.event)? else { continue };
                let id = claims.get("jti").and_then(Value::as_str).unwrap_or_default().to_owned();
                tokens.insert(id, keys.sign(&claims).map_err(failure)?.into());
            }
        }
        Ok((tokens, batch.events.len() > most || batch.has_more))
    }

    fn claims(&self, of: &Subscription, event: &Value) -> Result<Option<Value>, Failure> {
        let Channel::Poll { tokens } = &of.channel else { return Ok(None) };
        let event: Event = serde_json::from_value(event.clone()).map_err(|_| Failure::internal())?;
        let kind = self.access.profile.resource_types.iter().find(|kind| kind.name == event.resource.kind);
        Ok(kind.and_then(|kind| claims(&event, kind, tokens, seconds())))
    }

    fn unknown(&self) -> Failure {
        Failure::unknown("subscription that is polled", self.id)
    }
}

fn failure(error: Error) -> Failure {
    Failure::table("subscription", error)
}
