//! A client on its own behalf (RFC 6749 §4.4), by its secret or by an assertion.

use axum::response::Response;

use super::issue::issued;
use crate::answer::Refusal;
use crate::caller::Caller;
use crate::form::Form;
use crate::scope::granted;

/// A token, and no refresh token: the client can ask again (§4.4.3).
pub(super) fn issue(caller: &Caller, form: &Form) -> Result<Response, Refusal> {
    // A client with redirect URIs acts for the administrator who gave consent.
    if !caller.client.redirects.is_empty() {
        return Err(Refusal::unauthorized_client(
            "this client gets its tokens by an authorization: send the administrator to `/oauth/authorize`",
        ));
    }
    issued(caller, None, granted(&caller.client.scopes, form.get("scope")?)?)
}
