//! Cursors (RFC 9865): positions in a list that clients keep for the service.
//!
//! A cursor is encrypted and authenticated with a key of its directory (AES-256-GCM; the key is derived as
//! those of [seals](crate::secret::seals)). So it reveals nothing (a position may contain a person's name), and
//! only the service can make one. It contains the query that it belongs to, the position, and when it
//! expires. The service stores nothing.
//!
//! A cursor grants nothing: every page is read with the permissions of its own request. So a cursor is bound
//! to the directory and to the query, but not to the credential, and a client can continue with a new token.

use data_encoding::BASE64URL_NOPAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use scim::discovery::service_provider_config::CURSOR_TIMEOUT;
use scim::error::{Error as ScimError, Kind};

use super::position::{Position, Start};
use crate::clock::seconds;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::secret::random;
use crate::secret::seals::Seals;

/// Purpose of the key, and version of the content.
const PURPOSE: &[u8] = b"list cursor 2";
/// The longest cursor.
const LONGEST: usize = 2048;

/// Writes and reads the cursors of one directory.
#[derive(Debug, Clone)]
pub struct Cursors {
    seals: Seals,
    lifetime: i64,
}

/// The list that a cursor belongs to.
#[derive(Debug)]
pub(super) struct List<'a> {
    pub(super) directory: &'a DirectoryId,
    /// Identifies the query, without anything that may change from page to page.
    pub(super) fingerprint: String,
    /// The most resources of a page: the same for all pages.
    pub(super) count: u64,
}

/// What a cursor says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Token {
    pub(super) start: Start,
    /// How many resources match, if they have been counted.
    pub(super) total: Option<u64>,
}

/// The content of a cursor: lines, the position last, because it may contain any character. It is short, so
/// that a URL can contain it.
struct Content {
    fingerprint: String,
    count: u64,
    expires: i64,
    token: Token,
}

impl Content {
    fn write(&self) -> String {
        let Token { start, total } = &self.token;
        let (direction, position) = match &start.position {
            Some(position) if start.backwards => ('-', position.text()),
            Some(position) => ('+', position.text()),
            None => ('0', String::new()),
        };
        let total = total.map_or_else(String::new, |total| total.to_string());
        let Self { fingerprint, count, expires, .. } = self;
        format!("{fingerprint}\n{count}\n{expires}\n{total}\n{direction}{position}")
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.splitn(5, '\n');
        let fingerprint = lines.next()?.to_owned();
        let (count, expires) = (lines.next()?.parse().ok()?, lines.next()?.parse().ok()?);
        let total = Some(lines.next()?).filter(|total| !total.is_empty());
        let total = total.map(str::parse).transpose().ok()?;
        let (direction, position) = lines.next()?.split_at_checked(1)?;
        let position = if direction == "0" { None } else { Some(Position::parse(position)?) };
        let start = Start { position, backwards: direction == "-", skip: 0 };
        Some(Self { fingerprint, count, expires, token: Token { start, total } })
    }
}

impl Cursors {
    /// Cursors that can only be made with the keys of `seals`.
    #[must_use]
    pub fn new(seals: Seals) -> Self {
        Self { seals, lifetime: CURSOR_TIMEOUT.into() }
    }

    /// The same with another lifetime, in seconds; for tests.
    #[must_use]
    pub fn lasting(self, seconds: i64) -> Self {
        Self { lifetime: seconds, ..self }
    }

    /// A cursor for `token` in `list`.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the operating system gives no random bytes.
    pub(super) fn seal(&self, list: &List<'_>, token: &Token) -> Result<String, Error> {
        let (fingerprint, count) = (list.fingerprint.clone(), list.count);
        let expires = seconds() + self.lifetime;
        let mut content = Content { fingerprint, count, expires, token: token.clone() }.write().into_bytes();
        let nonce = random::<NONCE_LEN>()?;
        let key = self.keys().next().ok_or_else(|| Error::Unavailable("no key for cursors".into()))?;
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            associated(list.directory),
            &mut content,
        )
        .map_err(|_| Error::Unavailable("a cursor cannot be encrypted".into()))?;
        Ok(BASE64URL_NOPAD.encode(&[nonce.as_slice(), &content].concat()))
    }

    /// What the cursor `sent` says; an empty text is the cursor of the first page.
    ///
    /// # Errors
    /// `invalidCursor` when it was not issued by the service or belongs to another query, with one text for
    /// both; `expiredCursor`; `invalidCount` when the first page had another count.
    pub(super) fn open(&self, list: &List<'_>, sent: &str) -> Result<Token, ScimError> {
        if sent.is_empty() {
            return Ok(Token::default());
        }
        let content = self.decrypt(list.directory, sent);
        let content = content.filter(|content| content.fingerprint == list.fingerprint);
        let Content { count, expires, token, .. } = content.ok_or_else(invalid)?;
        if expires <= seconds() {
            return Err(ScimError::new(
                Kind::ExpiredCursor,
                format!(
                    "the cursor has expired: the next page must be requested within {CURSOR_TIMEOUT} s; start again \
                     with an empty `cursor`"
                ),
            ));
        }
        if count != list.count {
            return Err(ScimError::new(
                Kind::InvalidCount,
                format!("`count` must be {count}, as for the first page; start again with an empty `cursor`"),
            ));
        }
        Ok(token)
    }

    fn decrypt(&self, directory: &DirectoryId, sent: &str) -> Option<Content> {
        let short = Some(sent).filter(|sent| sent.len() <= LONGEST)?;
        let bytes = BASE64URL_NOPAD.decode(short.as_bytes()).ok()?;
        let (nonce, content) = bytes.split_first_chunk::<NONCE_LEN>()?;
        self.keys().find_map(|key| {
            let mut content = content.to_vec();
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let opened = key.open_in_place(nonce, associated(directory), &mut content).ok()?;
            Content::read(std::str::from_utf8(opened).ok()?)
        })
    }

    /// The keys that are valid, the newest first.
    fn keys(&self) -> impl Iterator<Item = LessSafeKey> {
        self.seals.keys::<UnboundKey, _>(PURPOSE, &AES_256_GCM).map(LessSafeKey::new)
    }
}

/// For the fuzzer: reads `text` as a cursor that was sent, and as the content of a cursor, which a client
/// cannot make without the key.
#[cfg(fuzzing)]
pub fn fuzz(cursors: &Cursors, directory: &DirectoryId, text: &str) {
    let _ = cursors.decrypt(directory, text);
    if let Some(content) = Content::read(text) {
        let second = Content::read(&content.write());
        assert_eq!(second.map(|content| content.token), Some(content.token));
    }
}

fn associated(directory: &DirectoryId) -> Aad<String> {
    Aad::from(directory.to_string())
}

fn invalid() -> ScimError {
    ScimError::new(
        Kind::InvalidCursor,
        "the cursor does not belong to this list: send `nextCursor` or `previousCursor` of a response unchanged, with \
         the same query, or start again with an empty `cursor`",
    )
}

#[cfg(test)]
mod tests;
