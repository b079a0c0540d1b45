//! Access tokens that were taken back one by one (RFC 7009).
//!
//! Their ids stand in the item of the client or grant that they were issued to, which every
//! request is admitted by, until they would have expired. Each is an attribute of its own,
//! so that two revocations need not know of each other.

use std::collections::HashMap;

use crate::error::Error;
use crate::id::WriteId;
use crate::keys::{Item, Key, n, optional_number};
use crate::store::{Change, Store, Written};
use crate::time::seconds;
use table::name;

const PREFIX: &str = "revoked#";
const BEFORE: &str = "revokedBefore";
/// Beyond so many ids, all tokens issued so far are taken back: more is refused than was
/// asked for, and never less.
const MOST: usize = 200;

/// What has been taken back of the tokens of one client or grant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revoked {
    ids: HashMap<String, i64>,
    before: Option<i64>,
}

impl Revoked {
    /// Whether the token `id`, issued at `issued` (seconds since 1970), was taken back.
    #[must_use]
    pub fn holds(&self, id: &str, issued: i64) -> bool {
        self.ids.contains_key(id) || self.before.is_some_and(|before| issued <= before)
    }

    pub(super) fn read(item: &Item) -> Self {
        let id = |name: &String| name.strip_prefix(PREFIX).map(str::to_owned);
        let ids = item.keys().filter_map(|name| Some((id(name)?, optional_number(item, name)?))).collect();
        Self { ids, before: optional_number(item, BEFORE) }
    }
}

impl Store {
    /// Takes the token `id`, which expires at `end`, back in the item `key`. Does nothing when
    /// there is no such item: then no token of it is good anyway.
    pub(super) async fn revoke_in(
        &self,
        key: Key,
        so_far: &Revoked,
        id: &str,
        end: i64,
    ) -> Result<(), Error> {
        let now = seconds();
        let over: Vec<&String> =
            so_far.ids.iter().filter(|(_, end)| **end <= now).map(|(id, _)| id).collect();
        let mut names = vec![("#token".to_owned(), format!("{PREFIX}{id}"))];
        let mut expression = "SET #token = :end".to_owned();
        let mut value = end;
        if so_far.ids.len() - over.len() >= MOST {
            names = vec![("#token".to_owned(), BEFORE.to_owned())];
            value = now;
        }
        let gone: Vec<String> = (0..over.len()).map(|at| format!("#gone{at}")).collect();
        if !gone.is_empty() {
            expression = format!("{expression} REMOVE {}", gone.join(", "));
        }
        names.extend(gone.into_iter().zip(over.iter().map(|id| format!("{PREFIX}{id}"))));
        let change = Change::update(key, expression)
            .only_if("attribute_exists(#pk)")
            .name("#pk", name::PK)
            .value(":end", n(value));
        let change = names.iter().fold(change, |change, (placeholder, name)| change.name(placeholder, name));
        match self.write(&[change], &WriteId::new().token()).await? {
            Written::Done(_) | Written::Refused(_) => Ok(()),
        }
    }
}
