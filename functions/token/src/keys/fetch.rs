//! Fetching an issuer's keys: over TLS, in a few seconds, of bounded size, and from the
//! address that was configured: nothing follows a redirect.

use std::sync::LazyLock;
use std::time::Duration;

use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use data_encoding::BASE64;
use gateway::http::address::is_safe;
use http_body_util::{BodyExt, Limited};

/// The largest set: Entra's is some 20 KB.
const LARGEST: usize = 256 * 1024;
/// How long it may take to connect, to wait for a byte, and all in all.
const CONNECT: Duration = Duration::from_secs(2);
const READ: Duration = Duration::from_secs(4);
const WHOLE: Duration = Duration::from_secs(6);

/// Why there are no keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Error {
    Address,
    Unreachable,
    Status(u16),
    TooLarge,
    Malformed,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Address => f.write_str("the address is not https"),
            Self::Unreachable => f.write_str("no answer"),
            Self::Status(status) => write!(f, "the answer is {status}"),
            Self::TooLarge => f.write_str("the answer is too large, or breaks off"),
            Self::Malformed => f.write_str("the response is not a set of keys"),
        }
    }
}

/// Made at the first use: most functions never fetch keys.
static HTTPS: LazyLock<Option<Connector>> = LazyLock::new(|| {
    let context = TlsContext::builder().with_trust_store(roots()).build().ok()?;
    Some(
        settings(Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring)))
            .tls_context(context)
            .build(),
    )
});
static HTTP: LazyLock<Connector> = LazyLock::new(|| settings(Connector::builder()).build_http());

/// What is published at `url`.
pub(super) async fn fetch(url: &str) -> Result<Bytes, Error> {
    if !is_safe(url) {
        return Err(Error::Address);
    }
    let connector = if url.starts_with("https:") { HTTPS.as_ref() } else { Some(&*HTTP) };
    let request = http::Request::get(url).header("accept", "application/json").body(SdkBody::empty());
    let request =
        request.ok().and_then(|request| HttpRequest::try_from(request).ok()).ok_or(Error::Address)?;
    let work = async {
        let answer =
            connector.ok_or(Error::Unreachable)?.call(request).await.map_err(|_| Error::Unreachable)?;
        if answer.status().as_u16() != 200 {
            return Err(Error::Status(answer.status().as_u16()));
        }
        let body = Limited::new(answer.into_body(), LARGEST).collect().await.map_err(|_| Error::TooLarge)?;
        Ok(body.to_bytes())
    };
    tokio::time::timeout(WHOLE, work).await.unwrap_or(Err(Error::Unreachable))
}

fn settings<Tls>(builder: ConnectorBuilder<Tls>) -> ConnectorBuilder<Tls> {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).read_timeout(READ).build();
    builder.connector_settings(settings).sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
}

/// Mozilla's list, in the form that the TLS stack reads.
fn roots() -> TrustStore {
    let mut pem = String::new();
    for certificate in webpki_root_certs::TLS_SERVER_ROOT_CERTS {
        pem.push_str("-----BEGIN CERTIFICATE-----\n");
        pem.push_str(&BASE64.encode(certificate.as_ref()));
        pem.push_str("\n-----END CERTIFICATE-----\n");
    }
    TrustStore::empty().with_pem_certificate(pem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_certificate_authorities_are_read() {
        assert!(HTTPS.is_some());
    }
}
