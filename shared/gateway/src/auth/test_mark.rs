//! The mark of requests with which the console tests a token. They are not a use of the token: the set-up page
//! waits for the first request of the identity provider. Nor are they noted when they are refused.

use directory::secret::deployment::DeploymentSecret;
use http::{HeaderMap, HeaderName};

use super::token;

/// The header that has the mark.
pub const HEADER: HeaderName = HeaderName::from_static("x-rollcall-test");

/// The mark for requests with `token`. Only a holder of the deployment secret can make it.
#[must_use]
pub fn mark(token: &str, deployment: &DeploymentSecret) -> String {
    deployment.with_checksum(&beginning(token))
}

/// Whether a request with `token` has its mark.
pub(super) fn is_test(headers: &HeaderMap, token: &str, deployment: &DeploymentSecret) -> bool {
    let mark = headers.get(HEADER).and_then(|mark| mark.to_str().ok());
    mark.is_some_and(|mark| mark.starts_with(&beginning(token)) && deployment.has_checksum(mark))
}

fn beginning(token: &str) -> String {
    format!("test_{}", token::hash(token))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_for_one_token_and_made_with_the_secret() {
        let [ours, other] = ["a", "b"].map(|text| DeploymentSecret::parse(&text.repeat(32)).unwrap());
        let mut headers = HeaderMap::new();
        assert!(!is_test(&headers, "rc_1", &ours), "there is no mark");
        let marks =
            [(mark("rc_1", &ours), true), (mark("rc_2", &ours), false), (mark("rc_1", &other), false)];
        for (text, is_ours) in marks {
            headers.insert(HEADER, text.parse().unwrap());
            assert_eq!(is_test(&headers, "rc_1", &ours), is_ours, "{text}");
        }
    }
}
