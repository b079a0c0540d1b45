//! Configured addresses to which secrets are sent, or from which keys are fetched.

use http::Uri;

/// Whether `url` is a whole address over TLS, or on this machine, for tests. One that contains
/// a user name is refused: people mistake that for the host.
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

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn an_address_is_over_tls_or_on_this_machine() {
        for good in ["https://ex.io/keys?a=b", "http://127.0.0.1:1/", "http://localhost/", "http://[::1]:1/"]
        {
            assert!(is_safe(good), "{good}");
        }
        for bad in [
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
        ] {
            assert!(!is_safe(bad), "{bad}");
        }
    }
}
