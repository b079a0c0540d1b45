//! The end of a set-up.

use directory::access::session::{self, Realm};
use directory::access::setup_link;
use directory::registry::setup;
use gateway::auth::browser::remove_cookie;
use http::StatusCode;
use http::header::SET_COOKIE;
use maud::html;

use crate::layout::{Frame, see_other};
use crate::problem::Answer;
use crate::visit::Visit;

/// Stores that the set-up is finished, withdraws links that were not opened, and ends the sessions of the
/// customer's administrators.
pub(crate) async fn finish(visit: Visit) -> Answer {
    let record = visit.record()?;
    setup::finish(visit.table(), &record.id).await?;
    setup_link::revoke_all(visit.table(), &record.id).await?;
    let frame = visit.frame();
    if frame.realm == Some(Realm::Team) {
        return Ok(see_other(&frame.to(&format!("/console/directories/{}", record.id))));
    }
    if let Some(visitor) = &visit.visitor {
        session::end(visit.table(), &visitor.cookie).await?;
    }
    let content = html! {
        h1 { "The set-up is finished" }
        p .good role="status" { "Your identity provider now keeps the users of " (record.name) " up to date." }
        p { "You can close this page. To change something later, ask the team of this service for a new set-up link." }
    };
    let signed_out = Frame { base: frame.base, ..Frame::default() };
    let mut response = signed_out.page(StatusCode::OK, "The set-up is finished", &content);
    if let Some(header) = remove_cookie(&visit.origin) {
        response.headers_mut().insert(SET_COOKIE, header);
    }
    Ok(response)
}
