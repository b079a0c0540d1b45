//! Candidates that are found by keys.

use std::collections::BTreeMap;

use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use scim::model::resource_type::ResourceType;
use table::item::{Key, optional_text, text};
use table::name;
use table::query::Range;

use super::access_path::Lookup;
use crate::error::Error;
use crate::keys;
use crate::members::of_user::GroupsWith;
use crate::resource::get;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;

/// The most bytes of JSON that the groups of one member may have.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Lookups that are made at the same time.
const AT_ONCE: usize = 4;

/// Everything that `lookups` find, in order of ids.
pub(super) async fn lookup(
    tenant: &Tenant,
    kind: &ResourceType,
    lookups: &[Lookup],
) -> Result<Vec<Stored>, Error> {
    let found: Vec<_> = lookups.iter().map(|lookup| one(tenant, kind, lookup).boxed()).collect();
    let mut found = stream::iter(found).buffer_unordered(AT_ONCE);
    let mut all: BTreeMap<String, Stored> = BTreeMap::new();
    while let Some(some) = found.try_next().await? {
        all.extend(some.into_iter().map(|stored| (stored.resource.id.clone(), stored)));
    }
    Ok(all.into_values().collect())
}

async fn one(tenant: &Tenant, kind: &ResourceType, lookup: &Lookup) -> Result<Vec<Stored>, Error> {
    let id = match lookup {
        Lookup::Member(member) => return groups_with(tenant, member).await,
        Lookup::Id(id) => Some(id.clone()),
        Lookup::Unique { attribute, key } => {
            if attribute == "userName"
                && let Some(user) = by_user_name_index(tenant, kind, key).await?
            {
                return Ok(vec![user]);
            }
            let entry = Key::new(keys::index(&tenant.directory, &kind.name, attribute), &**key);
            let entry = tenant.table().get(&entry).await?;
            entry.map(|entry| text(&entry, name::ID).map(str::to_owned)).transpose()?
        }
    };
    match id {
        Some(id) => Ok(get::find(tenant, kind, &id).await?.into_iter().collect()),
        None => Ok(Vec::new()),
    }
}

/// The groups of `member`.
async fn groups_with(tenant: &Tenant, member: &str) -> Result<Vec<Stored>, Error> {
    let mut pages = GroupsWith::new(tenant, member);
    let (mut groups, mut bytes) = (Vec::new(), 0);
    while let Some(page) = pages.next().await? {
        bytes += page.iter().map(|group| group.bytes).sum::<usize>();
        if bytes > MOST_BYTES {
            let detail = "the member is in more groups than fit one answer: add `id eq \"<group>\"` to the filter, or \
                          read the `groups` of the user";
            return Err(Error::TooMany(detail.to_owned()));
        }
        groups.extend(page);
    }
    Ok(groups)
}

/// The user whose name has `key`, according to `userName-index`. The index may lag behind the table: a user
/// with another name by now is ignored, and no hit proves nothing.
async fn by_user_name_index(
    tenant: &Tenant,
    kind: &ResourceType,
    key: &str,
) -> Result<Option<Stored>, Error> {
    let users = keys::resources(&tenant.directory, &kind.name);
    let range = Range::Exactly(key.to_owned());
    let hits = tenant.table().index(name::USER_NAME_INDEX, (name::PK, &users), name::USER_NAME_KEY, range);
    for hit in hits.all().await? {
        let Some(item) = tenant.table().get(&Key::of(&hit)?).await? else { continue };
        if optional_text(&item, name::USER_NAME_KEY) == Some(key) {
            return Ok(Some(Stored::read(&item)?));
        }
    }
    Ok(None)
}
