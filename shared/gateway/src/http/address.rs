//! Configured addresses: those that browsers are sent to, and those that the service itself calls.

use http::Uri;
use url::{Host, Url};

use super::public::is_public;
use crate::settings::Reach;

/// Whether browsers may be sent to `url`: a whole address over TLS, or on the person's own machine.
/// One that contains a user name is refused: people mistake that for the host.
#[must_use]
pub fn is_safe(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else { return false };
    let Some(authority) = uri.authority() else { return false };
    if authority.as_str().contains('@') || authority.host().is_empty() || url.contains('#') {
        return false;
    }
    match uri.scheme_str() {
        Some("https") => true,
        Some("http") => matches!(authority.host(), "127.0.0.1" | "localhost" | "[::1]"),
        _ => false,
    }
}

/// Whether the service may call `url`, as far as its text shows. What the name of a host leads to is
/// checked at the connection ([`fetch`](super::fetch)).
#[must_use]
pub fn may_call(url: &str, reach: Reach) -> bool {
    is_safe(url)
        && match reach {
            Reach::Any => true,
            Reach::Public => Url::parse(url).is_ok_and(|url| {
                let public = match url.host() {
                    // In any notation, such as 0x7f.1.
                    Some(Host::Ipv4(address)) => is_public(address.into()),
                    Some(Host::Ipv6(address)) => is_public(address.into()),
                    Some(Host::Domain(_)) => true,
                    None => false,
                };
                url.scheme() == "https" && public
            }),
        }
}

/// Whether `text` is one that claims of tokens such as `iss` and `aud` may have (RFC 7519 §2): with a colon
/// it is a URI.
#[must_use]
pub fn is_string_or_uri(text: &str) -> bool {
    !text.contains(':') || Url::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_with_a_colon_is_a_uri() {
        for good in ["issuer.example.com", "https://ex.io", "urn:ex:a", "x"] {
            assert!(is_string_or_uri(good), "{good}");
        }
        for bad in [":", "1:2", "a b:c"] {
            assert!(!is_string_or_uri(bad), "{bad}");
        }
    }

    const THIS_MACHINE: [&str; 3] = ["http://127.0.0.1:1/", "http://localhost/", "http://[::1]:1/"];
    const NEVER: [&str; 11] = [
        "",
        "/keys",
        "ex.io",
        "http://ex.io/keys",
        "ftp://ex.io/",
        "https://a@ex.io/",
        "https://ex.io/#a",
        "http://127.0.0.1.ex.io/",
        "http://127.0.0.1@ex.io/",
        "http://169.254.169.254/",
        "file:///etc/passwd",
    ];

    #[test]
    fn browsers_are_sent_over_tls_or_to_their_own_machine() {
        for good in ["https://ex.io/keys?a=b"].into_iter().chain(THIS_MACHINE) {
            assert!(is_safe(good), "{good}");
        }
        for bad in NEVER {
            assert!(!is_safe(bad), "{bad}");
        }
    }

    #[test]
    fn the_service_calls_public_hosts_over_tls() {
        for good in [
            "https://ex.io/keys?a=b",
            "https://ex.io:8443/",
            "https://8.8.8.8/",
            "https://[2606:4700::1111]/",
        ] {
            assert!(may_call(good, Reach::Public), "{good}");
        }
        let literals = [
            "https://127.0.0.1/",
            "https://127.1/",
            "https://0x7f000001/",
            "https://2130706433/",
            "https://017700000001/",
            "https://127.0.0.1./",
            "https://127%2e0.0.1/",
            "https://10.0.0.1/",
            "https://169.254.169.254/latest/meta-data/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00:ec2::254]/",
            "https://[64:ff9b::7f00:1]/",
        ];
        for bad in literals.into_iter().chain(THIS_MACHINE).chain(NEVER) {
            assert!(!may_call(bad, Reach::Public), "{bad}");
        }
        for local in THIS_MACHINE.into_iter().chain(["https://10.0.0.1/"]) {
            assert!(may_call(local, Reach::Any), "{local}");
        }
        assert!(NEVER.iter().all(|bad| !may_call(bad, Reach::Any)));
    }
}
