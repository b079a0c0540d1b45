//! What a token may do: the `scope` of RFC 6749 §3.3.
//!
//! There are two questions, what is done (`read`, `write`) and to what (`users`, `groups`);
//! who names neither answer to one of them may do either. So a scope is narrower than another
//! only question by question.

use crate::answer::Refusal;

/// The questions and the answers to each.
const QUESTIONS: [[&str; 2]; 2] = [["read", "write"], ["users", "groups"]];

/// What a token gets of `allowed` when a client asks for `wanted`: all of it when it asks for
/// nothing. Words that mean nothing here are left out; the answer says what was given.
///
/// # Errors
/// `invalid_scope` when it asks for something that it may not.
pub fn granted(allowed: &str, wanted: Option<&str>) -> Result<String, Refusal> {
    let words = |text: &str| -> Vec<String> { text.split_ascii_whitespace().map(str::to_owned).collect() };
    let (allowed, wanted) = (words(allowed), words(wanted.unwrap_or_default()));
    let mut given = Vec::new();
    for answers in QUESTIONS {
        let of = |words: &[String]| -> Vec<&str> {
            answers.into_iter().filter(|answer| words.iter().any(|word| word == answer)).collect()
        };
        let (may, asks) = (of(&allowed), of(&wanted));
        if !may.is_empty() && asks.iter().any(|asked| !may.contains(asked)) {
            return Err(Refusal::invalid_scope("the client may not do all of `scope`"));
        }
        given.extend(if asks.is_empty() { may } else { asks });
    }
    Ok(given.join(" "))
}

/// `scopes` with every answer written out, as clients are told.
#[must_use]
pub fn told(scopes: &str) -> String {
    let mut told = Vec::new();
    for answers in QUESTIONS {
        let named =
            answers.into_iter().filter(|answer| scopes.split_ascii_whitespace().any(|word| word == *answer));
        let named: Vec<&str> = named.collect();
        told.extend(if named.is_empty() { answers.to_vec() } else { named });
    }
    told.join(" ")
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
        assert_eq!(given("", Some("read")), some("read"));
        assert_eq!(given("read", Some("read users")), some("read users"));
        assert_eq!(given("read users", None), some("read users"));
        assert_eq!(given("read users", Some("groups")), None);
        assert_eq!(given("users", Some("write")), some("write users"));
        assert_eq!(given("read", Some("read write")), None);
        assert_eq!(given("read", Some("api://8adf8e6e/.default")), some("read"));
    }

    #[test]
    fn a_client_is_told_all_that_it_got() {
        assert_eq!(told(""), "read write users groups");
        assert_eq!(told("users"), "read write users");
        assert_eq!(told("read groups"), "read groups");
    }
}
