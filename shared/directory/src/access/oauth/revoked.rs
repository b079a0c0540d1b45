//! Access tokens that were revoked one by one (RFC 7009).
//!
//! Their ids are stored in the item of the client or grant that they were issued to, which every
//! request reads, until they would have expired. Each id is an attribute of its own, so that two
//! revocations at the same time do not disturb each other.

use std::collections::HashMap;

use table::Table;
use table::condition::exists;
use table::item::{Item, Key, optional_number};
use table::name::{PK, REVOKED_BEFORE, REVOKED_TOKEN};
use table::write::Update;

use crate::clock::seconds;
use crate::error::Error;

/// How many ids an item holds. One more revokes all tokens issued so far: too many rather than too few.
const MOST: usize = 200;

/// The revoked access tokens of one client or grant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revoked {
    ids: HashMap<String, i64>,
    before: Option<i64>,
}

impl Revoked {
    /// Whether the token `id`, issued at `issued` (seconds since 1970), was revoked.
    #[must_use]
    pub fn contains(&self, id: &str, issued: i64) -> bool {
        self.ids.contains_key(id) || self.before.is_some_and(|before| issued <= before)
    }

    pub(super) fn from_item(item: &Item) -> Self {
        let id = |name: &String| name.strip_prefix(REVOKED_TOKEN).map(str::to_owned);
        let ids = item.keys().filter_map(|name| Some((id(name)?, optional_number(item, name)?))).collect();
        Self { ids, before: optional_number(item, REVOKED_BEFORE) }
    }
}

/// Revokes the token `id`, which expires at `end`, in the item `key` with the tokens `so_far`. Does
/// nothing when there is no such item: then no token of it is valid.
pub(super) async fn revoke(
    table: &Table,
    key: Key,
    so_far: &Revoked,
    id: &str,
    end: i64,
) -> Result<(), Error> {
    let now = seconds();
    let expired = so_far.ids.iter().filter(|(_, end)| **end <= now).map(|(id, _)| id);
    let mut update = Update::of(key).when(exists(PK));
    let mut left = so_far.ids.len();
    for id in expired {
        update = update.remove(format!("{REVOKED_TOKEN}{id}"));
        left -= 1;
    }
    update = if left >= MOST {
        update.set(REVOKED_BEFORE, now)
    } else {
        update.set(format!("{REVOKED_TOKEN}{id}"), end)
    };
    table.write(update).await?;
    Ok(())
}
