//! A TLS proxy, with a delay, in front of a DynamoDB without TLS.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::delay;

/// The running proxy.
pub(super) struct Proxy {
    url: String,
    certificate: PathBuf,
    connections: Arc<AtomicUsize>,
    _folder: tempfile::TempDir,
}

impl Proxy {
    /// Starts one in front of the DynamoDB at `url`, `round_trip` away.
    pub(super) async fn start(url: &str, round_trip: Duration) -> Self {
        let upstream = url.strip_prefix("http://").expect("a DynamoDB without TLS").to_owned();
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let certificate = folder.path().join("certificate.pem");
        std::fs::write(&certificate, made.cert.pem()).expect("the certificate's file");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions of TLS")
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .expect("a certificate and its key");
        let acceptor = TlsAcceptor::from(Arc::new(config));

        let inner = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let near = inner.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = inner.accept().await {
                let (acceptor, upstream) = (acceptor.clone(), upstream.clone());
                tokio::spawn(async move {
                    let _ = stream.set_nodelay(true);
                    // A client may end in the middle of a connection.
                    let Ok(mut client) = acceptor.accept(stream).await else { return };
                    let mut server = TcpStream::connect(upstream).await.expect("the DynamoDB");
                    let _ = server.set_nodelay(true);
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        let connections = Arc::new(AtomicUsize::new(0));
        let far = delay::start(near, round_trip, Arc::clone(&connections)).await;
        Self { url: format!("https://{far}"), certificate, connections, _folder: folder }
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The file of the certificate to trust.
    pub(super) fn certificate(&self) -> &Path {
        &self.certificate
    }

    /// How often a client connected.
    pub(super) fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}
