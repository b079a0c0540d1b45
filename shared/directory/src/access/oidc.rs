//! Signing in to the console with OpenID Connect: what the browser holds while the person is at the
//! identity provider, and the session that follows.
//!
//! The browser holds a cookie: when it ends, the page that the person comes back to, 256 random bits, and the
//! deployment's checksum. `state`,
//! `nonce` and the secret of PKCE are keyed hashes of the whole text. So an answer belongs to the browser in
//! which the sign-in began, and a changed cookie matches no answer. Nothing is stored before a person has
//! signed in.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::hmac::{HMAC_SHA256, Key as HmacKey, sign};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use table::Table;
use table::condition::absent;
use table::name::{EXPIRES, PK};
use table::transaction::{Committed, Transaction};
use table::write::Put;

use crate::access::oauth::hash::unguessable;
use crate::access::session::{self, Admitted, Cookie, Realm};
use crate::clock::seconds;
use crate::error::Error;
use crate::id::WriteId;
use crate::keys;
use crate::secret::deployment::{CHECKSUM, DeploymentSecret};

/// How long a sign-in may take, in seconds.
pub const VALID: i64 = 600;
/// The hexadecimal digits of a cookie's secret.
const SECRET: usize = 64;
const PREFIX: &str = "ro_";

/// A sign-in that has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Pending {
    text: String,
    page: String,
    end: i64,
}

impl std::fmt::Debug for Pending {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pending")
    }
}

impl Pending {
    /// A sign-in that begins now. Afterwards the person comes back to `page`, a path without `_`; empty for
    /// the first page.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the operating system gives no random bytes.
    pub fn mint(page: &str, deployment: &DeploymentSecret) -> Result<Self, Error> {
        Self::until(seconds() + VALID, page, deployment)
    }

    fn until(end: i64, page: &str, deployment: &DeploymentSecret) -> Result<Self, Error> {
        let secret = unguessable::<{ SECRET / 2 }>()?;
        let text = deployment.with_checksum(&format!("{PREFIX}{end}_{page}_{secret}"));
        Ok(Self { text, page: page.to_owned(), end })
    }

    /// Reads the text of a cookie; `None` when `deployment` did not issue it, or the sign-in took too long.
    #[must_use]
    pub fn parse(text: &str, deployment: &DeploymentSecret) -> Option<Self> {
        let (end, rest) = text.strip_prefix(PREFIX)?.split_once('_')?;
        let (page, secret) = rest.split_once('_')?;
        let end: i64 = end.parse().ok()?;
        let issued = secret.len() == SECRET + CHECKSUM && deployment.has_checksum(text);
        (issued && seconds() < end).then(|| Self { text: text.to_owned(), page: page.to_owned(), end })
    }

    /// The text that the browser holds: a secret.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The page that the person comes back to; empty for the first page.
    #[must_use]
    pub fn page(&self) -> &str {
        &self.page
    }

    /// Whether the person, who has a session that is too old for that page, is to be asked who it is.
    #[must_use]
    pub fn asks_again(&self) -> bool {
        !self.page.is_empty()
    }

    /// When it began, in seconds since 1970.
    #[must_use]
    pub fn began(&self) -> i64 {
        self.end.saturating_sub(VALID)
    }

    /// What the identity provider sends back with its answer.
    #[must_use]
    pub fn state(&self) -> String {
        self.derived("state 1")
    }

    /// Whether `shown` is the [`state`](Self::state). Takes the same time wherever it differs.
    #[must_use]
    pub fn is_state(&self, shown: &str) -> bool {
        bool::from(self.state().as_bytes().ct_eq(shown.as_bytes()))
    }

    /// What the ID token must contain.
    #[must_use]
    pub fn nonce(&self) -> String {
        self.derived("nonce 1")
    }

    /// The secret of PKCE (RFC 7636), with which the code is exchanged.
    #[must_use]
    pub fn verifier(&self) -> String {
        self.derived("verifier 1")
    }

    /// Its SHA-256, with which the code is asked for.
    #[must_use]
    pub fn challenge(&self) -> String {
        BASE64URL_NOPAD.encode(&Sha256::digest(self.verifier().as_bytes()))
    }

    fn derived(&self, label: &str) -> String {
        let key = HmacKey::new(HMAC_SHA256, self.text.as_bytes());
        BASE64URL_NOPAD.encode(sign(&key, label.as_bytes()).as_ref())
    }
}

/// Ends `pending` and begins a session of the team, which `by` has, `admitted` so: both or neither. Returns the
/// session's cookie; `None` when the sign-in was ended before.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn begin(
    table: &Table,
    pending: &Pending,
    deployment: &DeploymentSecret,
    by: &str,
    admitted: Admitted<'_>,
) -> Result<Option<Cookie>, Error> {
    let cookie = Cookie::mint(Realm::Team, deployment)?;
    let hash = HEXLOWER.encode(&Sha256::digest(pending.text().as_bytes()));
    // As long as its cookie could be read.
    let ended = Put::of(keys::ended_sign_in(&hash)).set(EXPIRES, seconds() + VALID).when(absent(PK));
    let mut transaction = Transaction::new(WriteId::new().token());
    transaction.push(ended);
    transaction.push(session::put(&cookie, by, Some(admitted))?);
    let is_first = matches!(table.commit(&transaction).await?, Committed::Done(_));
    Ok(is_first.then_some(cookie))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn deployment(value: &str) -> DeploymentSecret {
        DeploymentSecret::parse(&value.repeat(32)).unwrap()
    }

    #[test]
    fn a_cookie_is_read_back_until_its_end() {
        let pending = Pending::mint("/console/a-1", &deployment("a")).unwrap();
        assert_eq!(Pending::parse(pending.text(), &deployment("a")), Some(pending.clone()));
        assert!(pending.page() == "/console/a-1" && (seconds() - pending.began()).abs() < 5);
        assert_eq!(Pending::parse(pending.text(), &deployment("b")), None, "of another deployment");
        assert!(!format!("{pending:?}").contains(pending.text()));
        let over = Pending::until(seconds(), "", &deployment("a")).unwrap();
        assert_eq!(Pending::parse(over.text(), &deployment("a")), None);
        for wrong in ["", "ro_", "ro_1_2", "ro_99999999999__"] {
            assert_eq!(
                Pending::parse(&deployment("a").with_checksum(wrong), &deployment("a")),
                None,
                "{wrong}"
            );
        }
    }

    #[test]
    fn everything_that_leaves_differs_and_none_is_the_cookie() {
        let mint = || Pending::mint("", &deployment("a")).unwrap();
        let (one, other) = (mint(), mint());
        // Another end leads to other values.
        let longer = Pending { text: one.text().replacen('_', "_9", 1), ..one.clone() };
        let mut seen = HashSet::new();
        for pending in [&one, &other, &longer] {
            let derived = [pending.state(), pending.nonce(), pending.verifier(), pending.challenge()];
            for value in derived {
                assert_eq!(value.len(), 43, "{value}");
                assert!(seen.insert(value));
            }
            assert!(pending.is_state(&pending.state()));
        }
        assert!(!one.is_state(&other.state()) && !one.is_state(""));
    }
}
