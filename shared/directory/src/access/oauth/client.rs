//! OAuth clients: who may ask for access tokens of a directory, and how it proves who it is.

mod change;
mod federation;
mod keep;
mod secret;

pub use change::ClientChange;
pub use federation::Federation;
pub use keep::MOST_SECRETS;
pub use secret::ClientSecret;

use super::Revoked;
use super::item::lines;
use crate::access::revocation::REVOKED;
use crate::error::Error;
use crate::id::ClientId;
use crate::keys::{Item, n, number, optional_text, s, text};

/// The least, the usual and the most that an access token may live, in seconds.
pub const LIFETIME: std::ops::RangeInclusive<u32> = 3600..=21_600;

/// One client of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its id; behind the directory's and a dot, it is the `client_id`.
    pub id: ClientId,
    /// What people call it.
    pub label: String,
    /// What its tokens may do at most, as OAuth writes it; everything of SCIM when empty.
    pub scopes: String,
    /// How long its access tokens live, in seconds: one of [`LIFETIME`].
    pub lifetime: u32,
    /// Its secrets. Several, so that one can follow another.
    pub secrets: Vec<ClientSecret>,
    /// Where an authorization may lead back to, compared letter by letter.
    pub redirects: Vec<String>,
    /// Whether an authorization must be bound to its beginner by PKCE (RFC 7636).
    pub pkce: bool,
    /// Whose assertions it may show instead of a secret.
    pub federation: Option<Federation>,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When it was last given a token, RFC 3339, to a quarter of an hour.
    pub used: Option<String>,
    /// When it was revoked, RFC 3339.
    pub revoked: Option<String>,
    /// Tokens of its own that were taken back.
    pub tokens: Revoked,
}

const LABEL: &str = "label";
const SCOPES: &str = "scopes";
const LIFETIME_OF: &str = "lifetime";
const REDIRECTS: &str = "redirects";
const PKCE: &str = "pkce";
const CREATED: &str = "created";
const USED: &str = "lastUsed";

impl Client {
    /// A client made now, whose tokens live an hour, without a way to prove who it is.
    #[must_use]
    pub fn new(id: ClientId, label: &str) -> Self {
        Self {
            id,
            label: label.to_owned(),
            scopes: String::new(),
            lifetime: *LIFETIME.start(),
            secrets: Vec::new(),
            redirects: Vec::new(),
            pkce: true,
            federation: None,
            created: crate::time::now(),
            used: None,
            revoked: None,
            tokens: Revoked::default(),
        }
    }

    pub(crate) fn read(id: &ClientId, item: &Item) -> Result<Self, Error> {
        Ok(Self {
            id: id.clone(),
            label: text(item, LABEL)?.to_owned(),
            scopes: optional_text(item, SCOPES).unwrap_or_default().to_owned(),
            lifetime: number(item, LIFETIME_OF)?,
            secrets: ClientSecret::read_all(item)?,
            redirects: lines(item, REDIRECTS),
            pkce: optional_text(item, PKCE) != Some("optional"),
            federation: Federation::read(item)?,
            created: text(item, CREATED)?.to_owned(),
            used: optional_text(item, USED).map(str::to_owned),
            revoked: optional_text(item, REVOKED).map(str::to_owned),
            tokens: Revoked::read(item),
        })
    }

    /// Without its keys.
    fn item(&self) -> Item {
        let mut item = Item::from([
            (LABEL.to_owned(), s(&*self.label)),
            (LIFETIME_OF.to_owned(), n(self.lifetime)),
            (REDIRECTS.to_owned(), s(self.redirects.join("\n"))),
            (PKCE.to_owned(), s(pkce(self.pkce))),
            (CREATED.to_owned(), s(&*self.created)),
        ]);
        if !self.scopes.is_empty() {
            item.insert(SCOPES.to_owned(), s(&*self.scopes));
        }
        if let Some(federation) = &self.federation {
            item.insert(Federation::NAME.to_owned(), s(federation.text()));
        }
        item.extend(self.secrets.iter().map(|secret| (secret.attribute(), s(secret.text()))));
        item
    }
}

fn pkce(required: bool) -> &'static str {
    if required { "required" } else { "optional" }
}
