//! Clients of the DynamoDB that is used: the embedded one, or another.

use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider, StalledStreamProtectionConfig};
use aws_smithy_http_client::{Builder, tls};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use http::Uri;

use crate::engine::Engine;
use crate::error::StartError;

/// The region of what runs on this machine, and the name of its credentials.
const REGION: &str = "eu-west-1";
const LOCAL: &str = "local";

/// Clients of one DynamoDB.
pub(super) struct Clients {
    pub(super) url: String,
    pub(super) dynamodb: aws_sdk_dynamodb::Client,
    pub(super) streams: aws_sdk_dynamodbstreams::Client,
}

impl Clients {
    /// Of the embedded engine, inside this process; the URL is for others.
    pub(super) fn embedded(engine: &Engine) -> Self {
        // Nothing is signed: there are no credentials.
        let config = local(engine.url(), engine.http_client(), None);
        let dynamodb = aws_sdk_dynamodb::config::Builder::from(&config).allow_no_auth().build();
        let streams = aws_sdk_dynamodbstreams::config::Builder::from(&config).allow_no_auth().build();
        Self {
            url: engine.url().to_owned(),
            dynamodb: aws_sdk_dynamodb::Client::from_conf(dynamodb),
            streams: aws_sdk_dynamodbstreams::Client::from_conf(streams),
        }
    }

    /// Of the DynamoDB at `url`: without TLS it is one like DynamoDB Local,
    /// which takes any credentials; with TLS it is AWS's, and region and
    /// credentials are those of the environment.
    pub(super) async fn elsewhere(url: &str) -> Result<Self, StartError> {
        let config = match scheme(url).as_deref() {
            Some("http") => plain(url),
            Some("https") => aws(url).await,
            _ => return Err(StartError::DynamodbUrl { url: url.to_owned() }),
        };
        Ok(Self {
            url: url.to_owned(),
            dynamodb: aws_sdk_dynamodb::Client::new(&config),
            streams: aws_sdk_dynamodbstreams::Client::new(&config),
        })
    }
}

fn scheme(url: &str) -> Option<String> {
    let url: Uri = url.parse().ok()?;
    url.host()?;
    url.scheme_str().map(str::to_owned)
}

fn plain(url: &str) -> SdkConfig {
    let credentials = Credentials::new(LOCAL, LOCAL, None, None, LOCAL);
    local(url, Builder::new().build_http(), Some(SharedCredentialsProvider::new(credentials)))
}

fn local(url: &str, client: SharedHttpClient, credentials: Option<SharedCredentialsProvider>) -> SdkConfig {
    let mut config = SdkConfig::builder();
    config.set_credentials_provider(credentials);
    config
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::from_static(REGION))
        .http_client(client)
        .timeout_config(timeouts())
        // Nothing stalls on one machine.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build()
}

async fn aws(url: &str) -> SdkConfig {
    let https = Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .endpoint_url(url)
        .http_client(https)
        .timeout_config(timeouts())
        .load()
        .await
}

/// As in AWS: see `gateway::run::aws`.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(6))
        .operation_timeout(Duration::from_secs(20))
        .build()
}
