//! What a browser sends and gets on pages with a session: cookies, and where a form comes from.

use directory::access::oidc::{Pending, VALID};
use directory::access::session::{Cookie, LONGEST};
use http::header::{COOKIE, ORIGIN};
use http::{HeaderMap, HeaderValue, Uri};

/// How browsers keep a text.
struct Kept {
    /// Its name over TLS. The prefix makes browsers refuse the cookie of another host or of a page without TLS.
    secure: &'static str,
    /// Its name on the local server, which has no TLS.
    plain: &'static str,
    /// Which requests contain it.
    same_site: &'static str,
}

/// The session: only in requests that a page of this service leads to.
const SESSION: Kept = Kept { secure: "__Host-rollcall", plain: "rollcall", same_site: "Strict" };
/// A sign-in that has begun. The identity provider sends the browser back to it from a page of another site:
/// with `Strict` that request would not contain the cookie, with `Lax` it does, because it is a GET of the
/// whole window. A frame, an image or a form of another site sends no such cookie.
const PENDING: Kept = Kept { secure: "__Host-rollcall-oidc", plain: "rollcall-oidc", same_site: "Lax" };

/// The text of the session's cookie in a request to a service at `origin`.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, origin: &str) -> Option<&'a str> {
    read(&SESSION, headers, origin)
}

/// The text of the cookie of a sign-in that has begun.
#[must_use]
pub fn pending<'a>(headers: &'a HeaderMap, origin: &str) -> Option<&'a str> {
    read(&PENDING, headers, origin)
}

fn read<'a>(kept: &Kept, headers: &'a HeaderMap, origin: &str) -> Option<&'a str> {
    let name = kept.name(origin);
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(found, _)| *found == name).map(|(_, text)| text).next()
}

/// The header that gives a browser `cookie`.
#[must_use]
pub fn set_cookie(cookie: &Cookie, origin: &str) -> Option<HeaderValue> {
    SESSION.header(origin, cookie.text(), LONGEST)
}

/// The header that takes the cookie from a browser.
#[must_use]
pub fn remove_cookie(origin: &str) -> Option<HeaderValue> {
    SESSION.header(origin, "", 0)
}

/// The header that gives a browser the cookie of a sign-in.
#[must_use]
pub fn set_pending(pending: &Pending, origin: &str) -> Option<HeaderValue> {
    PENDING.header(origin, pending.text(), VALID)
}

/// The header that takes it from a browser.
#[must_use]
pub fn remove_pending(origin: &str) -> Option<HeaderValue> {
    PENDING.header(origin, "", 0)
}

/// Whether a form was sent from a page of the service at `origin`. Browsers without `Sec-Fetch-Site` send
/// `Origin`.
#[must_use]
pub fn is_own_form(headers: &HeaderMap, origin: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site") {
        return site == "same-origin";
    }
    let own = origin.parse::<Uri>().ok();
    let own = own.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?)));
    let own = own.map(|(scheme, authority)| format!("{scheme}://{authority}"));
    headers.get(ORIGIN).and_then(|sent| sent.to_str().ok()).is_some_and(|sent| own.as_deref() == Some(sent))
}

impl Kept {
    fn header(&self, origin: &str, text: &str, age: i64) -> Option<HeaderValue> {
        let secure = if is_secure(origin) { "; Secure" } else { "" };
        let (name, same_site) = (self.name(origin), self.same_site);
        let text = format!("{name}={text}; Path=/; Max-Age={age}; HttpOnly; SameSite={same_site}{secure}");
        HeaderValue::try_from(text).ok()
    }

    fn name(&self, origin: &str) -> &'static str {
        if is_secure(origin) { self.secure } else { self.plain }
    }
}

fn is_secure(origin: &str) -> bool {
    origin.starts_with("https://")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use super::*;

    #[test]
    fn over_tls_only_the_cookie_of_this_host_counts() {
        let headers = HeaderMap::from_iter([(
            COOKIE,
            HeaderValue::from_static("a=b; rollcall=one; __Host-rollcall=two"),
        )]);
        assert_eq!(cookie(&headers, "https://scim.example.com"), Some("two"));
        assert_eq!(cookie(&headers, "http://127.0.0.1:3000"), Some("one"));
        let header = remove_cookie("https://scim.example.com").unwrap();
        assert_eq!(header, "__Host-rollcall=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
        assert!(!remove_cookie("http://localhost").unwrap().to_str().unwrap().contains("Secure"));
        assert_eq!(pending(&headers, "https://scim.example.com"), None);
        let header = remove_pending("https://scim.example.com").unwrap();
        assert_eq!(header, "__Host-rollcall-oidc=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure");
    }

    #[test]
    fn a_form_must_come_from_this_service() {
        let headers = |pairs: &[(&'static str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            pairs.collect::<HeaderMap>()
        };
        let origin = "https://scim.example.com/prod";
        assert!(is_own_form(&headers(&[("origin", "https://scim.example.com")]), origin));
        assert!(is_own_form(&headers(&[("sec-fetch-site", "same-origin")]), origin));
        for other in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "https://scim.example.com.evil.example")],
            &[("origin", "http://scim.example.com")],
            &[("sec-fetch-site", "same-site"), ("origin", "https://scim.example.com")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(!is_own_form(&headers(other), origin), "{other:?}");
        }
    }
}
