//! Finds the SCIM base in a request's URL, and what comes after it.
//!
//! API Gateway's stage, or the prefix of a custom domain, may stand before `/scim/v2`;
//! slashes may be doubled (a Tenant URL that ends in one) or trail. Routers always
//! get the normal form, `/scim/v2/Users`.

use http::request::Parts;
use http::uri::{Authority, PathAndQuery};
use http::{HeaderMap, HeaderName, Uri, header};
use lambda_http::RequestExt;
use lambda_http::request::RequestContext;

use crate::settings::Settings;

/// The scheme that the client used, as a proxy reports it.
pub(crate) const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The base of SCIM's own endpoints.
pub const SCIM: &str = "/scim/v2";

/// A path inside a base, such as SCIM's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Located {
    /// What precedes the base: empty, or `/prod`.
    pub prefix: String,
    /// The rest in normal form, such as `/scim/v2/Users`.
    pub path: String,
}

impl Located {
    /// Finds `base` in `path`. `None` when it is not there.
    #[must_use]
    pub fn find(path: &str, base: &str) -> Option<Self> {
        let split = |text| str::split(text, '/').filter(|segment| !segment.is_empty()).collect();
        let (segments, base): (Vec<&str>, Vec<&str>) = (split(path), split(base));
        let at = segments.windows(base.len().max(1)).position(|window| window == base)?;
        let (prefix, rest) = segments.split_at_checked(at)?;
        let join = |segments: &[&str]| segments.iter().map(|s| format!("/{s}")).collect::<String>();
        Some(Self { prefix: join(prefix), path: join(rest) })
    }
}

/// The request's path in `base`; `None` when it is outside.
///
/// Only API Gateway puts a prefix before a base; anywhere else, such a path is outside.
#[must_use]
pub fn inside(parts: &Parts, base: &str) -> Option<Located> {
    let located = Located::find(parts.uri.path(), base)?;
    (located.prefix.is_empty() || parts.extensions.get::<RequestContext>().is_some()).then_some(located)
}

/// The URI that the router gets for a request at `located`.
#[must_use]
pub fn normalized(parts: &Parts, located: Located) -> Option<Uri> {
    let path_and_query = match parts.uri.query() {
        Some(query) => format!("{}?{query}", located.path),
        None => located.path,
    };
    PathAndQuery::try_from(path_and_query).ok().map(Uri::from)
}

/// Whether `path`, in normal form, is a discovery endpoint (RFC 7644 §4).
#[must_use]
pub fn is_discovery(path: &str) -> bool {
    matches!(endpoint(path), "/ServiceProviderConfig" | "/ResourceTypes" | "/Schemas")
}

/// The endpoint that `path`, in normal form, leads to: `/Users` of `/scim/v2/Users/7`.
#[must_use]
pub fn endpoint(path: &str) -> &str {
    let inside = path.strip_prefix("/scim/v2").unwrap_or(path);
    let end = inside.char_indices().skip(1).find(|(_, c)| *c == '/').map_or(inside.len(), |(at, _)| at);
    inside.get(..end).unwrap_or(inside)
}

/// The URL up to and with `/scim/v2`, as the client reaches it.
#[must_use]
pub fn base(settings: &Settings, parts: &Parts) -> String {
    origin(settings, parts, SCIM) + SCIM
}

/// The URL before `base`, as the client of a request inside it reaches it:
/// `https://scim.example.com`, or followed by a stage.
#[must_use]
pub fn origin(settings: &Settings, parts: &Parts, base: &str) -> String {
    if let Some(url) = &settings.base_url {
        let url = url.trim_end_matches('/');
        return url.strip_suffix(SCIM).unwrap_or(url).to_owned();
    }
    let lambda = parts.extensions.get::<RequestContext>().is_some();
    let prefix = Located::find(client_path(parts), base).map(|located| located.prefix).unwrap_or_default();
    format!("{}://{}{prefix}", scheme(parts, lambda), host(parts))
}

/// The path as the client sent it: `lambda_http` puts the stage into the URI whether
/// the client wrote it or not.
fn client_path(parts: &Parts) -> &str {
    match parts.extensions.get::<RequestContext>() {
        Some(RequestContext::ApiGatewayV1(context)) => {
            context.path.as_deref().unwrap_or_else(|| parts.extensions.raw_http_path())
        }
        Some(RequestContext::ApiGatewayV2(_)) => parts.extensions.raw_http_path(),
        _ => parts.uri.path(),
    }
}

fn scheme(parts: &Parts, lambda: bool) -> &'static str {
    let forwarded = first(&parts.headers, FORWARDED_PROTO.as_str()).or(parts.uri.scheme_str());
    forwarded.and_then(known_scheme).unwrap_or(if lambda { "https" } else { "http" })
}

/// `https` or `http`, however it is written.
pub(crate) fn known_scheme(scheme: &str) -> Option<&'static str> {
    ["https", "http"].into_iter().find(|known| scheme.eq_ignore_ascii_case(known))
}

/// The host of the request. An invalid Host header must not get into URLs.
fn host(parts: &Parts) -> &str {
    let sent = first(&parts.headers, header::HOST.as_str()).filter(|host| is_plain(host));
    let authority = parts.uri.authority().map(Authority::as_str).filter(|host| is_plain(host));
    sent.or(authority).unwrap_or("localhost")
}

/// Whether `host`, with or without a port, has only characters that are valid in a host.
pub(crate) fn is_plain(host: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']');
    !host.is_empty() && host.chars().all(allowed)
}

/// The first value of a list header: of several proxies, the client spoke to the first.
pub(crate) fn first<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()?.split(',').next().map(str::trim)
}

#[cfg(test)]
mod tests;
