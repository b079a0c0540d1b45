//! Bearer tokens (RFC 6750): which directory a request may touch.
//!
//! A token names its directory and its holder: a credential, an OAuth client or a grant. One read
//! returns both, and the answer is kept for 30 seconds (in `auth::cache`), so that every
//! token of a holder is verified without a read. A token that does not match what is kept is
//! compared with a fresh read: a wrong secret takes as long as a holder that does not exist. Further
//! wrong tokens of the same holder cost no read for some seconds ([`holders`](super::holders)).

use std::sync::Arc;

use directory::access::admission::{Holder, Principal};
use directory::clock::{Moment, seconds};
use directory::registry::state::State;
use http::HeaderMap;
use scim::profile::Profiles;

use super::access::{Access, Service};
use super::authenticated::Authenticated;
use super::cache::Cache;
use super::deployment::Deployment;
use super::header::{self, wrong_token};
use super::holders::{Found, Holders};
use super::proof::{Opened, Presented};
use super::test_mark::is_test;
use crate::http::error::Failure;
use crate::log::{ending, metrics};
use crate::settings::Settings;

/// Verifies tokens.
#[derive(Debug)]
pub struct Authenticator {
    holders: Arc<Holders>,
    profiles: Arc<Profiles>,
    deployment: Deployment,
    settings: Arc<Settings>,
    pub(crate) cache: Cache,
}

impl Authenticator {
    /// Verifies the tokens of `holders`, whose directories follow `profiles`.
    #[must_use]
    pub fn new(
        holders: Arc<Holders>,
        profiles: Arc<Profiles>,
        deployment: Deployment,
        settings: Arc<Settings>,
    ) -> Self {
        Self { holders, profiles, deployment, settings, cache: Cache::default() }
    }

    /// Finds the directory of the request's token, which must allow `service`. `is_use` says whether the
    /// request counts as a use of the credential. The second value says whether the caller is to record that
    /// use ([`mark_used`](directory::access::credential::mark_used)).
    ///
    /// # Errors
    /// 401, the same for every wrong token, so that a client cannot learn which part was wrong;
    /// 403 for a valid token that does not allow `service`, or whose directory is not open; the table's
    /// errors when the holder cannot be read; 503 when the deployment's secret cannot be read.
    pub async fn authenticate(
        &self,
        headers: &HeaderMap,
        service: Service,
        is_use: bool,
    ) -> Result<(Access, bool), Failure> {
        let token = header::token(headers)?;
        let deployment = self.deployment.for_token(token).await;
        let deployment = &deployment.map_err(|e| Failure::table("credential", e))?;
        let is_use_due = |holder: &Authenticated| {
            is_use
                && holder.is_use_due(seconds())
                && !is_test(headers, token, deployment)
                && holder.note_use()
        };
        let foreign = self.settings.foreign_tokens.as_ref();
        let Presented { directory, principal, proof } =
            Presented::read(token, deployment, foreign).ok_or_else(wrong_token)?;
        let remembered = self.cache.get(&directory, &principal, Moment::now());
        if let Some(holder) = remembered
            && let Opened::Yes(scopes) = proof.opens(Some(&holder), deployment, seconds())
        {
            // The holder is remembered, and this may be another token of it.
            service.permit(scopes).map_err(|refused| refused.of(&directory, &principal.by()))?;
            let due = is_use_due(&holder);
            return Ok((holder.access(directory, &principal, scopes, deployment)?, due));
        }
        let found = self.holders.find(&directory, &principal).await;
        let found = found.map_err(|e| Failure::table("credential", e))?;
        let holder = found.admission.as_deref().cloned().map(Authenticated::of);
        let (read, now) = (found.read, seconds());
        let (scopes, mut holder) = match (proof.opens(holder.as_ref(), deployment, now), holder) {
            (Opened::Yes(scopes), Some(holder)) => (scopes, holder),
            (opened, _) => {
                // Who has no token of this holder does not learn from the time whether it exists.
                let is_over = opened == Opened::Over;
                let refused = wrong_token();
                let refused = if is_over { attributed(refused, &found, &principal) } else { refused };
                self.holders.remember(directory, principal, found);
                return Err(refused);
            }
        };
        if let Holder::Credential(credential) = &holder.holder {
            metrics::credential(&directory, credential.expires.map(|end| end - now));
            if let Some(days) = credential.warning(now) {
                ending::warn(&directory, "credential", &credential.id.to_string(), days, now);
            }
        }
        let permitted = holder.admits(&self.settings).and_then(|()| service.permit(scopes));
        permitted.map_err(|refused| attributed(refused, &found, &principal))?;
        holder.follow(&self.profiles)?;
        let holder = Arc::new(holder);
        let due = is_use_due(&holder);
        self.cache.put(directory.clone(), principal.clone(), Arc::clone(&holder), read);
        Ok((holder.access(directory, &principal, scopes, deployment)?, due))
    }

    /// Whether the console sent a request with these headers, to test the token in them.
    pub(crate) async fn is_test(&self, headers: &HeaderMap) -> bool {
        let Ok(token) = header::token(headers) else { return false };
        let deployment = self.deployment.for_token(token).await;
        deployment.is_ok_and(|deployment| is_test(headers, token, &deployment))
    }
}

/// `refused` as a failure of `principal`, if it was found and its directory is not being erased.
fn attributed(refused: Failure, found: &Found, principal: &Principal) -> Failure {
    let directory = found.admission.as_ref().map(|admission| &admission.record.directory);
    match directory {
        Some(directory) if directory.state != State::Erasing => refused.of(&directory.id, &principal.by()),
        _ => refused,
    }
}

#[cfg(test)]
mod tests;
