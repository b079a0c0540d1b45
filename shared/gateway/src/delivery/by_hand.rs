//! What an administrator does with a subscription, through the administration API or the console.

use directory::clock::{now, parsed, seconds};
use directory::events;
use directory::id::DirectoryId;
use directory::subscription::advance::Outcome;
use directory::subscription::secret::SigningSecret;
use directory::subscription::{Subscription, SubscriptionId, dead_letter, secret, store};
use scim::error::{Error as ScimError, Kind};
use serde_json::json;
use uuid::Uuid;

use super::push::TEST;
use super::{Sender, Sent};
use crate::app::App;
use crate::http::error::Failure;

/// From where events are sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start<'a> {
    /// After this sequence number.
    After(u64),
    /// With the changes since this time, RFC 3339.
    Since(&'a str),
}

/// What a failed call about the subscription `id` means.
#[must_use]
pub fn failure(id: &SubscriptionId, error: directory::error::Error) -> Failure {
    match error {
        directory::error::Error::NotFound => Failure::unknown("subscription", &id.to_string()),
        error => Failure::table("subscription", error),
    }
}

/// The subscription `id` of `directory`.
///
/// # Errors
/// 404 when it does not exist; the table's own.
pub async fn find(app: &App, directory: &DirectoryId, id: &SubscriptionId) -> Result<Subscription, Failure> {
    let found = store::read(&app.table, directory, id).await.map_err(|error| failure(id, error))?;
    found.ok_or_else(|| Failure::unknown("subscription", &id.to_string()))
}

/// Sends a test event now, also when the subscription is paused or does not want the type. The event is
/// not in the log. Returns what the endpoint answered.
///
/// # Errors
/// As [`find`].
pub async fn test(app: &App, directory: &DirectoryId, id: &SubscriptionId) -> Result<Sent, Failure> {
    let subscription = find(app, directory, id).await?;
    let event = json!({
        "id": format!("evt_{}", Uuid::now_v7().simple()),
        "type": TEST,
        "time": now(),
        "directory": directory.to_string(),
        "resource": { "type": "Subscription", "id": id.to_string() },
    });
    Ok(Sender::of(app).send(&subscription, &event).await)
}

/// Sends the event of the dead letter `sequence` now. The dead letter is removed when the endpoint takes the
/// event. Returns what the endpoint answered.
///
/// # Errors
/// 404 when there is no such subscription or dead letter, 410 when its event is not kept any more; the table's
/// own.
pub async fn resend(
    app: &App,
    directory: &DirectoryId,
    id: &SubscriptionId,
    sequence: u64,
) -> Result<Sent, Failure> {
    let failed = |error| failure(id, error);
    let subscription = find(app, directory, id).await?;
    let letter = dead_letter::read(&app.table, directory, id, sequence).await.map_err(failed)?;
    letter.ok_or_else(|| Failure::unknown("dead letter", &sequence.to_string()))?;
    let event = events::many(&app.table, directory, &[sequence]).await.map_err(failed)?.remove(&sequence);
    let event = event.ok_or_else(|| Failure::new(Kind::Gone, "the event is not kept any more"))?;
    let sent = Sender::of(app).send(&subscription, &event).await;
    if sent.outcome == Outcome::Delivered {
        dead_letter::remove(&app.table, directory, id, sequence).await.map_err(failed)?;
    }
    Ok(sent)
}

/// Sends the events from `from` on again. Returns the changed subscription.
///
/// # Errors
/// 400 for a time that is not valid, and a sequence number after the last event; 404 when there is no such
/// subscription; the table's own.
pub async fn recover(
    app: &App,
    directory: &DirectoryId,
    id: &SubscriptionId,
    from: Start<'_>,
) -> Result<Subscription, Failure> {
    let failed = |error| failure(id, error);
    let invalid = |detail: String| Failure::new(Kind::InvalidValue, detail);
    let after = match from {
        Start::After(after) => after,
        Start::Since(text) => {
            let wrong = || invalid("`since` must be a time such as `2027-01-31T00:00:00Z`".to_owned());
            let time = parsed(text).ok_or_else(wrong)?;
            events::before(&app.table, directory, time).await.map_err(failed)?
        }
    };
    let head = events::head(&app.table, directory).await.map_err(failed)?;
    if after > head {
        return Err(invalid(format!("`after` is {after}, and the last event of the directory is {head}")));
    }
    let changed = store::change(&app.table, directory, id, |subscription| {
        subscription.recover(after, seconds());
        Ok(())
    });
    Ok(changed.await.map_err(failed)?.0)
}

/// Replaces the secrets; the old ones sign for `hours` more. If `replaces` names a secret, only while it is the
/// newest one: a form that is sent twice replaces it once. Returns the changed subscription, and the new
/// secrets.
///
/// # Errors
/// 400 for another channel than a webhook, and when too many secrets are valid; 404 when there is no such
/// subscription; 409 when another secret is the newest; the table's own.
pub async fn rotate(
    app: &App,
    directory: &DirectoryId,
    id: &SubscriptionId,
    hours: u32,
    replaces: Option<&str>,
) -> Result<(Subscription, Vec<SigningSecret>), Failure> {
    let rotated = store::change(&app.table, directory, id, |subscription| {
        let Some(newest) = subscription.secrets.last() else {
            return Err(ScimError::new(Kind::InvalidValue, "only webhooks have secrets").into());
        };
        if replaces.is_some_and(|replaces| replaces != newest.id) {
            let detail = "the secret was replaced before: open the page again to replace the new one";
            return Err(ScimError::new(Kind::Conflict, detail).into());
        }
        secret::rotate(&mut subscription.secrets, i64::from(hours) * 3600)
    });
    rotated.await.map_err(|error| failure(id, error))
}
