//! One credential, and replacing it by another.

use directory::access::credential::{self, Credential};
use directory::clock::seconds;
use gateway::administration::credential::New;
use gateway::administration::end::usual;
use http::StatusCode;
use maud::html;

use super::create::issue;
use super::{ends, once, state, used};
use crate::fresh;
use crate::limits::covers;
use crate::problem::{Answer, Problem};
use crate::time::stored;
use crate::trail::Trail;
use crate::visit::Visit;

/// The page.
pub(crate) async fn show(visit: Visit) -> Answer {
    let (one, trail) = (find(&visit).await?, Trail::of(&visit)?);
    let path = format!("/credentials/{}", one.id);
    let rotate = html! {
        (once()?)
        button .yes type="submit" { "Create the next token" }
    };
    let content = html! {
        h1 { (one.label) }
        dl {
            dt { "Id" } dd { (one.id) }
            dt { "Allows" } dd { (one.scopes) }
            dt { "Created" } dd { (stored(&one.created)) }
            dt { "Ends" } dd { (ends(&one)) }
            dt { "Last used" } dd { (used(&one)) }
            dt { "State" } dd { (state(&one)) }
        }
        @if one.is_valid(seconds()) {
            h2 { "Replace it" }
            p { "The next token has the same name and allows the same, for a year. This one stays valid: enter the next one in the \
                 identity provider, and revoke this one when the next one was used." }
            @if visit.is_fresh() { (trail.form(&format!("{path}/rotate"), &rotate)) } @else { (fresh::note(&trail.frame, &trail.path("/credentials"))) }
        }
        @if one.revoked.is_none() {
            h2 { "Revoke it" }
            p { a href=(trail.to(&format!("{path}/revoke"))) { "Revoke this token" } " when no identity provider uses it any more." }
        }
        p { a href=(trail.to("/credentials")) { "All credentials" } }
    };
    Ok(trail.frame.page(StatusCode::OK, &one.label, &content))
}

/// Creates another credential that is called the same and allows the same. The old one stays.
pub(crate) async fn rotate(visit: Visit) -> Answer {
    let old = find(&visit).await?;
    if !old.is_valid(seconds()) {
        return Err(Problem::conflict("This token is not valid any more. Create another one."));
    }
    let new = New { label: old.label, scopes: old.scopes, expires: usual(), subject: old.subject };
    issue(&visit, new).await
}

/// The credential in the path.
///
/// # Errors
/// 404 when it does not exist, or the session may not see it.
pub(super) async fn find(visit: &Visit) -> Result<Credential, Problem> {
    let id = visit.parameter("credential").parse().map_err(|_| Problem::not_found())?;
    let found = credential::read(visit.table(), &visit.record()?.id, &id).await?;
    found.filter(|one| covers(visit, one.scopes)).ok_or_else(Problem::not_found)
}
