//! Lists of a handful of candidates, each found by itself.

use std::collections::BTreeMap;

use scim::model::resource_type::ResourceType;

use super::access_path::Lookup;
use crate::error::Error;
use crate::id::is_resource_id;
use crate::keys::{self, Key, optional_text, text};
use crate::members::of_user::groups_with;
use crate::resource::get;
use crate::resource::stored::Stored;
use crate::tenant::Tenant;
use table::name;

impl Tenant {
    /// Everything that `lookups` lead to, in order of ids.
    pub(super) async fn few(&self, kind: &ResourceType, lookups: &[Lookup]) -> Result<Vec<Stored>, Error> {
        let mut found: BTreeMap<String, Stored> = BTreeMap::new();
        for lookup in lookups {
            for stored in self.look_up(kind, lookup).await? {
                found.insert(stored.resource.id.clone(), stored);
            }
        }
        Ok(found.into_values().collect())
    }

    async fn look_up(&self, kind: &ResourceType, lookup: &Lookup) -> Result<Vec<Stored>, Error> {
        match lookup {
            Lookup::Id(id) if is_resource_id(id) => self.stored_under(kind, id).await,
            Lookup::Id(_) => Ok(Vec::new()),
            Lookup::Unique { attribute, key } => {
                if attribute == "userName"
                    && let Some(user) = self.by_user_name_index(kind, key).await?
                {
                    return Ok(vec![user]);
                }
                let entry = Key::new(keys::index(&self.directory, &kind.name, attribute), &**key);
                match self.store.read(&entry).await? {
                    Some(entry) => self.stored_under(kind, text(&entry, name::ID)?).await,
                    None => Ok(Vec::new()),
                }
            }
            Lookup::Member(member) => groups_with(self, member).await,
        }
    }

    /// The user whose name has `key`, as far as `userName-index` knows. It may lag: a
    /// hit that has another name by now is none, and no hit says nothing.
    async fn by_user_name_index(&self, kind: &ResourceType, key: &str) -> Result<Option<Stored>, Error> {
        let pk = keys::resources(&self.directory, &kind.name);
        let range = Some(("#sk = :key", [(":key", key)]));
        let range = range.as_ref().map(|(condition, values)| (*condition, values.as_slice()));
        let hits = self
            .store
            .index(name::USER_NAME_INDEX, (name::PK, &pk), name::USER_NAME_KEY, range)
            .all()
            .await?;
        for hit in hits {
            let Some(item) = self.store.read(&Key::of(&hit)?).await? else { continue };
            if optional_text(&item, name::USER_NAME_KEY) == Some(key) {
                return Ok(Some(Stored::read(&item)?));
            }
        }
        Ok(None)
    }

    async fn stored_under(&self, kind: &ResourceType, id: &str) -> Result<Vec<Stored>, Error> {
        Ok(get::find(self, kind, id).await?.into_iter().collect())
    }
}
