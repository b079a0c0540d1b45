//! Access tokens of OAuth: what they open, and for how long that is believed.
//!
//! A token proves itself by its seal. What can have been taken back since, the client, the
//! grant, the one token, stands in their items, which are read with the directory in one call
//! and believed for 30 seconds. So all tokens of a client cost one read in that time. A token
//! that is refused is always refused after a read: how long it takes tells nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use directory::id::{ClientId, DirectoryId, GrantId};
use directory::oauth::holder::Holder;

use super::{Access, profile, unix_seconds, wrong};
use crate::app::App;
use crate::error::Failure;
use crate::token::access::Claim;

/// How long a holder is believed without being read again.
const FRESH: Duration = Duration::from_secs(30);
/// How many are remembered.
const CAPACITY: usize = 1024;

type Key = (DirectoryId, ClientId, Option<GrantId>);

/// Holders of tokens that were good a moment ago.
#[derive(Debug, Default)]
pub struct Holders(Mutex<HashMap<Key, Arc<Known>>>);

#[derive(Debug)]
struct Known {
    holder: Holder,
    access: Access,
    read: Instant,
}

impl Holders {
    fn get(&self, key: &Key, now: Instant) -> Option<Arc<Known>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|known| now.saturating_duration_since(known.read) < FRESH).cloned()
    }

    fn put(&self, key: Key, entry: Arc<Known>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.retain(|_, old| entry.read.saturating_duration_since(old.read) < FRESH);
        }
        if known.len() >= CAPACITY {
            known.clear();
        }
        known.insert(key, entry);
    }
}

/// What `claim` opens.
///
/// # Errors
/// 401, the same for every wrong token; the store's errors when its holder cannot be read.
pub(super) async fn admit(app: &App, claim: &Claim) -> Result<Access, Failure> {
    let token = &claim.token;
    let key = (token.directory.clone(), token.client.clone(), token.grant.clone());
    let now = Instant::now();
    if let Some(known) = app.holders.get(&key, now).filter(|known| opens(&known.holder, claim)) {
        return Ok(known.access.clone());
    }
    let read = app.store.holder(&token.directory, &token.client, token.grant.as_ref()).await;
    let holder = read.map_err(|error| Failure::store("client", error))?;
    let holder = holder.filter(|holder| opens(holder, claim)).ok_or_else(wrong)?;
    let access = Access {
        directory: token.directory.clone(),
        credential: token.client.to_string().parse().map_err(|_| wrong())?,
        profile: profile(app, &holder.record.directory)?,
        subject: None,
        secret: holder.record.secret.clone(),
    };
    app.holders.put(key, Arc::new(Known { holder, access: access.clone(), read: now }));
    Ok(access)
}

/// Whether `claim` is genuine and its time is not over, and nothing of it was taken back.
fn opens(holder: &Holder, claim: &Claim) -> bool {
    let genuine =
        holder.record.secret.as_ref().is_some_and(|secret| claim.is_genuine(secret, unix_seconds()));
    genuine && holder.holds(&claim.token.id, claim.token.issued)
}
