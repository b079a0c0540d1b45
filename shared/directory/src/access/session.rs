//! Sessions of the console: who has signed in with a browser, and until when.
//!
//! The browser holds a cookie with 256 random bits. The cookie names its [`Realm`], and ends in the
//! deployment's checksum, so that an invented one costs no read. The table holds its SHA-256 only.

use std::time::Duration;

use data_encoding::HEXLOWER;
use ring::hmac::{HMAC_SHA256, Key as HmacKey, sign};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use table::Table;
use table::condition::exists;
use table::item::{Key, decode, encode};
use table::name::{EXPIRES, PK, SEEN};
use table::retry::within;
use table::write::{Delete, Put, Update};

use crate::access::oauth::hash::unguessable;
use crate::clock::seconds;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys;
use crate::secret::deployment::{CHECKSUM, DeploymentSecret};

/// How long a session lasts without a request, in seconds.
pub const IDLE: i64 = 30 * 60;
/// How long a session lasts at most, in seconds.
pub const LONGEST: i64 = 12 * 3600;
/// How long after its beginning a session of the team may create secrets, in seconds.
const FRESH: i64 = 15 * 60;
/// The same for a session of a customer, who sets up an identity provider meanwhile.
const FRESH_OF_CUSTOMER: i64 = 3600;
/// How old the time of the last use must be before it is written again, in seconds.
const PRECISION: i64 = 60;
/// How long a page waits until that is written.
const PATIENCE: Duration = Duration::from_millis(500);
/// The hexadecimal digits of a cookie's secret.
const SECRET: usize = 64;
/// What cookies begin with.
const TEAM: &str = "rt_";
const CUSTOMER: &str = "rd_";

/// What a session may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Realm {
    /// All directories.
    Team,
    /// One directory.
    Directory(DirectoryId),
}

impl Realm {
    /// Whether a session of it may see `directory`.
    #[must_use]
    pub fn covers(&self, directory: &DirectoryId) -> bool {
        match self {
            Self::Team => true,
            Self::Directory(own) => own == directory,
        }
    }

    /// How long after its beginning a session of it may create secrets, in seconds.
    #[must_use]
    pub fn fresh(&self) -> i64 {
        match self {
            Self::Team => FRESH,
            Self::Directory(_) => FRESH_OF_CUSTOMER,
        }
    }

    fn directory(&self) -> Option<&DirectoryId> {
        match self {
            Self::Team => None,
            Self::Directory(directory) => Some(directory),
        }
    }
}

/// What a browser holds of a session.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie {
    realm: Realm,
    text: String,
}

impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cookie").field("realm", &self.realm).finish_non_exhaustive()
    }
}

impl Cookie {
    /// A new cookie, for a session that is yet to be stored.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the operating system gives no random bytes.
    pub fn mint(realm: Realm, deployment: &DeploymentSecret) -> Result<Self, Error> {
        let secret = unguessable::<{ SECRET / 2 }>()?;
        let signed = match &realm {
            Realm::Team => format!("{TEAM}{secret}"),
            Realm::Directory(directory) => format!("{CUSTOMER}{directory}_{secret}"),
        };
        Ok(Self { realm, text: deployment.with_checksum(&signed) })
    }

    /// Reads the text of a cookie; `None` when `deployment` did not issue it.
    #[must_use]
    pub fn parse(text: &str, deployment: &DeploymentSecret) -> Option<Self> {
        let (realm, secret) = match text.strip_prefix(TEAM) {
            Some(secret) => (Realm::Team, secret),
            None => {
                let (directory, secret) = text.strip_prefix(CUSTOMER)?.split_once('_')?;
                (Realm::Directory(directory.parse().ok()?), secret)
            }
        };
        let known = secret.len() == SECRET + CHECKSUM && deployment.has_checksum(text);
        known.then(|| Self { realm, text: text.to_owned() })
    }

    /// What its session may see.
    #[must_use]
    pub fn realm(&self) -> &Realm {
        &self.realm
    }

    /// The text that the browser holds: a secret.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What the forms of this session carry, so that no other site can send one.
    #[must_use]
    pub fn form_token(&self) -> String {
        let key = HmacKey::new(HMAC_SHA256, self.text.as_bytes());
        HEXLOWER.encode(sign(&key, b"form 1").as_ref())
    }

    /// Whether `shown` is the [`form_token`](Self::form_token). Takes the same time wherever it differs.
    #[must_use]
    pub fn is_form_token(&self, shown: &str) -> bool {
        bool::from(self.form_token().as_bytes().ct_eq(shown.as_bytes()))
    }

    fn key(&self) -> Key {
        keys::session(self.realm.directory(), &HEXLOWER.encode(&Sha256::digest(self.text.as_bytes())))
    }
}

/// A session, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who has it, for the audit log: the name of an administrator key, a set-up link, or a person.
    pub by: String,
    /// What stands for the settings that allow a person in ([`oidc`](super::oidc)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// When it began, in seconds since 1970.
    start: i64,
    /// How long before that the person had proved who it is, in seconds.
    #[serde(default)]
    proved: i64,
    /// When it was last used, in seconds since 1970, to a minute.
    seen: i64,
}

impl Session {
    /// Whether it, of `realm`, may still create secrets at `now`, in seconds since 1970.
    #[must_use]
    pub fn is_fresh(&self, realm: &Realm, now: i64) -> bool {
        now < self.start.saturating_add(realm.fresh()).saturating_sub(self.proved)
    }

    fn is_valid(&self, now: i64) -> bool {
        now < self.seen.saturating_add(IDLE) && now < self.start.saturating_add(LONGEST)
    }
}

/// How an identity provider has signed a person in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admitted<'a> {
    /// What stands for the settings that allow the person in.
    pub rules: &'a str,
    /// When the person last proved there who it is, in seconds since 1970. `None`, if the identity provider
    /// does not say it: the session creates no secrets.
    pub proved: Option<i64>,
}

impl Admitted<'_> {
    /// How long before `now`, in seconds since 1970, that was, in seconds.
    fn age(&self, now: i64) -> i64 {
        self.proved.map_or(LONGEST, |at| now.saturating_sub(at).clamp(0, LONGEST))
    }
}

/// The write that begins the session of `cookie`, which `by` has, if that is a person `admitted` so.
///
/// # Errors
/// [`Error::Unavailable`] when it cannot be written as an item.
pub(super) fn put(cookie: &Cookie, by: &str, admitted: Option<Admitted<'_>>) -> Result<Put, Error> {
    let now = seconds();
    let session = Session {
        by: by.to_owned(),
        rules: admitted.map(|admitted| admitted.rules.to_owned()),
        start: now,
        proved: admitted.map_or(0, |admitted| admitted.age(now)),
        seen: now,
    };
    Ok(Put::of(cookie.key()).with(encode(&session)?).set(EXPIRES, now + LONGEST))
}

/// Begins the session of `cookie`, which `by` has.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn begin(table: &Table, cookie: &Cookie, by: &str) -> Result<(), Error> {
    table.write(put(cookie, by, None)?).await?;
    Ok(())
}

/// The session of `cookie`, which is used now; `None` when it does not exist, or is over.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn find(table: &Table, cookie: &Cookie) -> Result<Option<Session>, Error> {
    let Some(item) = table.get(&cookie.key()).await? else { return Ok(None) };
    let (session, now): (Session, i64) = (decode(item)?, seconds());
    if !session.is_valid(now) {
        return Ok(None);
    }
    if session.seen < now - PRECISION {
        let note = table.write(Update::of(cookie.key()).set(SEEN, now).when(exists(PK)));
        // Without the note the session ends earlier. A page that only reads is answered when writes are not.
        if let Err(error) = within(PATIENCE, note).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the use of a session was not stored");
        }
    }
    Ok(Some(session))
}

/// Ends the session of `cookie`.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub async fn end(table: &Table, cookie: &Cookie) -> Result<(), Error> {
    table.write(Delete::of(cookie.key())).await?;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    fn deployment(value: &str) -> DeploymentSecret {
        DeploymentSecret::parse(&value.repeat(32)).unwrap()
    }

    #[test]
    fn a_cookie_is_read_back_with_its_realm() {
        let acme: DirectoryId = "acme".parse().unwrap();
        for realm in [Realm::Team, Realm::Directory(acme.clone())] {
            let cookie = Cookie::mint(realm.clone(), &deployment("a")).unwrap();
            let read = Cookie::parse(cookie.text(), &deployment("a")).unwrap();
            assert_eq!((read.realm(), &read), (&realm, &cookie));
            assert_eq!(Cookie::parse(cookie.text(), &deployment("b")), None, "of another deployment");
            assert!(!format!("{cookie:?}").contains(cookie.text()));
        }
        let of_acme = Cookie::mint(Realm::Directory(acme), &deployment("a")).unwrap();
        let renamed = of_acme.text().replace("acme", "beta");
        assert_eq!(Cookie::parse(&renamed, &deployment("a")), None);
        for wrong in ["", "rt_", "rd_acme_", "rd__0", "rc_acme_1_2"] {
            assert_eq!(Cookie::parse(wrong, &deployment("a")), None, "{wrong}");
        }
    }

    #[test]
    fn each_session_has_its_own_form_token() {
        let mint = || Cookie::mint(Realm::Team, &deployment("a")).unwrap();
        let (one, other) = (mint(), mint());
        assert!(one.is_form_token(&one.form_token()));
        assert!(!one.is_form_token(&other.form_token()));
        assert!(!one.is_form_token(""));
        assert!(!one.form_token().contains(one.text()));
    }

    #[test]
    fn a_session_ends_when_it_is_idle_and_after_half_a_day() {
        let session = |start, seen| Session { by: String::new(), rules: None, start, proved: 0, seen };
        for (start, seen, now, valid) in [
            (0, 0, IDLE - 1, true),
            (0, 0, IDLE, false),
            (0, LONGEST - 10, LONGEST - 1, true),
            (0, LONGEST - 10, LONGEST, false),
        ] {
            assert_eq!(session(start, seen).is_valid(now), valid, "{start} {seen} {now}");
        }
        let fresh = |now| session(0, FRESH).is_fresh(&Realm::Team, now);
        assert!(fresh(FRESH - 1) && !fresh(FRESH), "its use does not make it younger");
    }

    #[test]
    fn an_old_proof_at_the_identity_provider_does_not_get_younger() {
        let fresh = |proved, now| {
            let proved = Admitted { rules: "", proved }.age(1000);
            let session = Session { by: String::new(), rules: None, start: 1000, proved, seen: 1000 };
            session.is_fresh(&Realm::Team, now)
        };
        assert!(fresh(Some(1000), 999 + FRESH) && !fresh(Some(1000), 1000 + FRESH));
        assert!(fresh(Some(1001), 999 + FRESH) && !fresh(Some(1001), 1000 + FRESH), "another clock");
        assert!(fresh(Some(900), 899 + FRESH) && !fresh(Some(900), 900 + FRESH));
        assert!(!fresh(Some(1000 - FRESH), 1000) && !fresh(None, 1000) && !fresh(Some(i64::MIN), 1000));
    }
}
