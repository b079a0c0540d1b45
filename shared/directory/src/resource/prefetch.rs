//! Resources that are read in advance, many at a time, for a request that changes them.

use std::collections::{BTreeMap, HashMap};

use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use table::item::Key;

use super::content::LARGEST;
use super::get;
use super::stored::Stored;
use crate::error::Error;
use crate::id::is_resource_id;
use crate::tenant::Tenant;

/// Resources that are read before their size is checked.
const TOGETHER: usize = 40;
/// Bytes of JSON that are kept. Resources beyond that are read again when they are changed.
const MOST_BYTES: usize = 16 * 1024 * 1024;
// Even the largest resources of one round exceed the limit by no more than the limit itself.
const _: () = assert!(TOGETHER * LARGEST <= MOST_BYTES);

/// Resources that were read in advance.
#[derive(Debug, Default)]
pub struct Prefetched(HashMap<(String, String), PrefetchedResource>);

/// One resource as it was read, or the fact that there was none.
#[derive(Debug)]
pub struct PrefetchedResource(Option<Stored>);

impl Prefetched {
    /// The attributes of the resource `id`; `None` when it was not read, or there was none.
    #[must_use]
    pub fn doc(&self, kind: &ResourceType, id: &str) -> Option<&Doc> {
        self.0.get(&name(kind, id))?.0.as_ref().map(|stored| &stored.resource.doc)
    }

    /// Removes the resource `id` and returns it. The first change of a resource takes it; later
    /// changes have to read it again.
    pub fn take(&mut self, kind: &ResourceType, id: &str) -> Option<PrefetchedResource> {
        self.0.remove(&name(kind, id))
    }
}

fn name(kind: &ResourceType, id: &str) -> (String, String) {
    (kind.name.clone(), id.to_owned())
}

/// Reads the resources that `wanted` names, each by type and id. Costs as many units as reading
/// each on its own.
///
/// # Errors
/// [`Error::Throttled`], [`Error::Busy`], [`Error::Unavailable`].
pub(crate) async fn prefetch<'a>(
    tenant: &Tenant,
    wanted: impl IntoIterator<Item = (&'a ResourceType, &'a str)>,
) -> Result<Prefetched, Error> {
    // An id that Rollcall did not issue may not fit a key.
    let wanted = wanted.into_iter().filter(|(_, id)| is_resource_id(id));
    let wanted: BTreeMap<Key, _> = wanted.map(|(kind, id)| (tenant.key(kind, id), name(kind, id))).collect();
    let wanted: Vec<(Key, _)> = wanted.into_iter().collect();
    let (mut prefetched, mut bytes) = (HashMap::new(), 0);
    for some in wanted.chunks(TOGETHER) {
        let found = tenant.table().get_many(some.iter().map(|(key, _)| key.clone()).collect()).await?;
        for (key, name) in some {
            let stored = found.get(key).map(Stored::read).transpose()?;
            bytes += stored.as_ref().map_or(0, |stored| stored.bytes);
            prefetched.insert(name.clone(), PrefetchedResource(stored));
        }
        if bytes > MOST_BYTES {
            break;
        }
    }
    Ok(Prefetched(prefetched))
}

/// The resource `id`: as it was `prefetched`, otherwise read now.
///
/// # Errors
/// [`Error::NotFound`]; those of [`get::find`].
pub(crate) async fn read(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    prefetched: Option<PrefetchedResource>,
) -> Result<Stored, Error> {
    match prefetched {
        Some(PrefetchedResource(stored)) => stored.ok_or(Error::NotFound),
        None => get::read(tenant, kind, id).await,
    }
}
