//! How the service is reached and whom it trusts.

pub mod oidc;

use directory::id::DirectoryId;
use secrecy::SecretString;

use self::oidc::Oidc;

/// Which addresses the service itself may call.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Hosts of the public internet, over TLS.
    #[default]
    Public,
    /// Any host over TLS, and this machine without it: for the local server and tests.
    Any,
}

/// How this service is reached and whom it trusts.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// What precedes `/scim/v2` in the URLs of responses, such as
    /// `https://scim.example.com`. Without it, it comes from each request: its Host header,
    /// X-Forwarded-Proto and stage.
    pub base_url: Option<String>,
    /// The directory of tokens that are not in our own form. Only the
    /// local server sets it, so that a test can fix any token.
    pub foreign_tokens: Option<DirectoryId>,
    /// The region that this service serves; directories of another one are refused.
    pub region: Option<String>,
    /// The stage that this service serves; directories of another one are refused.
    pub stage: Option<String>,
    /// Adds `x-rollcall-units: r=…;w=…` to answers: the capacity units consumed. For
    /// the local server and tests.
    pub report_units: bool,
    /// Requests a second that a directory may send where it has no rate of its own; 0 for any
    /// number.
    pub requests_per_second: u32,
    /// Which addresses of other services, such as those with the keys of issuers, may be called.
    pub reach: Reach,
    /// What each request must show where CloudFront is in front of the service.
    pub origin_secret: Option<SecretString>,
    /// The bus that gets events of subscriptions to EventBridge, if the operator names one.
    pub event_bus: Option<EventBus>,
    /// How the team signs in to the console, with OpenID Connect, if it does.
    pub oidc: Option<Oidc>,
}

/// A bus of Amazon EventBridge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventBus {
    arn: String,
    region: String,
    url: String,
    is_elsewhere: bool,
}

impl EventBus {
    /// The bus `arn`, which is called at `endpoint`, or where AWS has it. `None` if it is not the ARN of
    /// a bus.
    #[must_use]
    pub fn new(arn: &str, endpoint: Option<String>) -> Option<Self> {
        let parts: Vec<&str> = arn.split(':').collect();
        let ["arn", partition, "events", region, account, name] = parts.as_slice() else { return None };
        let is_plain = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || "-._/".contains(c));
        let is_bus = name.strip_prefix("event-bus/").is_some_and(|name| !name.is_empty());
        if !is_bus || region.is_empty() || account.is_empty() || !parts.iter().all(|part| is_plain(part)) {
            return None;
        }
        let suffix = if *partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
        let is_elsewhere = endpoint.is_some();
        let url = endpoint.unwrap_or_else(|| format!("https://events.{region}.{suffix}/"));
        Some(Self { arn: arn.to_owned(), region: (*region).to_owned(), url, is_elsewhere })
    }

    /// Its ARN.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Its region.
    #[must_use]
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Where calls go.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether that is not AWS, but an address that the operator named.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        self.is_elsewhere
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bus_is_called_in_its_region() {
        let url = |arn: &str| EventBus::new(arn, None).map(|bus| (bus.region, bus.url));
        assert_eq!(
            url("arn:aws:events:eu-central-1:123456789012:event-bus/product"),
            Some(("eu-central-1".to_owned(), "https://events.eu-central-1.amazonaws.com/".to_owned()))
        );
        let china = url("arn:aws-cn:events:cn-north-1:123456789012:event-bus/a/b");
        assert!(china.is_some_and(|(_, url)| url == "https://events.cn-north-1.amazonaws.com.cn/"));
        for other in [
            "",
            "product",
            "arn:aws:events:eu-central-1:123456789012:rule/x",
            "arn:aws:events:eu-central-1:123456789012:event-bus/",
            "arn:aws:events:evil.example#:123456789012:event-bus/x",
            "arn:aws:events::123456789012:event-bus/x",
            "arn:aws:sns:eu-central-1:123456789012:event-bus/x",
        ] {
            assert_eq!(url(other), None, "{other}");
        }
    }
}
