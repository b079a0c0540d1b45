//! Events of administration: of the directory itself, of its credentials and of its OAuth clients.
//!
//! They say what the administration API shows of each, and so no secret and no hash of one; but not the
//! setting `protectedUsers`. A record that changes nothing of that (a use, a lease, a revoked token) has no event.

use serde_json::{Map, Value, json};
use table::item::{Item, optional_text};
use table::name::SEALS;

use super::event::{Happening, previous};
use super::retention;
use super::rules::PROTECTED;
use crate::access::credential::Credential;
use crate::access::oauth::client::Client;
use crate::access::oauth::client::secret::ClientSecret;
use crate::access::oauth::key::CLIENTS;
use crate::clock;
use crate::error::Error;
use crate::id::DirectoryId;
use crate::keys::{self, CREDENTIALS};
use crate::registry::record::DirectoryRecord;
use crate::registry::settings::Settings;

/// What a record says of an item of administration.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Administration {
    /// `Directory`, `Credential` or `Client`.
    pub(super) kind: &'static str,
    pub(super) id: String,
    pub(super) what: Happening,
    /// As in the event.
    pub(super) data: Option<Value>,
    pub(super) previous: Option<Value>,
}

impl Administration {
    /// Reads the images of the item `sk` in the partition of `directory`; `None` if it is not about
    /// administration, or nothing of that has changed.
    pub(super) fn read(directory: &DirectoryId, sk: &str, old: &Item, new: &Item) -> Option<Self> {
        let (kind, id) = kind_of(directory, sk)?;
        let of = |what, data, previous| Some(Self { kind, id: id.clone(), what, data, previous });
        let Ok([before, mut after]) = views(kind, old, new) else {
            return of(Happening::Unreadable, None, None);
        };
        let was_over = before.contains_key("revoked");
        if new.is_empty() {
            // What was revoked is removed some time later.
            return if was_over { None } else { of(ending(kind), None, Some(before.into())) };
        }
        if old.is_empty() {
            return of(Happening::Created, Some(after.into()), None);
        }
        let is_over = !was_over && after.contains_key("revoked");
        let what = if is_over { ending(kind) } else { Happening::Updated };
        if what == Happening::Deleted {
            return of(what, None, Some(before.into()));
        }
        let changed = previous(&before, &after);
        if optional_text(old, SEALS) != optional_text(new, SEALS) {
            after.insert("secretRotated".to_owned(), true.into());
        } else if before == after {
            return None;
        }
        of(what, Some(after.into()), Some(changed))
    }
}

impl Administration {
    /// How long the events of the directory are kept from now on, in seconds, if it is about the directory.
    pub(super) fn retention(&self) -> Option<i64> {
        let data = self.data.as_ref().filter(|_| self.kind == DIRECTORY)?;
        data.get("settings").and_then(Value::as_object).map(retention::of)
    }
}

const DIRECTORY: &str = "Directory";
const CREDENTIAL: &str = "Credential";
const CLIENT: &str = "Client";

/// Whether `kind` is not the type of a resource.
pub(super) fn is_administration(kind: &str) -> bool {
    [DIRECTORY, CREDENTIAL, CLIENT].contains(&kind)
}

fn kind_of(directory: &DirectoryId, sk: &str) -> Option<(&'static str, String)> {
    if sk == keys::directory(directory).sk {
        return Some((DIRECTORY, directory.to_string()));
    }
    let of = |kind, prefix| Some((kind, sk.strip_prefix(prefix)?.to_owned()));
    of(CREDENTIAL, CREDENTIALS).or_else(|| of(CLIENT, CLIENTS))
}

/// What the end of one is. A client that is revoked is deleted, as its administrator sees it.
fn ending(kind: &str) -> Happening {
    if kind == CREDENTIAL { Happening::Revoked } else { Happening::Deleted }
}

/// What is shown of both images; empty of an image that is empty.
fn views(kind: &str, old: &Item, new: &Item) -> Result<[Map<String, Value>; 2], Error> {
    let view = |item: &Item| -> Result<Map<String, Value>, Error> {
        if item.is_empty() {
            return Ok(Map::new());
        }
        let mut shown = match kind {
            DIRECTORY => directory(&DirectoryRecord::from_item(item)?),
            CREDENTIAL => credential(&Credential::from_item(item)?),
            _ => client(&Client::from_item(item)?),
        };
        let shown = shown.as_object_mut().map(std::mem::take).unwrap_or_default();
        Ok(shown.into_iter().filter(|(_, value)| !value.is_null()).collect())
    };
    Ok([view(old)?, view(new)?])
}

fn directory(record: &DirectoryRecord) -> Value {
    let DirectoryRecord { id, name, profile, state, region, stage, created, settings, .. } = record;
    // It names people, who may be erased.
    let settings: Settings =
        settings.clone().into_iter().filter(|(setting, _)| setting != PROTECTED).collect();
    json!({
        "id": id, "name": name, "profile": profile, "state": state, "region": region, "stage": stage,
        "created": created, "settings": settings,
    })
}

fn credential(credential: &Credential) -> Value {
    let Credential { id, label, scopes, created, expires, subject, revoked, .. } = credential;
    json!({
        "id": id, "label": label, "scopes": scopes.names().collect::<Value>(), "created": created,
        "expires": expires.map(clock::from_seconds), "subject": subject, "revoked": revoked,
    })
}

fn client(client: &Client) -> Value {
    let Client {
        id, label, scopes, lifetime, secrets, redirects, pkce, federation, created, revoked, ..
    } = client;
    json!({
        "id": id, "label": label, "scopes": scopes.split_ascii_whitespace().collect::<Vec<_>>(),
        "tokenLifetimeMinutes": lifetime / 60, "redirectUris": redirects, "pkce": pkce.name(),
        "federation": federation, "secrets": secrets.iter().map(secret).collect::<Vec<_>>(),
        "created": created, "revoked": revoked,
    })
}

/// A secret without its hash.
fn secret(secret: &ClientSecret) -> Value {
    let ClientSecret { id, label, created, end, .. } = secret;
    let mut shown = json!({ "id": id, "label": label, "created": created });
    if let (Some(end), Some(shown)) = (end, shown.as_object_mut()) {
        shown.insert("expires".to_owned(), clock::from_seconds(*end).into());
    }
    shown
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use table::item::encode;
    use table::name::{LAST_USED, REVOKED, RUNNER, SECRET};
    use table::write::Put;

    use super::*;
    use crate::access::credential::NewCredential;
    use crate::access::oauth::client::secret::attribute;
    use crate::access::oauth::key;
    use crate::id::{ClientId, CredentialId};
    use crate::secret::Secret;

    fn acme() -> DirectoryId {
        "acme".parse().unwrap()
    }

    fn read(old: &Put, new: &Put) -> Option<Administration> {
        let (old, new) = (old.clone().into_item(), new.clone().into_item());
        let sk = new.get("SK").and_then(|sk| sk.as_s().ok()).cloned().unwrap();
        Administration::read(&acme(), &sk, &old, &new)
    }

    fn created(new: &Put) -> Administration {
        let new = new.clone().into_item();
        let sk = new.get("SK").and_then(|sk| sk.as_s().ok()).cloned().unwrap();
        Administration::read(&acme(), &sk, &Item::new(), &new).unwrap()
    }

    #[test]
    fn a_credential_is_created_used_changed_and_revoked() {
        let id: CredentialId = "c1".parse().unwrap();
        let hidden = "0123456789abcdef";
        let new = NewCredential::new(id.clone(), hidden.to_owned(), "Entra");
        let secret = Secret::random().unwrap();
        let stored = Credential::of(&new, &secret);
        let put = Put::of(keys::credential(&acme(), &id)).with(encode(&stored).unwrap());
        let event = created(&put);
        assert_eq!((event.kind, &*event.id, event.what), (CREDENTIAL, "c1", Happening::Created));
        assert_eq!(event.data.as_ref().unwrap()["label"], "Entra");
        assert!(!event.data.unwrap().to_string().contains(stored.hash()));
        assert_eq!(read(&put, &put.clone().set(LAST_USED, 7)), None);
        let renamed = put.clone().set("label", "Okta");
        let event = read(&put, &renamed).unwrap();
        assert_eq!((event.what, event.previous), (Happening::Updated, Some(json!({ "label": "Entra" }))));
        let revoked = put.clone().set(REVOKED, "2026-11-30T00:00:00.000Z");
        assert_eq!(read(&put, &revoked).unwrap().what, Happening::Revoked);
        assert_eq!(read(&revoked, &revoked.clone().set("expires", 7)), None);
        let (old, sk) = (revoked.into_item(), format!("{CREDENTIALS}c1"));
        assert_eq!(Administration::read(&acme(), &sk, &old, &Item::new()), None, "it is removed later");
    }

    #[test]
    fn a_client_shows_its_secrets_without_their_hashes() {
        let id: ClientId = "app".parse().unwrap();
        let client = Client::new(id.clone(), "App");
        let put = Put::of(key::client(&acme(), &id)).with(encode(&client).unwrap());
        let secret = ClientSecret::new("s1", "the-hash".to_owned(), "first", None);
        let more = put.clone().set(attribute("s1"), serde_json::to_string(&secret).unwrap());
        let event = read(&put, &more).unwrap();
        assert_eq!((event.what, &event.previous), (Happening::Updated, &Some(json!({ "secrets": [] }))));
        assert_eq!(event.data.as_ref().unwrap()["secrets"][0]["label"], "first");
        assert!(!event.data.unwrap().to_string().contains("the-hash"));
        let event = read(&more, &more.clone().set(REVOKED, "2026-11-30T00:00:00.000Z")).unwrap();
        assert_eq!((event.what, event.data), (Happening::Deleted, None));
        assert_eq!(event.previous.unwrap()["label"], "App");
    }

    #[test]
    fn a_directory_has_no_event_of_its_lease_and_shows_no_secret() {
        let profile = scim::profile::Profiles::built_in().get("standard").unwrap();
        let record = DirectoryRecord::new(acme(), "Acme", &profile);
        let put = Put::of(keys::directory(&acme())).with(encode(&record).unwrap()).set(SECRET, "aa");
        assert!(!created(&put).data.unwrap().to_string().contains("aa"));
        assert_eq!(read(&put, &put.clone().set(RUNNER, "r")), None);
        let event = read(&put, &put.clone().set(SEALS, "bb")).unwrap();
        let data = event.data.unwrap();
        assert_eq!((&data["secretRotated"], event.previous), (&json!(true), Some(json!({}))));
        assert!(!data.to_string().contains("bb"));
        let event = read(&put, &put.clone().set("state", "paused")).unwrap();
        assert_eq!(event.previous, Some(json!({ "state": "enabled" })));
        assert_eq!(Administration::read(&acme(), "rate", &Item::new(), &put.into_item()), None);
    }
}
