//! Cursors (RFC 9865): places in a list that clients hold for us.
//!
//! A cursor is encrypted and authenticated with a key of its directory (AES-256-GCM, by
//! HKDF from the directory's secret), so that it tells nobody anything (a place may be a
//! person's name) and nobody can make one. Inside are the query that it belongs to, the
//! place, and when it ends. Nothing of it is kept here.
//!
//! It grants nothing: every page is read with the rights of the request that asks for it.
//! So it is bound to the directory and to the query, and not to the credential: a walk goes
//! on when a token is exchanged for its successor.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, Salt};
use scim::discovery::service_provider_config::CURSOR_TIMEOUT;
use scim::error::{Error as ScimError, Kind};
use sha2::{Digest, Sha256};

use super::Query;
use super::position::{Place, Start, described};
use crate::error::Error;
use crate::id::DirectoryId;
use crate::secret::{Secret, random};
use crate::time::seconds;

/// What the key is for, and the form of what is inside.
const PURPOSE: &[u8] = b"list cursor 1";
/// No cursor of ours is longer.
const LONGEST: usize = 2048;

/// Writes and reads the cursors of one directory.
#[derive(Debug, Clone)]
pub struct Cursors {
    secret: Secret,
    lasting: i64,
}

/// What a cursor says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Token {
    pub(super) start: Start,
    /// How many match, where it has been counted.
    pub(super) total: Option<u64>,
}

/// What is inside: lines, of which the place is the last, because it may be of any
/// characters. It is short so that a URL can hold it.
struct Sealed {
    query: String,
    count: u64,
    ends: i64,
    token: Token,
}

impl Sealed {
    fn write(&self) -> String {
        let Token { start, total } = &self.token;
        let (way, place) = match &start.place {
            Some(place) if start.backwards => ('-', place.text()),
            Some(place) => ('+', place.text()),
            None => ('0', String::new()),
        };
        let total = total.map_or_else(String::new, |total| total.to_string());
        format!("{}\n{}\n{}\n{total}\n{way}{place}", self.query, self.count, self.ends)
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = text.splitn(5, '\n');
        let query = lines.next()?.to_owned();
        let (count, ends) = (lines.next()?.parse().ok()?, lines.next()?.parse().ok()?);
        let total = Some(lines.next()?).filter(|total| !total.is_empty());
        let total = total.map(str::parse).transpose().ok()?;
        let (way, place) = lines.next()?.split_at_checked(1)?;
        let place = if way == "0" { None } else { Some(Place::parse(place)?) };
        let start = Start { place, backwards: way == "-", skip: 0 };
        Some(Self { query, count, ends, token: Token { start, total } })
    }
}

impl Cursors {
    /// Cursors that nobody can make who does not have `secret`.
    #[must_use]
    pub fn new(secret: Secret) -> Self {
        Self { secret, lasting: CURSOR_TIMEOUT.into() }
    }

    /// The same, but good for so many seconds; for tests.
    #[must_use]
    pub fn lasting(self, seconds: i64) -> Self {
        Self { lasting: seconds, ..self }
    }

    /// The cursor of `token` in the list of `query`.
    pub(super) fn seal(
        &self,
        directory: &DirectoryId,
        query: &Query,
        token: &Token,
    ) -> Result<String, Error> {
        let (query, count, ends) = (fingerprint(query), query.count, seconds() + self.lasting);
        let mut inside = Sealed { query, count, ends, token: token.clone() }.write().into_bytes();
        let nonce = random::<NONCE_LEN>()?;
        let key = self.key().ok_or_else(|| Error::Unavailable("no key for cursors".into()))?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad(directory), &mut inside)
            .map_err(|_| Error::Unavailable("a cursor cannot be encrypted".into()))?;
        Ok(BASE64URL_NOPAD.encode(&[nonce.as_slice(), &inside].concat()))
    }

    /// What the cursor `sent` says; empty text is the first page's.
    ///
    /// # Errors
    /// `invalidCursor` when it is none of ours, or of another query, all in the same words;
    /// `expiredCursor`; `invalidCount` when the first page had another count.
    pub(super) fn open(
        &self,
        directory: &DirectoryId,
        query: &Query,
        sent: &str,
    ) -> Result<Token, ScimError> {
        if sent.is_empty() {
            return Ok(Token::default());
        }
        let sealed = self.inside(directory, sent).filter(|sealed| sealed.query == fingerprint(query));
        let Sealed { count, ends, token, .. } = sealed.ok_or_else(invalid)?;
        if ends <= seconds() {
            return Err(ScimError::new(
                Kind::ExpiredCursor,
                format!(
                    "the cursor has expired: the next page must be asked for within {CURSOR_TIMEOUT} s; begin again \
                     with an empty `cursor`"
                ),
            ));
        }
        if count != query.count {
            return Err(ScimError::new(
                Kind::InvalidCount,
                format!(
                    "`count` must be {count}, as it was when the walk began; begin again with an empty `cursor`"
                ),
            ));
        }
        Ok(token)
    }

    fn inside(&self, directory: &DirectoryId, sent: &str) -> Option<Sealed> {
        let short = Some(sent).filter(|sent| sent.len() <= LONGEST)?;
        let bytes = BASE64URL_NOPAD.decode(short.as_bytes()).ok()?;
        let (nonce, inside) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let mut inside = inside.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.key()?.open_in_place(nonce, aad(directory), &mut inside).ok()?;
        Sealed::read(std::str::from_utf8(opened).ok()?)
    }

    fn key(&self) -> Option<LessSafeKey> {
        let extracted = Salt::new(HKDF_SHA256, &[]).extract(self.secret.bytes());
        let key = extracted.expand(&[PURPOSE], &AES_256_GCM).ok()?;
        Some(LessSafeKey::new(UnboundKey::from(key)))
    }
}

/// For the fuzzer: reads `text` as a cursor that was sent, and as what is inside one, which
/// without the key nobody could send.
#[cfg(fuzzing)]
pub fn fuzz(cursors: &Cursors, directory: &DirectoryId, text: &str) {
    let _ = cursors.inside(directory, text);
    if let Some(sealed) = Sealed::read(text) {
        let again = Sealed::read(&sealed.write());
        assert_eq!(again.map(|sealed| sealed.token), Some(sealed.token));
    }
}

fn aad(directory: &DirectoryId) -> Aad<String> {
    Aad::from(directory.to_string())
}

/// The query without what may change from page to page.
fn fingerprint(query: &Query) -> String {
    HEXLOWER.encode(Sha256::digest(described(query).as_bytes()).split_at(16).0)
}

fn invalid() -> ScimError {
    ScimError::new(
        Kind::InvalidCursor,
        "the cursor is not one of this list: send `nextCursor` or `previousCursor` of an answer as it is, with the \
         query that was asked there, or begin again with an empty `cursor`",
    )
}

#[cfg(test)]
mod tests;
