//! How a directory is: its health, what the last 24 hours brought, and a forecast.

mod chart;
mod forecast;
mod health;

use directory::Table;
use directory::access::credential::Credential;
use directory::access::refusal::{self, HOUR, Refused};
use directory::clock::seconds;
use directory::events::{self, HOURS};
use directory::registry::record::DirectoryRecord;
use maud::{Markup, html};
use scim::error::Kind;

use self::chart::chart;
use self::forecast::forecast;
use self::health::{Numbers, health};
use crate::guide::Provider;
use crate::layout::Frame;
use crate::problem::Problem;

/// Rows of refused requests that are counted.
const COUNTED: u16 = 1000;
/// Hours that a forecast is made from: about one cycle of an identity provider.
const CYCLE: usize = 2;

/// The part of the page of `record` that says how it is. `credentials` are its access tokens.
pub(crate) async fn status(
    table: &Table,
    frame: &Frame,
    record: &DirectoryRecord,
    credentials: &[Credential],
) -> Result<Markup, Problem> {
    let now = seconds();
    let (refused, done, events, held) = tokio::try_join!(
        refusal::since(table, &record.id, now / HOUR + 1 - HOURS as i64, COUNTED),
        events::by_hour(table, &record.id),
        events::head(table, &record.id),
        events::held(table, &record.id, None, 1),
    )?;
    let (done, failed) = (done.at(now), by_hour(&refused, now / HOUR));
    let cycle = |counts: &[u64; HOURS]| counts.iter().take(CYCLE).sum::<u64>();
    let valid = || credentials.iter().filter(|one| one.is_valid(now));
    let last = valid().filter(|one| one.used.is_some()).max_by_key(|one| one.used);
    let used = last.and_then(|one| one.used);
    let numbers = Numbers {
        state: record.state,
        now,
        used,
        ends: last.and_then(|one| one.expires),
        is_entra: last.is_some_and(|one| one.label.starts_with(Provider::Entra.name())),
        events,
        done: cycle(&done),
        failed: cycle(&failed),
        forecast: forecast(cycle(&done), cycle(&failed), is_rejected(&refused, used, now)),
        held: held.waiting,
    };
    let health = health(&numbers);
    let log = frame.to(&format!("/console/directories/{}/log?show=refused", record.id));
    Ok(html! {
        h2 #health { "Health" }
        p .wrong[health.is_bad()] .good[!health.is_bad()] { strong { (health.name()) } ". " (health.sentence()) }
        @if let Some(sentence) = numbers.forecast.sentence() { p .note { strong { "Forecast. " } (sentence) } }
        (chart(&done, &failed, now / HOUR))
        p { a href=(log) { "Refused requests" } }
    })
}

/// How many requests were refused in the hour `now`, since 1970, and in those before, the newest first.
fn by_hour(refused: &[Refused], now: i64) -> [u64; HOURS] {
    let mut counts = [0; HOURS];
    for one in refused {
        let back = usize::try_from(now - one.hour).ok();
        if let Some(count) = back.and_then(|back| counts.get_mut(back)) {
            *count += one.count;
        }
    }
    counts
}

/// Whether a token was refused in the last hour, and none accepted afterwards.
fn is_rejected(refused: &[Refused], used: Option<i64>, now: i64) -> bool {
    let whole = refused.iter().filter(|one| matches!(one.last.kind, Kind::Unauthorized | Kind::Closed));
    let last = whole.map(|one| one.at).max();
    last.is_some_and(|last| last > now - HOUR && used.is_none_or(|used| used < last))
}
