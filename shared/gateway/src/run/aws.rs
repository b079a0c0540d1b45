//! How AWS is reached from Lambda: address, credentials, TLS.
//!
//! All of it is in the environment, where Lambda puts it. The SDK's own chain looks at
//! files and metadata services as well, and at every root certificate of the machine: that
//! would be most of a cold start.

use std::time::Duration;
use std::{env, fs, io};

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{SharedCredentialsProvider, SharedHttpClient};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};

/// Why AWS cannot be reached as the environment says.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

/// The certificate authorities of AWS's services: Amazon Root CA 1 to 4 and Starfield
/// Services Root Certificate Authority - G2, as Mozilla's list has them.
const ROOTS: &str = include_str!("aws/roots.pem");
/// The environment variable that names other certificate authorities, by a file: as with
/// AWS's other tools.
const CA_BUNDLE: &str = "AWS_CA_BUNDLE";

/// What all clients of AWS share: one TLS stack, made once.
///
/// # Errors
/// When the environment names no region, or a file of certificates that cannot be read.
pub fn config() -> Result<SdkConfig, Error> {
    let region = variable("AWS_REGION").ok_or("the environment variable AWS_REGION must name the region")?;
    let credentials = EnvironmentVariableCredentialsProvider::new();
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(https()?)
        .timeout_config(timeouts());
    Ok(config.build())
}

/// The client of DynamoDB; `AWS_ENDPOINT_URL_DYNAMODB` or `AWS_ENDPOINT_URL` may name another address
/// of it.
#[must_use]
pub fn dynamodb(config: &SdkConfig) -> aws_sdk_dynamodb::Client {
    let mut config = aws_sdk_dynamodb::config::Builder::from(config);
    config.set_endpoint_url(endpoint("AWS_ENDPOINT_URL_DYNAMODB"));
    aws_sdk_dynamodb::Client::from_conf(config.build())
}

/// The client of Secrets Manager; `AWS_ENDPOINT_URL_SECRETS_MANAGER` or `AWS_ENDPOINT_URL` may name
/// another address of it. A call makes three attempts and ends within three seconds.
#[must_use]
pub fn secrets_manager(config: &SdkConfig) -> aws_sdk_secretsmanager::Client {
    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(1))
        .operation_attempt_timeout(Duration::from_millis(1500))
        .operation_timeout(Duration::from_secs(3));
    let mut config = aws_sdk_secretsmanager::config::Builder::from(config).timeout_config(timeouts.build());
    config.set_endpoint_url(endpoint("AWS_ENDPOINT_URL_SECRETS_MANAGER"));
    aws_sdk_secretsmanager::Client::from_conf(config.build())
}

/// The client of SQS; `AWS_ENDPOINT_URL_SQS` or `AWS_ENDPOINT_URL` may name another address of it.
#[must_use]
pub fn sqs(config: &SdkConfig) -> aws_sdk_sqs::Client {
    let mut config = aws_sdk_sqs::config::Builder::from(config);
    config.set_endpoint_url(endpoint("AWS_ENDPOINT_URL_SQS"));
    aws_sdk_sqs::Client::from_conf(config.build())
}

/// The text of the secret `arn`.
///
/// # Errors
/// When it cannot be read.
pub async fn secret(client: &aws_sdk_secretsmanager::Client, arn: String) -> Result<String, Error> {
    // On the heap: the future is large.
    let secret = Box::pin(client.get_secret_value().secret_id(arn).send()).await?;
    Ok(secret.secret_string().unwrap_or_default().to_owned())
}

/// The address of a service that the environment names, in the variable of the service or in that of
/// all services.
pub(super) fn endpoint(own: &str) -> Option<String> {
    variable(own).or_else(|| variable("AWS_ENDPOINT_URL"))
}

/// How long a call on the table may take: short enough for an answer before API
/// Gateway gives up after 29 seconds.
#[must_use]
pub fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(6))
        .operation_timeout(Duration::from_secs(20))
        .build()
}

/// A variable that has a value.
pub(super) fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn https() -> Result<SharedHttpClient, Error> {
    let context = TlsContext::builder().with_trust_store(roots()?).build()?;
    Ok(Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(context).build_https())
}

fn roots() -> io::Result<TrustStore> {
    let pem = match variable(CA_BUNDLE) {
        Some(path) => fs::read(path)?,
        None => ROOTS.as_bytes().to_vec(),
    };
    Ok(TrustStore::empty().with_pem_certificate(pem))
}

#[cfg(test)]
mod tests;
