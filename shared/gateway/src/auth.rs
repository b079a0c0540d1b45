//! Which directory a request may touch: the bearer token of RFC 6750.

pub mod cache;
pub mod header;
pub mod issued;

use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use directory::credential::Credential;
use directory::id::{CredentialId, DirectoryId};
use directory::record::{Directory, Record};
use directory::reprofile::Stage;
use directory::secret::Secret;
use http::HeaderMap;
use scim::error::{Error, Kind};
use scim::model::profile::{Profile, SignIn};
use scim::profile::ProfileError;
use scim::profile::transition::with_indexes_of;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::error::Failure;
use crate::log::metrics;
use crate::token::access::Claim;
use crate::token::{self, Token};

/// The ways to sign in that this service takes, of those that profiles offer.
pub const ACCEPTED: [SignIn; 1] = [SignIn::Token];

/// What a request may touch, on whose behalf.
#[derive(Debug, Clone, PartialEq)]
pub struct Access {
    /// The directory.
    pub directory: DirectoryId,
    /// The credential that was shown.
    pub credential: CredentialId,
    /// What the directory offers.
    pub profile: Arc<Profile>,
    /// The id of the user who the credential stands for.
    pub subject: Option<Arc<str>>,
    /// The directory's secret, when it had one when it was read.
    pub secret: Option<Secret>,
}

/// Finds the directory behind the request's token.
///
/// # Errors
/// 401, the same for every wrong token, so that nobody learns which part was wrong;
/// the store's errors when the credential cannot be read.
pub async fn authenticate(app: &App, headers: &HeaderMap) -> Result<Access, Failure> {
    let token = header::token(headers)?;
    if let Some(claim) = Claim::parse(token) {
        return issued::admit(app, &claim).await;
    }
    let Token { directory, credential: id } = claimed(app, token).ok_or_else(wrong)?;
    let hash = token::hash(token);
    if let Some(access) = app.credentials.get(&hash, Instant::now(), unix_seconds()) {
        return Ok(access);
    }
    // Before it is read: that is how old it is.
    let read = Instant::now();
    let admission = app.store.admission(&directory, &id).await;
    match admission.map_err(|e| Failure::store("credential", e))? {
        Some((credential, Record { directory: record, secret })) if opens(&credential, &hash) => {
            metrics::credential(&directory, credential.expires.map(|end| end - unix_seconds()));
            let subject = credential.subject.as_deref().map(Arc::from);
            let profile = profile(app, &record)?;
            let access = Access { directory, credential: id, profile, subject, secret };
            app.credentials.put(hash, access.clone(), credential.expires, read);
            Ok(access)
        }
        _ => Err(wrong()),
    }
}

/// Whose the token says that it is; `None` when it is of no form that is accepted here.
fn claimed(app: &App, token: &str) -> Option<Token> {
    if let Some(token) = Token::parse(token) {
        return Some(token);
    }
    let directory = app.settings.foreign_tokens.clone()?;
    let credential = token::foreign_id(&token::hash(token)).ok()?;
    Some(Token { directory, credential })
}

/// What the directory `record` offers. It was checked when it was chosen: only a service
/// that was deployed without a profile in use does not know it.
fn profile(app: &App, record: &Directory) -> Result<Arc<Profile>, Failure> {
    let unknown = |error: ProfileError| {
        tracing::error!(directory = %record.id, %error, "the directory's profile cannot be used");
        Failure::internal()
    };
    let profile = record.asking(&app.profiles.get(&record.profile).map_err(unknown)?);
    Ok(match &record.transition {
        None => profile,
        Some(transition) => match (app.profiles.get(&transition.other), transition.stage) {
            (Ok(other), _) => with_indexes_of(&profile, &other),
            // The last one is not needed any more: what it indexes is about to go.
            (Err(_), Stage::Retiring) => profile,
            (Err(error), Stage::Preparing) => return Err(unknown(error)),
        },
    })
}

/// Whether `credential` is the one whose token has `hash`, and has not expired. Takes
/// the same time wherever the hashes differ.
fn opens(credential: &Credential, hash: &str) -> bool {
    let same = bool::from(credential.hash.as_bytes().ct_eq(hash.as_bytes()));
    same && !credential.is_expired()
}

fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

fn wrong() -> Failure {
    Failure::challenge(
        Error::new(
            Kind::Unauthorized,
            "the secret token is not valid: it is mistyped, expired, revoked, or belongs to another address",
        ),
        r#"Bearer realm="scim", error="invalid_token""#,
    )
}

#[cfg(test)]
mod tests;
