//! Requests to the administration.

use directory::id::DirectoryId;
use gateway::token::Token;
use tests::answer::Answer;
use tests::call::Call;
use tests::endpoint::Endpoint;
use tests::runtime::block_on;

/// A request to the administration of this stack, with its key.
pub(crate) fn call<'a>(scim: &'a Endpoint, method: &str, path: &str) -> Option<Call<'a>> {
    let stack = scim.stack()?;
    let url = format!("{}{path}", scim.base().trim_end_matches("/scim/v2"));
    let key = format!("Bearer {}", stack.administrator_key());
    Some(Call::new(scim, method, &url).authorization(Some(&key)))
}

/// The path of the endpoint's directory.
pub(crate) fn at(scim: &Endpoint) -> String {
    format!("/admin/directories/{}", id(scim))
}

/// The endpoint's directory.
pub(crate) fn id(scim: &Endpoint) -> DirectoryId {
    Token::parse(scim.token()).expect("a token of our own").directory
}

/// Sending for an answer that need not be a JSON document.
pub(crate) trait Bare {
    /// Sends the request.
    fn send_bare(self) -> Answer;
}

impl Bare for Call<'_> {
    fn send_bare(self) -> Answer {
        block_on(self.exchange())
    }
}
