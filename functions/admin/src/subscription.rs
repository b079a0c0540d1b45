//! `/admin/directories/{directory}/subscriptions`: where the events of a directory are sent.

pub(crate) mod change;
pub(crate) mod create;
pub(crate) mod dead_letters;
pub(crate) mod read;
pub(crate) mod recover;
pub(crate) mod rotate;
pub(crate) mod test;

mod input;
mod shown;

use ::directory::error::Error;
use ::directory::subscription::SubscriptionId;
use gateway::http::error::Failure;

/// What a failed call about the subscription `id` means.
fn failure(id: &SubscriptionId, error: Error) -> Failure {
    match error {
        Error::NotFound => Failure::unknown("subscription", &id.to_string()),
        error => Failure::table("subscription", error),
    }
}
