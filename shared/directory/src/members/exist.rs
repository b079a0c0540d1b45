//! Whether those who are to be members are there: only where the profile demands it. RFC
//! 7644 does not, and a member may be out of a client's scope.

use scim::error::{Error as ScimError, Kind};

use crate::error::Error;
use crate::id::is_resource_id;
use crate::keys::{self, Key};
use crate::tenant::Tenant;

/// The types that can be members (RFC 7643 §4.2).
const TYPES: [&str; 2] = ["User", "Group"];
/// As many are named in an error.
const SHOWN: usize = 3;

impl Tenant {
    /// Whether `id` is a user or a group, as of now.
    pub(crate) async fn is_there(&self, id: &str) -> Result<bool, Error> {
        // One by one: the function that asks may not read many at once, and has no hurry.
        for kind in TYPES {
            let key = Key::new(keys::resources(&self.directory, kind), id);
            if self.store.read(&key).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Asks before the first write, as of now; who is expected counts as being there.
    ///
    /// # Errors
    /// `invalidValue` naming some of `ids` that are no user and no group.
    pub(crate) async fn check_exist(&self, ids: impl Iterator<Item = &str>) -> Result<(), Error> {
        if !self.members_must_exist {
            return Ok(());
        }
        let ids: Vec<&str> = ids.filter(|id| !self.expected.contains(*id)).collect();
        let key = |kind: &str, id: &str| Key::new(keys::resources(&self.directory, kind), id);
        let possible = ids.iter().filter(|id| is_resource_id(id));
        let keys = possible.flat_map(|id| TYPES.map(|kind| key(kind, id))).collect();
        let found = self.store.read_all(keys).await?;
        let missing = ids.iter().filter(|id| !TYPES.iter().any(|kind| found.contains_key(&key(kind, id))));
        let missing: Vec<&&str> = missing.collect();
        if missing.is_empty() {
            return Ok(());
        }
        let shown: Vec<String> = missing.iter().take(SHOWN).map(|id| format!("`{id}`")).collect();
        let more = missing.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let detail =
            format!("no user or group has the id {}{more}: create the members first", shown.join(", "));
        Err(ScimError::new(Kind::InvalidValue, detail).into())
    }
}
