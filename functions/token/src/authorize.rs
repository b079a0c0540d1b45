//! `GET /oauth/authorize`: a client asks for access, and we ask the administrator of the
//! directory (RFC 6749 §4.1.1).

pub mod ask;
pub mod page;
pub mod problem;

use axum::extract::{Extension, Request, State};
use axum::response::Response;
use gateway::app::App;
use gateway::serve::mount::Origin;
use http::StatusCode;

use crate::authorize::ask::{Ask, Asked};
use crate::authorize::page::Page;
use crate::authorize::problem::Problem;
use crate::consent::sign_in::Administrator;
use crate::form::Form;

/// The longest query that is accepted.
const LONGEST: usize = 16 * 1024;

/// Shows the page, or why there is none.
pub async fn ask(
    State(app): State<App>,
    Extension(administrator): Extension<Administrator>,
    Origin(issuer): Origin,
    request: Request,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if query.len() > LONGEST {
        return Problem::Here(StatusCode::URI_TOO_LONG, "the address is too long".to_owned()).answer(&issuer);
    }
    let form = Form::parse(query.as_bytes());
    match Ask::read(&app, &form).await {
        Ok(Asked { ask, caller }) => {
            let sealed = ask.sealed(&caller.seals);
            let administrator = administrator.is_accepted();
            let page = Page { ask: &ask, caller: &caller, sealed: &sealed, administrator, wrong: None };
            page.answer(StatusCode::OK)
        }
        Err(problem) => problem.answer(&issuer),
    }
}
