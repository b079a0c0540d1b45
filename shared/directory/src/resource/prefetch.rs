//! Resources read ahead, many at a time, for a request that is about to change them.

use std::collections::{BTreeSet, HashMap};

use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;

use crate::error::Error;
use crate::id::is_resource_id;
use crate::keys::Key;
use crate::resource::stored::Stored;
use crate::resource::update::LARGEST;
use crate::tenant::Tenant;

/// Resources that are read before what they weigh is looked at.
const TOGETHER: usize = 40;
/// So much JSON is kept; who wants more has to read it again when its turn comes.
const MOST_BYTES: usize = 16 * 1024 * 1024;
// However large they are, no more is read beyond that than is kept.
const _: () = assert!(TOGETHER * LARGEST <= MOST_BYTES);

/// What was read ahead.
#[derive(Debug, Default)]
pub struct Known(HashMap<Key, Prior>);

/// One resource as it was, or that there was none.
#[derive(Debug)]
pub struct Prior(Option<Stored>);

impl Known {
    /// The attributes of the resource `id`, where it is known.
    #[must_use]
    pub fn doc(&self, scope: &Tenant, kind: &ResourceType, id: &str) -> Option<&Doc> {
        self.0.get(&scope.key(kind, id))?.0.as_ref().map(|stored| &stored.resource.doc)
    }

    /// Hands out what is known of the resource `id`, once: what changes it later must
    /// read it anew.
    pub fn take(&mut self, scope: &Tenant, kind: &ResourceType, id: &str) -> Option<Prior> {
        self.0.remove(&scope.key(kind, id))
    }
}

impl Tenant {
    /// Reads the resources that `wanted` names, as of now. Costs what reading each on its
    /// own would.
    ///
    /// # Errors
    /// The table's own.
    pub async fn known<'a>(
        &self,
        wanted: impl IntoIterator<Item = (&'a ResourceType, &'a str)>,
    ) -> Result<Known, Error> {
        // What we cannot have given as an id may not fit a key.
        let keys =
            wanted.into_iter().filter(|(_, id)| is_resource_id(id)).map(|(kind, id)| self.key(kind, id));
        let keys: Vec<Key> = keys.collect::<BTreeSet<_>>().into_iter().collect();
        let (mut known, mut bytes) = (HashMap::new(), 0);
        for keys in keys.chunks(TOGETHER) {
            let mut found = self.store.read_all(keys.to_vec()).await?;
            for key in keys {
                let stored = found.remove(key).as_ref().map(Stored::read).transpose()?;
                bytes += stored.as_ref().map_or(0, |stored| stored.bytes);
                known.insert(key.clone(), Prior(stored));
            }
            if bytes > MOST_BYTES {
                break;
            }
        }
        Ok(Known(known))
    }

    /// The resource `id`: as `prior` knows it, or else as of now.
    pub(crate) async fn found(
        &self,
        kind: &ResourceType,
        id: &str,
        prior: Option<Prior>,
    ) -> Result<Stored, Error> {
        match prior {
            Some(Prior(stored)) => stored.ok_or(Error::NotFound),
            None => self.stored(kind, id).await,
        }
    }
}
