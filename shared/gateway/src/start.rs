//! Start-up in Lambda: logs, the client of DynamoDB, the runtime loop.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::{Builder, tls};
use axum::Router;
use directory::store::Store;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent};
use scim::profile::Profiles;
use tower::ServiceExt;
use tracing::level_filters::LevelFilter;

use crate::app::{App, Settings};
use crate::event::mended;
use crate::serve::service;

/// Why a function could not start.
pub type Error = lambda_http::Error;

/// The environment variable that names the table.
const TABLE: &str = "ROLLCALL_TABLE";
/// The environment variable with the address in answers, where requests do not tell it.
const BASE_URL: &str = "ROLLCALL_BASE_URL";

/// Serves `routes` until Lambda ends the process.
///
/// # Errors
/// When the environment names no table, or the runtime cannot be reached.
pub async fn run(routes: Router<App>) -> Result<(), Error> {
    logs();
    let settings = Settings { base_url: env::var(BASE_URL).ok(), ..Settings::default() };
    let edge = service(routes, App::new(store().await?, Arc::new(Profiles::built_in()), settings));
    let handler = Adapter::from(edge).map_request(|event: LambdaEvent<LambdaRequest>| {
        LambdaEvent::new(mended(event.payload), event.context)
    });
    lambda_http::lambda_runtime::run(handler).await
}

/// The table that the environment names, reached as the environment says: region,
/// credentials and, with `AWS_ENDPOINT_URL_DYNAMODB`, another address.
///
/// # Errors
/// When the environment names no table.
pub async fn store() -> Result<Store, Error> {
    let table =
        env::var(TABLE).map_err(|_| format!("the environment variable {TABLE} must name the table"))?;
    Ok(Store::new(aws_sdk_dynamodb::Client::new(&config().await), &table))
}

/// One TLS stack, made once.
async fn config() -> SdkConfig {
    let https = Builder::new()
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring))
        .build_https();
    aws_config::defaults(BehaviorVersion::latest()).http_client(https).timeout_config(timeouts()).load().await
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

/// JSON lines on standard output, at the level that Lambda's logging configuration
/// names, but never finer than INFO: the SDK's debug lines hold items, and items are
/// personal data. So may the message of a panic: of one, only the place is told.
pub fn logs() {
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(place = panic.location().map(tracing::field::display), "panic");
    }));
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    let level: LevelFilter = level.unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(level.min(LevelFilter::INFO))
        .init();
}
