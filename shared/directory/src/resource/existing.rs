//! People who were in the product before SCIM: imported, and taken over by the provider.
//!
//! An [import](crate::transfer::import) marks a user without an id and an `externalId` as *imported*. Such
//! a user is *linked* once: when a POST is answered with the user ([`Tenant::adopt`]), or when a
//! change gives the user an `externalId`, which is what a provider does that found the user by a
//! filter. From then on the user is the provider's as every other.
//!
//! Whoever can POST could so take an account over, and have its mail sent elsewhere. So an
//! e-mail address that an imported user comes to have, linked or not, is marked as unverified
//! ([`Tenant::unverified`]), until somebody has verified it ([`Tenant::verified`]).

use scim::model::doc::Doc;
use scim::model::path::AttrPath;
use scim::model::resource_type::{Index, ResourceType};
use scim::patch::apply::{Patched, apply};
use scim::patch::operation::{Op, Operation};
use serde::Serialize;
use serde_json::Value;

use crate::error::Error;
use crate::id::WriteId;
use crate::keys::{self, Key, optional_text, text};
use crate::registry::record::Settings;
use crate::resource::index::values;
use crate::resource::stored::{Conditions, Match, Resource, Stored};
use crate::resource::update::Terms;
use crate::store::{Change, Written};
use crate::tenant::{Tenant, Wants};
use crate::time::now;
use table::name;

/// Users read at a time.
const PAGE: i32 = 100;

/// By which attributes a POST finds an imported user: a directory's setting `adopt`, such as
/// `{"adopt": {"by": ["userName", "emails.value"]}}`. Without it nobody is adopted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    by: Vec<String>,
}

impl Policy {
    /// Reads the setting; what is none of its form adopts nobody.
    #[must_use]
    pub fn of(settings: &Settings) -> Self {
        settings.get(SETTING).and_then(|setting| Self::read(setting).ok()).unwrap_or_default()
    }

    /// Checks the setting, for who sets it.
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
                          that are found without a walk";
            scim::error::Error::new(scim::error::Kind::InvalidValue, detail)
        })
    }
}

const SETTING: &str = "adopt";

/// The texts that `doc` has at `path`, such as `emails.value`.
#[must_use]
pub fn texts<'a>(path: &str, doc: &'a Doc) -> Vec<&'a str> {
    let path = AttrPath::split(path);
    values(&Index { path, unique: false, case_exact: true, idle: false }, doc)
}

/// What an imported user is, beside a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Whether a provider has taken the user over.
    pub(crate) linked: bool,
}

/// A user whose e-mail address nobody has verified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unverified {
    /// The user's id.
    pub id: String,
    /// Since when, RFC 3339.
    pub since: String,
}

/// What a change of an imported user adds to the update of the item.
pub(crate) fn marks(before: &Stored, after: &Doc, links: bool) -> Vec<&'static str> {
    let Some(origin) = &before.origin else { return Vec::new() };
    let mut marks = Vec::new();
    if !origin.linked && (links || after.contains_key("externalId")) {
        marks.push(name::LINKED);
    }
    let known = addresses(&before.resource.doc);
    if addresses(after).iter().any(|address| !known.contains(address)) {
        marks.push(name::UNVERIFIED);
    }
    marks
}

fn addresses(doc: &Doc) -> Vec<&str> {
    texts("emails.value", doc)
}

impl Tenant {
    /// Whether the user `id` was imported and is not linked yet; with the user as now.
    ///
    /// # Errors
    /// The table's own.
    pub async fn adoptable(&self, kind: &ResourceType, id: &str) -> Result<Option<Resource>, Error> {
        let stored = match self.stored(kind, id).await {
            Err(Error::NotFound) => return Ok(None),
            stored => stored?,
        };
        let open = stored.origin.as_ref().is_some_and(|origin| !origin.linked);
        Ok(open.then_some(stored.resource))
    }

    /// Links the imported `user`, who takes the attributes of `body`, which is in its normal
    /// form. What the body does not name stays.
    ///
    /// # Errors
    /// [`Error::PreconditionFailed`] when the user has changed since, so by another POST that
    /// linked the user; those of [`patch`](Self::patch).
    pub async fn adopt(
        &self,
        kind: &ResourceType,
        user: &Resource,
        body: &Doc,
        wants: Wants,
    ) -> Result<Resource, Error> {
        let value = Some(Value::Object(body.clone()));
        let operations = [Operation { op: Op::Replace, path: None, value }];
        let link = |doc: &Doc| -> Result<Patched, scim::error::Error> {
            Ok(Patched { changed: true, ..apply(kind, doc, &operations)? })
        };
        let if_match = Some(Match::Tags(vec![user.etag()]));
        let conditions = Conditions { if_match, if_none_match: None };
        let terms = Terms { conditions, wants, prior: None, links: true };
        self.change(kind, &user.id, terms, &link).await
    }

    /// The users among the next hundred behind `after` who have an e-mail address that nobody
    /// has verified, and where to go on.
    ///
    /// # Errors
    /// The table's own.
    pub async fn unverified(&self, after: Option<&str>) -> Result<(Vec<Unverified>, Option<String>), Error> {
        let pk = keys::resources(&self.directory, "User");
        let mut pages = self.store.range(&pk, None);
        if let Some(after) = after {
            pages = pages.after(&Key::new(pk, after));
        }
        let page = pages.next(Some(PAGE)).await?.unwrap_or_default();
        let mut found = Vec::new();
        for user in &page {
            if let Some(since) = optional_text(user, name::UNVERIFIED) {
                let id = text(user, name::SK)?.to_owned();
                found.push(Unverified { id, since: since.to_owned() });
            }
        }
        let last = page.last().filter(|_| pages.has_more());
        Ok((found, last.map(|last| text(last, name::SK).map(str::to_owned)).transpose()?))
    }

    /// Takes the mark off the user `id`: the e-mail addresses of now, at `etag` where it is
    /// given, are verified.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::PreconditionFailed`] when the user has changed; the table's
    /// own.
    pub async fn verified(&self, kind: &ResourceType, id: &str, etag: Option<&str>) -> Result<(), Error> {
        let stored = self.stored(kind, id).await?;
        let if_match = etag.map(|etag| Match::Tags(vec![etag.to_owned()]));
        Conditions { if_match, if_none_match: None }.check(&stored.resource)?;
        let clear = Change::update(self.key(kind, id), "REMOVE #mark")
            .only_if("#version = :version")
            .name("#mark", name::UNVERIFIED)
            .name("#version", name::VERSION)
            .value(":version", keys::n(stored.resource.version.attributes));
        match self.store.write(&[clear], &WriteId::new().token()).await? {
            Written::Done(_) => Ok(()),
            Written::Refused(_) => Err(Error::PreconditionFailed),
        }
    }
}

/// Fills in the marks of an update.
pub(crate) fn marked(mut change: Change, marks: &[&'static str]) -> Change {
    for mark in marks {
        change = change.name(&format!("#{mark}"), mark).value(&format!(":{mark}"), keys::s(now()));
    }
    change
}

/// What sets the marks, as a part of an update's expression.
pub(crate) fn setting(marks: &[&'static str]) -> String {
    marks.iter().map(|mark| format!(", #{mark} = :{mark}")).collect()
}
