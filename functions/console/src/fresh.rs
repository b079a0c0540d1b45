//! Who creates a secret has signed in a short time ago: the session of a browser that was left open creates
//! none.

use directory::access::session::Realm;
use maud::{Markup, html};

use crate::layout::Frame;

/// What a session that is too old sees in place of a form that creates a secret; `path` leads back.
pub(crate) fn note(frame: &Frame, path: &str) -> Markup {
    let minutes = frame.realm.as_ref().map_or(0, Realm::fresh) / 60;
    html! {
        p .note {
            "Secrets are created within " (minutes) " minutes after the sign-in. "
            @if frame.realm == Some(Realm::Team) {
                a href=(frame.to(&format!("/console?again={path}"))) { "Sign in again" } "."
            } @else {
                "Your session began earlier. Ask the team of this service for a new set-up link, and open it in this browser."
            }
        }
    }
}

/// The page that `again` leads back to, if it is one of a directory.
pub(crate) fn again(text: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '-');
    Some(text).filter(|text| text.starts_with("/console/directories/") && text.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_directories_are_led_back_to() {
        assert!(again("/console/directories/acme/credentials").is_some());
        for other in
            ["", "/", "//evil.example", "https://evil.example", "/console/directories/\r\nx", "/console"]
        {
            assert_eq!(again(other), None, "{other}");
        }
    }
}
