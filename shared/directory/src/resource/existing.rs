//! Users who exist before a provider creates them: imported ones, who are adopted, and inactive
//! ones, who are restored.
//!
//! An [import](crate::transfer::import) marks a user without an id and an `externalId` as *imported*. Such
//! a user is *linked* once: when a POST adopts the user ([`Existing::Adopt`]), or when a change sets
//! an `externalId`, which is what a provider does that found the user by a filter. From then on the
//! user is the provider's like every other.
//!
//! A client that may POST could so take over an account and redirect its mail. So an e-mail address
//! that is added to an imported user, linked or not, is marked as unverified until an
//! administrator verifies it.

use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::patch::apply::{Patched, apply};
use scim::patch::operation::{Op, Operation};
use scim::read;
use serde::Serialize;
use serde_json::Value;
use table::condition::equals;
use table::item::{Key, optional_text, text};
use table::name::{SK, UNVERIFIED, VERSION};
use table::query::Range;
use table::write::Update;

use super::precondition::{Match, Preconditions};
use super::stored::{Resource, Stored};
use super::transaction::Refusal;
use super::update::Request;
use super::{attributes, get};
use crate::error::Error;
use crate::id::WriteId;
use crate::keys;
use crate::registry::settings::Settings;
use crate::tenant::{Tenant, Wants};

pub use super::origin::texts;

/// Users read at a time.
const PAGE: i32 = 100;

/// What a POST does with a user who exists already.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Existing {
    /// Nothing: a unique value of another user is refused.
    #[default]
    Refuse,
    /// Links the imported user who has the value of one of these attributes. The user gets the
    /// attributes of the body, and keeps those that it does not name.
    Adopt(Policy),
    /// Restores the inactive user who has the same `externalId` or unique value. The user gets the
    /// attributes of the body as by PUT, and is active unless the body says otherwise.
    Restore,
}

/// By which attributes a POST finds an imported user: a directory's setting `adopt`, such as
/// `{"adopt": {"by": ["userName", "emails.value"]}}`. Without the setting no user is adopted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    by: Vec<String>,
}

impl Policy {
    /// Reads the setting. With an invalid setting no user is adopted.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        settings.get(SETTING).and_then(|setting| Self::read(setting).ok()).unwrap_or_default()
    }

    /// Checks the setting before it is stored.
    ///
    /// # Errors
    /// `invalidValue` saying what it must look like.
    pub fn check(settings: &Settings) -> Result<(), scim::error::Error> {
        settings.get(SETTING).map_or(Ok(()), |setting| Self::read(setting).map(drop))
    }

    /// The attributes, in the order in which they are tried.
    #[must_use]
    pub fn by(&self) -> &[String] {
        &self.by
    }

    fn read(setting: &Value) -> Result<Self, scim::error::Error> {
        let user = ResourceType::user();
        let known = |path: &str| user.indexes.iter().any(|index| index.path.to_string() == path);
        let by = setting.get("by").and_then(Value::as_array).into_iter().flatten();
        let by: Option<Vec<String>> =
            by.map(|path| path.as_str().filter(|path| known(path)).map(str::to_owned)).collect();
        by.filter(|by| !by.is_empty()).map(|by| Self { by }).ok_or_else(|| {
            let detail = "`adopt` must be like `{\"by\": [\"userName\", \"emails.value\"]}`, with attributes \
                          that have an index";
            scim::error::Error::new(scim::error::Kind::InvalidValue, detail)
        })
    }
}

const SETTING: &str = "adopt";

/// A user with an e-mail address that is not verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unverified {
    /// The user's id.
    pub id: String,
    /// Since when, RFC 3339.
    pub since: String,
}

/// The user `id` if the user was imported and is not linked yet.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn adoptable(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
) -> Result<Option<Resource>, Error> {
    let stored = get::find(tenant, kind, id).await?;
    let open = |stored: &Stored| stored.origin.as_ref().is_some_and(|origin| !origin.linked);
    Ok(stored.filter(open).map(|stored| stored.resource))
}

/// Takes over the existing `user` as `existing` says, from `body` in its normal form, and only
/// while the user has the version given.
///
/// # Errors
/// [`Error::PreconditionFailed`] when the user has changed, so by another POST that took over the
/// user, and always with [`Existing::Refuse`]; [`Error::NotFound`]; [`Error::Taken`]; what makes
/// the attributes invalid; [`Error::Busy`], [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn take_over(
    tenant: &Tenant,
    kind: &ResourceType,
    user: &Resource,
    body: &Doc,
    existing: &Existing,
) -> Result<Stored, Error> {
    let preconditions = Preconditions { if_match: Some(Match::version_of(user)), if_none_match: None };
    let stored = get::read(tenant, kind, &user.id).await?;
    preconditions.check(&stored.resource)?;
    let current = &stored.resource.doc;
    let patched = match existing {
        Existing::Refuse => return Err(Error::PreconditionFailed),
        Existing::Adopt(_) => {
            let value = Some(Value::Object(body.clone()));
            let replace = Operation { op: Op::Replace, path: None, value };
            Patched { changed: true, ..apply(kind, current, &[replace])? }
        }
        Existing::Restore => {
            let mut body = body.clone();
            body.entry("active").or_insert(Value::Bool(true));
            let doc = read::replace(kind, current, Value::Object(body))?;
            Patched { changed: doc != *current, doc, members: Vec::new() }
        }
    };
    let links = matches!(existing, Existing::Adopt(_));
    let write = WriteId::new();
    let request =
        Request { tenant, kind, preconditions: &preconditions, wants: Wants::default(), links, write };
    match attributes::change(&request, stored, patched).await? {
        Ok(stored) => Ok(stored),
        Err(Refusal::VersionMoved(_)) => Err(Error::PreconditionFailed),
        Err(refusal) => Err(refusal.into_error()),
    }
}

/// The users among the next 100 after `after` who have an e-mail address that is not verified, and
/// the id to continue after; `None` at the end.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn unverified(
    tenant: &Tenant,
    after: Option<&str>,
) -> Result<(Vec<Unverified>, Option<String>), Error> {
    let pk = keys::resources(&tenant.directory, "User");
    let mut pages = tenant.table().range(&pk, Range::All);
    if let Some(after) = after {
        pages = pages.after(&Key::new(pk, after));
    }
    let page = pages.next(Some(PAGE)).await?.unwrap_or_default();
    let mut found = Vec::new();
    for user in &page {
        if let Some(since) = optional_text(user, UNVERIFIED) {
            let id = text(user, SK)?.to_owned();
            found.push(Unverified { id, since: since.to_owned() });
        }
    }
    let last = page.last().filter(|_| pages.has_more());
    Ok((found, last.map(|last| text(last, SK).map(str::to_owned)).transpose()?))
}

/// Records that the current e-mail addresses of the user `id` are verified; with `etag`, only at
/// that version of the user.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::PreconditionFailed`] when the user has changed; [`Error::Busy`],
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn mark_verified(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    etag: Option<&str>,
) -> Result<(), Error> {
    let stored = get::read(tenant, kind, id).await?;
    let if_match = etag.map(|etag| Match::Tags(vec![etag.to_owned()]));
    Preconditions { if_match, if_none_match: None }.check(&stored.resource)?;
    let update = Update::of(tenant.key(kind, id))
        .remove(UNVERIFIED)
        .when(equals(VERSION, stored.resource.version.attributes));
    if tenant.table().write(update).await?.is_done() { Ok(()) } else { Err(Error::PreconditionFailed) }
}
