//! Which directory a request may touch: the bearer token of RFC 6750.
//!
//! A token names its directory and its holder. Both are read at once and believed for 30
//! seconds ([`cache`]), so that every token of a holder is verified without a read; a token that
//! does not fit what is remembered is compared with what is read anew, so that a wrong secret
//! takes as long as a holder who does not exist.

pub mod cache;
pub mod header;
pub(crate) mod known;
pub mod open;
mod proof;
pub mod scopes;

use std::sync::Arc;

use directory::access::admission::{self, Holder};
use directory::access::permissions::Scopes;
use directory::clock::{Moment, seconds};
use directory::id::{CredentialId, DirectoryId};
use directory::resource::existing::Policy;
use directory::secret::Secret;
use http::{HeaderMap, HeaderValue};
use scim::error::{Error, Kind};
use scim::model::profile::Profile;

use crate::app::App;
use crate::error::Failure;
use crate::log::{ending, metrics};
use known::Known;
use proof::Presented;

/// What a request may touch, on whose behalf.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// The directory.
    pub directory: DirectoryId,
    /// Who is behind the token, as resources remember it.
    pub credential: CredentialId,
    /// What the token may do.
    pub scopes: Scopes,
    /// What the directory offers.
    pub profile: Arc<Profile>,
    /// The id of the user who the credential stands for.
    pub subject: Option<Arc<str>>,
    /// The directory's secret, when it had one when it was read.
    pub secret: Option<Secret>,
    /// By what a POST finds a user who was imported.
    pub adopt: Policy,
    /// The directory's own rate, where it is set to one; 0 for none at all.
    pub requests_per_second: Option<u32>,
}

/// Finds the directory behind the request's token; and whether it is to be remembered that the
/// credential was used ([`mark_used`](directory::access::credential::mark_used)).
///
/// # Errors
/// 401, the same for every wrong token, so that nobody learns which part was wrong; 403 where
/// the token is good and the directory is not open to it; the store's errors when the holder
/// cannot be read.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Result<(Access, bool), Failure> {
    let token = header::token(headers)?;
    let Presented { directory, principal, proof } = Presented::read(app, token).ok_or_else(wrong)?;
    let remembered = app.credentials.get(&directory, &principal, Moment::now());
    if let Some(known) = remembered
        && let Some(scopes) = proof.opens(Some(&known), seconds())
    {
        // The holder is remembered, and this may be another token of it.
        if !scopes.allow_scim() {
            return Err(scopes::nothing());
        }
        return Ok((known.access(directory, &principal, scopes)?, false));
    }
    // Before it is read: that is how old it is.
    let read = Moment::now();
    let admission = admission::read(&app.store, &directory, &principal).await;
    let known = admission.map_err(|e| Failure::store("credential", e))?.map(Known::of);
    let now = seconds();
    let (Some(scopes), Some(mut known)) = (proof.opens(known.as_ref(), now), known) else {
        return Err(wrong());
    };
    if let Holder::Credential(credential) = &known.holder {
        metrics::credential(&directory, credential.expires.map(|end| end - now));
        if let Some(days) = credential.warning(now) {
            ending::warn(&directory, "credential", &credential.id.to_string(), days, now);
        }
    }
    known.admits(&app.settings)?;
    if !scopes.allow_scim() {
        return Err(scopes::nothing());
    }
    known.follow(&app.profiles)?;
    let due = match &known.holder {
        Holder::Credential(credential) => credential.is_use_due(now),
        Holder::Client(_) | Holder::Grant(..) => false,
    };
    let known = Arc::new(known);
    app.credentials.put(directory.clone(), principal.clone(), Arc::clone(&known), read);
    Ok((known.access(directory, &principal, scopes)?, due))
}

fn wrong() -> Failure {
    Failure::challenge(
        Error::new(
            Kind::Unauthorized,
            "the secret token is not valid: it is mistyped, expired, revoked, or belongs to another address",
        ),
        HeaderValue::from_static(r#"Bearer realm="scim", error="invalid_token""#),
    )
}

#[cfg(test)]
mod tests;
