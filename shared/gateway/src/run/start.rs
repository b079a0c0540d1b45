//! Start-up in Lambda: logs, the client of DynamoDB, the runtime loop.

use std::env;
use std::sync::Arc;

use aws_config::SdkConfig;
use axum::Router;
use directory::Table;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, LambdaEvent};
use scim::profile::Profiles;
use secrecy::SecretString;
use tower::ServiceExt;
use tracing::level_filters::LevelFilter;

use crate::app::App;
use crate::auth::deployment::Deployment;
use crate::auth::rate;
use crate::delivery::notify::Notifier;
use crate::log::metrics;
use crate::run::aws::{self, variable};
use crate::run::deployment_secret;
use crate::run::event::sanitized;
use crate::run::oidc;
use crate::serve::{Edge, service};
use crate::settings::{EventBus, Settings};

/// Why a function could not start.
pub type Error = lambda_http::Error;

/// The environment variable that names the table.
const TABLE: &str = "ROLLCALL_TABLE";
/// The environment variable with the address in responses, if requests do not contain it.
const BASE_URL: &str = "ROLLCALL_BASE_URL";
/// The environment variables with the region and the stage that this deployment serves, if
/// directories are labelled.
const REGION: &str = "ROLLCALL_REGION_LABEL";
const STAGE: &str = "ROLLCALL_STAGE_LABEL";
/// The environment variable with the rate of directories that have none of their own.
const RATE: &str = "ROLLCALL_REQUESTS_PER_SECOND";
/// The environment variable with the secret that CloudFront adds to requests, if it is in front.
const ORIGIN_SECRET: &str = "ROLLCALL_ORIGIN_SECRET";
/// The environment variable with the ARN of the event bus, if there is one.
const EVENT_BUS: &str = "ROLLCALL_EVENT_BUS";
/// The environment variable with the URL of the queue of notifications.
const NOTIFICATIONS: &str = "ROLLCALL_NOTIFICATIONS_URL";

/// Serves `routes` until Lambda ends the process.
///
/// # Errors
/// When the environment names no table or no deployment secret, or the runtime cannot be reached.
pub async fn run(routes: Router<App>) -> Result<(), Error> {
    logs();
    serve(|app| service(routes, app)).await
}

/// Serves what `edge` makes, when [`logs`] are written already.
///
/// # Errors
/// See [`run`].
pub async fn serve(edge: impl FnOnce(App) -> Edge) -> Result<(), Error> {
    metrics::start();
    let requests_per_second = match variable(RATE) {
        Some(rate) => rate.parse().map_err(|_| format!("{RATE} must be a number of requests, or 0"))?,
        None => rate::DEFAULT,
    };
    let config = aws::config()?;
    let settings = Settings {
        base_url: variable(BASE_URL),
        region: variable(REGION),
        stage: variable(STAGE),
        requests_per_second,
        origin_secret: variable(ORIGIN_SECRET).map(SecretString::from),
        event_bus: event_bus()?,
        oidc: oidc::of_environment(&config).await?,
        ..Settings::default()
    };
    let (table, deployment) = (table_of(&config)?, deployment_secret::of_environment(&config)?);
    let edge = edge(App::new(table.clone(), Arc::new(Profiles::built_in()), deployment.clone(), settings));
    let handler = Adapter::from(edge).map_request(|event: LambdaEvent<LambdaRequest>| {
        LambdaEvent::new(sanitized(event.payload), event.context)
    });
    // Before the first request, and before Lambda slows a small function down.
    let (reached, read) = tokio::join!(table.connect(), deployment.get());
    if let Err(error) = reached {
        tracing::warn!(error = &error as &dyn std::error::Error, "the table was not reached at the start");
    }
    if let Err(error) = read {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the deployment secret was not read at the start"
        );
    }
    lambda_http::lambda_runtime::run(handler).await
}

/// Where the environment says that notifications of subscriptions go; nowhere if it names no queue.
///
/// # Errors
/// When the environment names no region.
pub fn notifier() -> Result<Notifier, Error> {
    Ok(match variable(NOTIFICATIONS) {
        Some(url) => Notifier::Queue { client: aws::sqs(&aws::config()?), url },
        None => Notifier::Off,
    })
}

/// The deployment's secret, as the environment says.
///
/// # Errors
/// When the environment names no region or no secret.
pub fn deployment() -> Result<Deployment, Error> {
    deployment_secret::of_environment(&aws::config()?)
}

/// The bus of EventBridge that the environment names, if it names one.
/// `AWS_ENDPOINT_URL_EVENTBRIDGE` or `AWS_ENDPOINT_URL` may name another address of it.
///
/// # Errors
/// When it is not the ARN of a bus.
pub fn event_bus() -> Result<Option<EventBus>, Error> {
    let Some(arn) = variable(EVENT_BUS) else { return Ok(None) };
    let bus = EventBus::new(&arn, aws::endpoint("AWS_ENDPOINT_URL_EVENTBRIDGE"));
    Ok(Some(bus.ok_or_else(|| format!("{EVENT_BUS} must be the ARN of an event bus"))?))
}

/// The table that the environment names, reached as the environment says ([`aws`]).
///
/// # Errors
/// When the environment names no table or no region.
pub fn table() -> Result<Table, Error> {
    table_of(&aws::config()?)
}

fn table_of(config: &SdkConfig) -> Result<Table, Error> {
    let table =
        env::var(TABLE).map_err(|_| format!("the environment variable {TABLE} must name the table"))?;
    Ok(Table::new(aws::dynamodb(config), &table))
}

/// JSON lines on standard output, at the level that Lambda's logging configuration
/// names, but never finer than INFO: the SDK's debug lines hold items, and items are
/// personal data. So may the message of a panic: only its location is logged.
pub fn logs() {
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(place = panic.location().map(tracing::field::display), "panic");
    }));
    let level = env::var("AWS_LAMBDA_LOG_LEVEL").ok().and_then(|level| level.parse().ok());
    let level: LevelFilter = level.unwrap_or(LevelFilter::INFO);
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(level.min(LevelFilter::INFO))
        .init();
}
