//! A directory's events as responses, for the functions that serve them.

mod parameters;
pub mod sets;

use std::time::Duration;

use axum::response::Response;
use directory::Table;
use directory::events::{self, Looks, Page};
use directory::id::DirectoryId;
use directory::retry;
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use scim::error::Kind;
use scim::model::profile::Profile;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use self::parameters::{Parameters, SNAPSHOT, Start};
use crate::http::error::Failure;
use crate::http::reply;

/// How often a request that waits looks at the head of the log. Each look is one read unit: the longest wait
/// stays below the 50 units of one request, so it does not count against the rate.
const INTERVAL: Duration = Duration::from_secs(1);
/// The time that remains for the last page when the wait ends.
const RESERVE: Duration = Duration::from_secs(2);

/// The events of `directory`, whose profile is `profile`, that `query` asks for, the part of a URL after the
/// `?`: `after` or `start`, `limit`, `types`, `wait`. With `wait` the response comes once there is such an
/// event, or when the wait is over.
///
/// # Errors
/// 400 for parameters that make no sense, a position after the last event, and one that is not in a
/// snapshot; 410 for a position whose next event is not kept any more, with the first one that is; the
/// table's errors.
pub async fn answer(
    table: &Table,
    directory: &DirectoryId,
    profile: &Profile,
    query: Option<&str>,
) -> Result<Response, Failure> {
    let asked = Parameters::read(query)?;
    let longest = retry::left().map_or(asked.wait, |left| left.saturating_sub(RESERVE));
    let end = Instant::now() + asked.wait.min(longest);
    let log = Log::new(table, directory);
    let mut after = match &asked.start {
        Start::After(sequence) => *sequence,
        Start::Latest => log.head().await?,
        Start::Oldest => log.oldest(0).await?.saturating_sub(1),
        Start::Time(time) => log.before(*time).await?,
        Start::Snapshot(position) => return log.snapshot(profile, position.as_deref(), &asked).await,
    };
    let page = loop {
        let page = log.page(after, &asked).await?;
        let is_over = !page.events.is_empty() || Instant::now() >= end;
        if is_over || !page.has_more && !log.grows(page.next, end).await? {
            break page;
        }
        after = page.next;
    };
    Ok(response(&json!({ "events": page.events, "next": page.next, "more": page.has_more })))
}

fn response(body: &Value) -> Response {
    let mut response = reply::json(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The response to a reader who would miss the events between `after` and `oldest`, the next one that is
/// kept.
fn gone(after: u64, oldest: u64) -> Failure {
    let detail = format!(
        "the events after {after} are not kept any more: the oldest one is {oldest}, so begin again with \
         `start=snapshot`"
    );
    Failure::new(Kind::Gone, detail)
}

/// The log of one directory.
#[derive(Debug, Clone, Copy)]
pub struct Log<'a> {
    table: &'a Table,
    directory: &'a DirectoryId,
}

impl<'a> Log<'a> {
    /// The log of `directory`.
    #[must_use]
    pub fn new(table: &'a Table, directory: &'a DirectoryId) -> Self {
        Self { table, directory }
    }

    /// The sequence number of the last event.
    async fn head(&self) -> Result<u64, Failure> {
        events::head(self.table, self.directory).await.map_err(|error| Failure::table("event", error))
    }

    /// The sequence number of the first event after `after` that is kept; of the next one if none is.
    async fn oldest(&self, after: u64) -> Result<u64, Failure> {
        events::oldest(self.table, self.directory, after)
            .await
            .map_err(|error| Failure::table("event", error))
    }

    /// The sequence number after which the log has every event of a change at `time` or later.
    async fn before(&self, time: u64) -> Result<u64, Failure> {
        let found = events::before(self.table, self.directory, time).await;
        found.map_err(|error| Failure::table("event", error))
    }

    /// The events of a snapshot after `position`, or from its beginning. After the last ones the client
    /// continues in the log.
    async fn snapshot(
        &self,
        profile: &Profile,
        position: Option<&str>,
        asked: &Parameters,
    ) -> Result<Response, Failure> {
        let wants = |kind: &str| asked.wants(kind);
        let page = events::snapshot(self.table, self.directory, profile, position, asked.limit, wants).await;
        let page = page.map_err(|error| Failure::table("event", error))?;
        let more = page.next.is_some();
        let next = page.next.map_or_else(|| json!(page.through), |next| json!(format!("{SNAPSHOT}{next}")));
        Ok(response(&json!({ "events": page.events, "next": next, "more": more })))
    }

    /// The events after `after`, without a gap.
    async fn page(&self, after: u64, asked: &Parameters) -> Result<Page, Failure> {
        let mut looks = Looks::default();
        loop {
            let page =
                events::after(self.table, self.directory, after, asked.limit, |kind| asked.wants(kind)).await;
            let page = page.map_err(|error| Failure::table("event", error))?;
            let expected = after.saturating_add(1);
            if page.first == Some(expected) {
                return Ok(page);
            }
            let head = self.head().await?;
            if page.first.is_none() && after == head {
                return Ok(page);
            }
            if looks.again().await {
                continue;
            }
            if after > head {
                let detail = format!("`after` is {after}, and the last event of the directory is {head}");
                return Err(Failure::new(Kind::InvalidValue, detail));
            }
            let oldest = self.oldest(after).await?;
            if expected < oldest {
                return Err(gone(after, oldest));
            }
        }
    }

    /// Waits for events after `after`; `false` if there is none at `end`.
    ///
    /// # Errors
    /// The table's.
    pub async fn grows(&self, after: u64, end: Instant) -> Result<bool, Failure> {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(false);
            }
            sleep(left.min(INTERVAL)).await;
            if self.head().await? > after {
                return Ok(true);
            }
        }
    }
}
