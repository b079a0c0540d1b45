//! Calls of addresses that customers name: over TLS, in a few seconds, with a response of bounded
//! size, and only of hosts that [`Reach`] allows. Nothing follows a redirect.

use std::net::IpAddr;
use std::sync::LazyLock;
use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Connector, ConnectorBuilder};
use aws_smithy_runtime_api::client::dns::{DnsFuture, ResolveDns, ResolveDnsError};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use data_encoding::BASE64;
use http::Response;
use http_body_util::{BodyExt, Limited};
use tokio::time::{Instant, timeout_at};

use super::address::may_call;
use super::public::is_public;
use crate::settings::Reach;

/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(2);

/// What a call may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long it may take all in all.
    pub time: Duration,
    /// The most bytes of the response's body that are read.
    pub bytes: usize,
    /// Whether the call fails if the body is larger or breaks off. Otherwise the body is left out then.
    pub needs_body: bool,
}

/// Why there is no response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Error {
    /// The address may not be called.
    Address,
    /// The host cannot be reached, or its name leads to addresses that may not be called.
    Unreachable,
    /// The response is too large, or breaks off.
    TooLarge,
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Address => "the address is not that of a public host over https",
            Self::Unreachable => "no answer from a public address",
            Self::TooLarge => "the answer is too large, or breaks off",
        })
    }
}

/// Made at the first use: most functions never call others.
static PUBLIC: LazyLock<Option<Connector>> = LazyLock::new(|| https(Reach::Public));
static ANY: LazyLock<Option<Connector>> = LazyLock::new(|| https(Reach::Any));
static PLAIN: LazyLock<Connector> = LazyLock::new(|| settings(Connector::builder()).build_http());

/// Sends `request` and reads the response, within `limits`.
///
/// # Errors
/// [`Error`].
pub async fn fetch(
    request: http::Request<Bytes>,
    reach: Reach,
    limits: Limits,
) -> Result<Response<Bytes>, Error> {
    if !may_call(&request.uri().to_string(), reach) {
        return Err(Error::Address);
    }
    let connector = match (request.uri().scheme_str(), reach) {
        (Some("https"), Reach::Public) => PUBLIC.as_ref(),
        (Some("https"), Reach::Any) => ANY.as_ref(),
        _ => Some(&*PLAIN),
    };
    let request = HttpRequest::try_from(request.map(SdkBody::from)).map_err(|_| Error::Address)?;
    let end = Instant::now() + limits.time;
    let call = connector.ok_or(Error::Unreachable)?.call(request);
    let answer = timeout_at(end, call).await.ok().and_then(Result::ok).ok_or(Error::Unreachable)?;
    let (head, body) = answer.try_into_http1x().map_err(|_| Error::Unreachable)?.into_parts();
    let body = timeout_at(end, Limited::new(body, limits.bytes).collect()).await;
    let body = match body {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) if limits.needs_body => return Err(Error::TooLarge),
        Err(_) if limits.needs_body => return Err(Error::Unreachable),
        _ => Bytes::new(),
    };
    Ok(Response::from_parts(head, body))
}

fn https(reach: Reach) -> Option<Connector> {
    let context = TlsContext::builder().with_trust_store(roots()).build().ok()?;
    let builder = settings(Connector::builder().tls_provider(Provider::Rustls(CryptoMode::Ring)));
    let builder = builder.tls_context(context);
    Some(match reach {
        Reach::Public => builder.build_with_resolver(PublicOnly(System)),
        Reach::Any => builder.build(),
    })
}

fn settings<Tls>(builder: ConnectorBuilder<Tls>) -> ConnectorBuilder<Tls> {
    let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT).build();
    builder.connector_settings(settings).sleep_impl(TokioSleep::new())
}

/// Leaves out what is not public. The connection is made to one of the addresses that remain, so a
/// name cannot lead to another address after the check.
#[derive(Debug, Clone)]
struct PublicOnly<R>(R);

impl<R: ResolveDns> ResolveDns for PublicOnly<R> {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let mut addresses = self.0.resolve_dns(name).await?;
            addresses.retain(|address| is_public(*address));
            let refused = || ResolveDnsError::new("the name has no public address");
            if addresses.is_empty() { Err(refused()) } else { Ok(addresses) }
        })
    }
}

/// The resolver of the operating system.
#[derive(Debug, Clone)]
struct System;

impl ResolveDns for System {
    fn resolve_dns<'a>(&'a self, name: &'a str) -> DnsFuture<'a> {
        DnsFuture::new(async move {
            let found = tokio::net::lookup_host((name, 0)).await.map_err(ResolveDnsError::new)?;
            Ok(found.map(|address| address.ip()).collect::<Vec<IpAddr>>())
        })
    }
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
#[allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn the_certificate_authorities_are_read() {
        assert!(PUBLIC.is_some() && ANY.is_some());
    }

    #[derive(Debug, Clone)]
    struct Fixed(Vec<IpAddr>);

    impl ResolveDns for Fixed {
        fn resolve_dns<'a>(&'a self, _: &'a str) -> DnsFuture<'a> {
            DnsFuture::ready(Ok(self.0.clone()))
        }
    }

    #[tokio::test]
    async fn a_name_leads_to_its_public_addresses_only() {
        let of = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<IpAddr>>();
        let mixed = PublicOnly(Fixed(of(&["10.0.0.1", "8.8.8.8", "::1", "2606:4700::1111"])));
        assert_eq!(mixed.resolve_dns("ex.io").await.unwrap(), of(&["8.8.8.8", "2606:4700::1111"]));
        for inside in ["127.0.0.1", "169.254.169.254", "::ffff:127.0.0.1"] {
            assert!(PublicOnly(Fixed(of(&[inside]))).resolve_dns("ex.io").await.is_err(), "{inside}");
        }
    }

    /// `localhost` is a name like others: only its addresses show that it is this machine.
    #[tokio::test]
    async fn a_name_of_this_machine_is_not_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}/", listener.local_addr().unwrap().port());
        let limits = Limits { time: Duration::from_secs(6), bytes: 1, needs_body: true };
        for (reach, connected) in [(Reach::Public, false), (Reach::Any, true)] {
            let request = http::Request::get(&url).body(Bytes::new()).unwrap();
            // It accepts and says nothing: there is never a response.
            let accepted = tokio::select! {
                answer = fetch(request, reach, limits) => {
                    assert_eq!(answer.map(|_| ()), Err(Error::Unreachable));
                    false
                }
                _ = listener.accept() => true,
            };
            assert_eq!(accepted, connected, "{reach:?}");
        }
    }
}
