//! A POST for a user who was in the product before, and was imported ([`directory::resource::existing`]).

use directory::error::Error as StoreError;
use directory::resource::existing::{Existing, texts};
use directory::resource::stored::Resource;
use scim::model::doc::Doc;

use super::call::Call;
use super::restore::having;
use crate::http::error::Failure;

/// Links the imported user that `doc`, a body in its normal form, describes. `None` if there is none,
/// or if the directory's settings do not ask for it.
///
/// The attributes of the setting are tried in their order. The first one that finds
/// imported users without a client decides: a single user is linked; of several, none is. A bulk
/// request does not link users: references to the new user may already have been resolved to another
/// id.
///
/// # Errors
/// As a PATCH's.
pub async fn adopt(call: &Call, doc: &Doc) -> Result<Option<Resource>, Failure> {
    if call.kind.name != "User" {
        return Ok(None);
    }
    let failure = |id: &str, error| call.failure(Some(id), error);
    for attribute in call.adopt.by() {
        let mut found: Vec<Resource> = Vec::new();
        for value in texts(attribute, doc) {
            for user in having(call, attribute, value).await? {
                let adoptable = call.scope.adoptable(&call.kind, &user.id).await;
                let adoptable = adoptable.map_err(|e| failure(&user.id, e))?;
                found.extend(adoptable.filter(|user| !found.iter().any(|known| known.id == user.id)));
            }
        }
        match found.as_slice() {
            [] => {}
            [user] => {
                let adopted = call
                    .scope
                    .take_over(&call.kind, user, doc, &Existing::Adopt(call.adopt.clone()), call.wants(true))
                    .await;
                return match adopted {
                    Ok(adopted) => Ok(Some(adopted)),
                    // Another request linked it a moment earlier: the user belongs to that request.
                    Err(StoreError::PreconditionFailed | StoreError::NotFound) => Ok(None),
                    Err(error) => Err(failure(&user.id, error)),
                };
            }
            _ => return Ok(None),
        }
    }
    Ok(None)
}
