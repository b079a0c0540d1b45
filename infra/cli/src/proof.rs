//! How a command proves that it may administer: with the administrator key, or with a signature of an
//! AWS identity where the administration API demands one (`AdminApi=private`).

use std::env;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4;
use reqwest::Request;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::args::Connection;
use crate::error::ToolError;

/// A proof that is added to each request.
pub(crate) enum Proof {
    /// The administrator key.
    Key(SecretString),
    /// Credentials that sign (Signature Version 4), and the region of the API.
    Signature(Credentials, String),
}

impl Proof {
    /// As the command line and the environment say.
    ///
    /// # Errors
    /// [`ToolError::Wrong`] when a key, credentials or the region are missing.
    pub(crate) fn of(connection: &Connection) -> Result<Self, ToolError> {
        if !connection.iam {
            return key(connection).map(Self::Key);
        }
        let needed = |name: &str| {
            let hint = "`aws configure export-credentials --format env` prints what to set";
            variable(name).ok_or_else(|| ToolError::Wrong(format!("`--iam` needs {name}: {hint}")))
        };
        let id = needed("AWS_ACCESS_KEY_ID")?;
        let secret = needed("AWS_SECRET_ACCESS_KEY")?;
        let credentials = Credentials::new(id, secret, variable("AWS_SESSION_TOKEN"), None, "environment");
        let region = region(&connection.url).map_or_else(|| needed("AWS_REGION"), Ok)?;
        Ok(Self::Signature(credentials, region))
    }

    /// Adds the proof to `request`, which is sent at `now`.
    ///
    /// # Errors
    /// [`ToolError::Wrong`] for a key that no header carries, or a request that cannot be signed.
    pub(crate) fn add(&self, request: &mut Request, now: SystemTime) -> Result<(), ToolError> {
        let headers = match self {
            Self::Key(key) => vec![(AUTHORIZATION, format!("Bearer {}", key.expose_secret()))],
            Self::Signature(credentials, region) => signed(credentials, region, request, now)
                .ok_or_else(|| ToolError::Wrong("the request cannot be signed".to_owned()))?,
        };
        for (name, value) in headers {
            let wrong = |_| {
                ToolError::Wrong("the administrator key has characters that no header carries".to_owned())
            };
            let mut value = HeaderValue::from_str(&value).map_err(wrong)?;
            value.set_sensitive(true);
            request.headers_mut().insert(name, value);
        }
        Ok(())
    }
}

/// The headers of a signature.
fn signed(
    credentials: &Credentials,
    region: &str,
    request: &Request,
    now: SystemTime,
) -> Option<Vec<(HeaderName, String)>> {
    let identity = credentials.clone().into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("execute-api")
        .time(now)
        .settings(SigningSettings::default())
        .build()
        .ok()?
        .into();
    let body = request.body().and_then(|body| body.as_bytes()).unwrap_or_default();
    let headers =
        request.headers().iter().filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
    let (method, url) = (request.method().as_str(), request.url().as_str());
    let request = SignableRequest::new(method, url, headers, SignableBody::Bytes(body)).ok()?;
    let (headers, _) = sign(request, &parameters).ok()?.into_parts().0.into_parts();
    let named = |name: &'static str| name.parse().ok();
    headers.iter().map(|header| Some((named(header.name())?, header.value().to_owned()))).collect()
}

/// The region in an address of API Gateway, `https://ID.execute-api.REGION.amazonaws.com`.
fn region(url: &str) -> Option<String> {
    let host = reqwest::Url::parse(url).ok()?.host_str()?.to_owned();
    let mut parts = host.split('.').skip(1);
    (parts.next()? == "execute-api").then(|| parts.next().map(str::to_owned)).flatten()
}

/// The administrator key: from the environment, a file, or a local server's data directory.
fn key(connection: &Connection) -> Result<SecretString, ToolError> {
    if let Some(path) = &connection.administrator_key_file {
        return read(path).map_err(|source| ToolError::File { path: path.display().to_string(), source });
    }
    // Not by a flag: other users of the machine can see a command line.
    if let Some(key) = variable("ROLLCALL_ADMINISTRATOR_KEY") {
        return Ok(SecretString::from(key));
    }
    let path: PathBuf = connection.data.join("administrator-key");
    read(&path).map_err(|source| {
        ToolError::Wrong(format!(
            "no administrator key: set ROLLCALL_ADMINISTRATOR_KEY, name its file with \
             `--administrator-key-file`, or a local server's data directory with `--data` (`{}`: {source})",
            path.display()
        ))
    })
}

fn read(path: &Path) -> std::io::Result<SecretString> {
    Ok(SecretString::from(std::fs::read_to_string(path)?.trim().to_owned()))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use std::time::Duration;

    use reqwest::Method;
    use reqwest::header::CONTENT_TYPE;

    use super::*;

    const API: &str = "https://abc123.execute-api.eu-central-1.amazonaws.com";

    /// The signatures are those of botocore 1.40 for the same requests.
    #[test]
    fn a_signature_is_the_one_of_other_clients() {
        // 2026-03-12T19:03:00Z
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_773_342_180);
        let request = |method, path: &str| Request::new(method, format!("{API}{path}").parse().unwrap());
        let export = request(Method::GET, "/admin/directories/acme-eu/export?after=a%2Bb&count=2");
        let mut create = request(Method::POST, "/admin/directories");
        create.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        *create.body_mut() = Some(r#"{"id":"acme"}"#.into());
        for (mut request, session, signature) in [
            (export, "session", "a79ab9e88acf64161437e484c9b07682de2ca81cee5536a2b8f99e064c789450"),
            (create, "", "2e6f787aad439906eb8c716b18759c4f7cef88772bd7ad8f94153b6317de5dd5"),
        ] {
            let token = Some(session.to_owned()).filter(|token| !token.is_empty());
            let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
            let credentials = Credentials::new("AKIDEXAMPLE", secret, token.clone(), None, "test");
            Proof::Signature(credentials, region(API).unwrap()).add(&mut request, now).unwrap();
            let header =
                |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
            assert_eq!(header("x-amz-date").unwrap(), "20260312T190300Z");
            assert_eq!(header("x-amz-security-token"), token);
            let authorization = header("authorization").unwrap();
            assert!(
                authorization.contains("/20260312/eu-central-1/execute-api/aws4_request"),
                "{authorization}"
            );
            assert!(authorization.ends_with(&format!("Signature={signature}")), "{authorization}");
        }
    }

    #[test]
    fn the_region_is_in_the_address_unless_the_domain_is_your_own() {
        assert_eq!(region(API).as_deref(), Some("eu-central-1"));
        assert_eq!(region("https://scim.example.com"), None);
        assert_eq!(region("http://127.0.0.1:3000"), None);
    }
}
