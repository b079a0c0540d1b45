//! What may be said of a subscription.

use directory::subscription::{Channel, SubscriptionId, TokenStream};
use gateway::administration::value::invalid;
use gateway::http::address::{is_string_or_uri, may_call};
use gateway::http::error::Failure;
use gateway::settings::Settings;
use http::HeaderValue;

/// The longest address, and the longest of other texts.
const LONGEST: usize = 1024;
/// How many types may be named, and the longest one.
const MOST: usize = 50;
const LONGEST_TYPE: usize = 100;

/// Checks where events of the subscription `id` go, and fills in what is missing; `settings` say which
/// addresses may be called, `origin` is this service's URL.
pub(super) fn channel(
    channel: Channel,
    id: &SubscriptionId,
    settings: &Settings,
    origin: &str,
) -> Result<Channel, Failure> {
    match channel {
        Channel::Webhook { url } => Ok(Channel::Webhook { url: endpoint(url, settings)? }),
        Channel::Push { url, authorization, tokens: wanted } => {
            let is_header = |text: &String| text.len() <= LONGEST && HeaderValue::from_str(text).is_ok();
            if authorization.as_ref().is_some_and(|text| !is_header(text)) {
                return Err(invalid("`authorization` must be the value of a header, such as `Bearer …`"));
            }
            let url = endpoint(url, settings)?;
            let tokens = tokens(wanted, origin, &url)?;
            Ok(Channel::Push { url, authorization, tokens })
        }
        Channel::Poll { tokens: wanted } => {
            let audience = format!("{origin}/events/sets/{id}");
            Ok(Channel::Poll { tokens: tokens(wanted, origin, &audience)? })
        }
        Channel::EventBridge {} if settings.event_bus.is_none() => Err(invalid(
            "this deployment has no event bus: deploy it with the parameter `EventBus`, or set \
             `AWS_ENDPOINT_URL_EVENTBRIDGE` for the local server",
        )),
        Channel::EventBridge {} => Ok(channel),
    }
}

fn endpoint(url: String, settings: &Settings) -> Result<String, Failure> {
    if url.len() > LONGEST || !may_call(&url, settings.reach) {
        return Err(invalid("`url` must begin with `https://` and name a public host"));
    }
    Ok(url)
}

/// What tokens have in common: by default they are from `origin` to `audience`.
fn tokens(wanted: TokenStream, origin: &str, audience: &str) -> Result<TokenStream, Failure> {
    let or = |text: String, usual: &str| if text.is_empty() { usual.to_owned() } else { text };
    let TokenStream { issuer, audience: own, content } = wanted;
    let (issuer, audience) = (or(issuer, origin), or(own, audience));
    if ![&issuer, &audience].into_iter().all(|text| text.len() <= LONGEST && is_string_or_uri(text)) {
        return Err(invalid("`issuer` and `audience` must be names or URIs of at most 1024 bytes"));
    }
    Ok(TokenStream { issuer, audience, content })
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
