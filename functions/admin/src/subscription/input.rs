//! What may be said of a subscription.

use directory::subscription::Channel;
use gateway::http::address::may_call;
use gateway::http::error::Failure;
use gateway::settings::Reach;

use crate::body::invalid;

/// The longest address.
const LONGEST: usize = 1024;
/// How many types may be named, and the longest one.
const MOST: usize = 50;
const LONGEST_TYPE: usize = 100;

/// Checks where events are to be sent; `reach` says which addresses may be called.
pub(super) fn channel(channel: Channel, reach: Reach) -> Result<Channel, Failure> {
    match &channel {
        Channel::Webhook { url } if url.len() > LONGEST || !may_call(url, reach) => {
            Err(invalid("`url` must begin with `https://` and name a public host"))
        }
        Channel::Webhook { .. } => Ok(channel),
    }
}

/// Checks the types of events that are wanted.
pub(super) fn types(types: Vec<String>) -> Result<Vec<String>, Failure> {
    let plain = |c: char| c.is_ascii_lowercase() || matches!(c, '.' | '_');
    let fits = |kind: &String| kind.len() <= LONGEST_TYPE && kind.contains('.') && kind.chars().all(plain);
    if types.len() <= MOST && types.iter().all(fits) {
        Ok(types)
    } else {
        Err(invalid(format!("`types` must be at most {MOST} types of events, such as `user.created`")))
    }
}
