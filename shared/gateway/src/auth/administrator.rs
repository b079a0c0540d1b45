//! The administrator key: its holder may do everything with directories and credentials.

use std::fmt;

use http::{Extensions, HeaderMap};
use lambda_http::request::RequestContext;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::auth::header;
use crate::http::error::Failure;

/// The shortest key that is accepted, in characters.
const SHORTEST: usize = 32;
/// How many keys are valid at a time.
const MOST: usize = 2;
/// How many bytes of a key's hash name it in the audit log.
const SHOWN: usize = 4;

/// The administrator key, or two of them while one replaces the other. Only their hashes are kept.
#[derive(Clone, PartialEq, Eq)]
pub struct AdministratorKey(Vec<[u8; 32]>);

/// A key that is too short, or has characters that no header carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeakKey;

impl fmt::Display for WeakKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the administrator key must have at least {SHORTEST} visible ASCII characters; a second key may follow it"
        )
    }
}

impl std::error::Error for WeakKey {}

impl AdministratorKey {
    /// The key `text`; or two keys with a blank or a line break between them, the current one and
    /// the previous one.
    ///
    /// # Errors
    /// [`WeakKey`] for no key, for more than two, and for a key that is short or cannot be sent.
    pub fn new(text: &str) -> Result<Self, WeakKey> {
        let keys: Vec<&str> = text.split_ascii_whitespace().collect();
        let strong = |key: &&str| key.len() >= SHORTEST && key.chars().all(|c| c.is_ascii_graphic());
        let fits = (1..=MOST).contains(&keys.len()) && keys.iter().all(strong);
        if fits { Ok(Self(keys.into_iter().map(digest).collect())) } else { Err(WeakKey) }
    }

    /// Whether `presented` is one of the keys. Takes the same time wherever they differ.
    #[must_use]
    pub fn is(&self, presented: &str) -> bool {
        self.actor(presented).is_some()
    }

    /// The audit log's name for the holder of this key: `administrator` and the first digits of the
    /// key's hash, which distinguish two keys. `None` for any other key.
    #[must_use]
    pub fn actor(&self, presented: &str) -> Option<String> {
        let presented = digest(presented);
        // All are compared, wherever the right one is.
        let found = self.0.iter().fold(false, |found, key| found | bool::from(key.ct_eq(&presented)));
        found.then(|| name(&presented))
    }

    /// Whether `actor` is the [`actor`](Self::actor) of one of the keys: not after the key was replaced.
    #[must_use]
    pub fn knows(&self, actor: &str) -> bool {
        self.0.iter().any(|key| name(key) == actor)
    }

    /// Who sends a request: the ARN of an IAM identity whose signature API Gateway has verified, or
    /// the [`actor`](Self::actor) that has the key as its bearer token. `extensions` are those of the
    /// request; only the Lambda runtime writes API Gateway's context into them.
    ///
    /// # Errors
    /// 401, the same for every other token and for none.
    pub fn sign_in(&self, headers: &HeaderMap, extensions: &Extensions) -> Result<String, Failure> {
        if let Some(arn) = iam_identity(extensions) {
            return Ok(arn);
        }
        let presented = header::token(headers).ok();
        presented.and_then(|presented| self.actor(presented)).ok_or_else(header::wrong_key)
    }
}

impl fmt::Debug for AdministratorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AdministratorKey")
    }
}

/// The caller of an HTTP API with IAM authorization.
fn iam_identity(extensions: &Extensions) -> Option<String> {
    let Some(RequestContext::ApiGatewayV2(context)) = extensions.get() else { return None };
    context.authorizer.as_ref()?.iam.as_ref()?.user_arn.clone().filter(|arn| !arn.is_empty())
}

/// The name of the key with this hash.
fn name(hash: &[u8; 32]) -> String {
    format!("administrator:{}", data_encoding::HEXLOWER.encode(hash.get(..SHOWN).unwrap_or_default()))
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    const KEY: &str = "0123456789abcdef0123456789ABCDEF";

    #[test]
    fn an_empty_or_short_key_is_none() {
        for weak in
            ["", " ", "short", KEY.get(1..).unwrap(), &" ".repeat(40), &"é".repeat(40), &format!("{KEY} x")]
        {
            assert_eq!(AdministratorKey::new(weak), Err(WeakKey), "{weak}");
        }
        assert!(AdministratorKey::new(&format!(" {KEY}\n")).unwrap().is(KEY));
    }

    #[test]
    fn a_previous_key_is_valid_too_and_has_another_name() {
        let previous = KEY.to_uppercase();
        let keys = AdministratorKey::new(&format!("{KEY}\n{previous}\n")).unwrap();
        let (one, other) = (keys.actor(KEY).unwrap(), keys.actor(&previous).unwrap());
        assert!(one.starts_with("administrator:") && one.len() == "administrator:".len() + 8, "{one}");
        assert_ne!(one, other);
        assert!(!AdministratorKey::new(KEY).unwrap().is(&previous));
        assert!(keys.knows(&one) && keys.knows(&other));
        assert!(!AdministratorKey::new(KEY).unwrap().knows(&other));
        assert_eq!(AdministratorKey::new(&format!("{KEY} {previous} {KEY}x")), Err(WeakKey), "three");
    }

    #[test]
    fn an_identity_that_api_gateway_verified_needs_no_key() {
        let of = |authorizer: &str| {
            let context =
                format!(r#"{{"http": {{"method": "GET"}}, "timeEpoch": 0, "authorizer": {authorizer}}}"#);
            let mut extensions = Extensions::new();
            extensions.insert(RequestContext::ApiGatewayV2(serde_json::from_str(&context).unwrap()));
            AdministratorKey::new(KEY).unwrap().sign_in(&HeaderMap::new(), &extensions).ok()
        };
        let arn = "arn:aws:sts::123456789012:assumed-role/operators/ana";
        assert_eq!(of(&format!(r#"{{"iam": {{"userArn": "{arn}"}}}}"#)).unwrap(), arn);
        for none in
            ["null", "{}", r#"{"iam": {}}"#, r#"{"iam": {"userArn": ""}}"#, r#"{"lambda": {"userArn": "x"}}"#]
        {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn only_the_whole_key_is_it() {
        let key = AdministratorKey::new(KEY).unwrap();
        for other in ["", KEY.get(1..).unwrap(), &KEY.to_lowercase(), &format!("{KEY}x")] {
            assert!(!key.is(other), "{other}");
        }
        // Some of their hashes begin like the key's.
        assert!((0..2000).all(|n| !key.is(&format!("{KEY}{n}"))));
        assert_eq!(format!("{key:?}"), "AdministratorKey", "neither the key nor its hash");
    }
}
