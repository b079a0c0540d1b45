//! What a token may do: the `scope` of RFC 6749 §3.3.

use directory::access::permissions::{Right, Scopes};

use crate::answer::Refusal;

/// The rights that a client may get. `consent`, which lets other clients in, is not one of them.
const GIVEN: [Right; 5] = [Right::Read, Right::Write, Right::Users, Right::Groups, Right::Events];

/// What a token gets of `allowed` when a client asks for `wanted`: all of it when it asks for
/// nothing. Unknown words are ignored; the response says what was given.
///
/// # Errors
/// `invalid_scope` when it asks for something that it may not.
pub fn granted(allowed: &str, wanted: Option<&str>) -> Result<String, Refusal> {
    let refused = || Refusal::invalid_scope("the client may not do all of `scope`");
    let allowed: Scopes = allowed.parse().map_err(|_| refused())?;
    let words = wanted.unwrap_or_default().split_ascii_whitespace();
    let asked: Vec<Right> =
        words.filter_map(|word| GIVEN.into_iter().find(|right| right.name() == word)).collect();
    if asked.iter().any(|right| !allowed.allow(*right)) {
        return Err(refused());
    }
    let asked = if asked.is_empty() { GIVEN.to_vec() } else { asked };
    let asked: Vec<&str> = asked.into_iter().map(Right::name).collect();
    let given = allowed.and(asked.join(" ").parse().map_err(|_| refused())?);
    Ok(if given == Scopes::default() { String::new() } else { given.to_string() })
}

/// `scopes` with everything named that they allow, as clients see them.
#[must_use]
pub fn spelled_out(scopes: &str) -> String {
    scopes.parse::<Scopes>().map(|scopes| scopes.to_string()).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn nobody_gets_more_than_they_may() {
        let given = |allowed, wanted| granted(allowed, wanted).ok();
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(given("", None), some(""));
        assert_eq!(given("", Some("read")), some("read users groups"));
        assert_eq!(given("read", Some("read users")), some("read users"));
        assert_eq!(given("read users", None), some("read users"));
        assert_eq!(given("read users", Some("groups")), None);
        assert_eq!(given("users", Some("write")), some("write users"));
        assert_eq!(given("read", Some("read write")), None);
        assert_eq!(given("", Some("events")), None);
        assert_eq!(given("events", None), some("events"));
        assert_eq!(given("users events", Some("events")), some("events"));
        assert_eq!(given("users events", Some("read")), some("read users"));
        assert_eq!(given("users events", None), some("read write users events"));
        assert_eq!(given("read", Some("consent api://8adf8e6e/.default")), some("read users groups"));
    }

    #[test]
    fn a_client_is_told_all_that_it_got() {
        assert_eq!(spelled_out(""), "read write users groups");
        assert_eq!(spelled_out("users"), "read write users");
        assert_eq!(spelled_out("read groups"), "read groups");
    }
}
