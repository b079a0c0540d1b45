//! What the path of a request names.

use axum::extract::{FromRequestParts, RawPathParams};
use directory::id::{ClientId, CredentialId, DirectoryId, SetupLinkId};
use directory::registry::record::{self, DirectoryRecord};
use directory::subscription::SubscriptionId;
use gateway::app::App;
use gateway::http::error::Failure;
use http::request::Parts;

/// The directory in the path, which need not be there.
#[derive(Debug)]
pub(crate) struct Named(pub(crate) DirectoryId);

/// The directory in the path.
#[derive(Debug)]
pub(crate) struct Found(pub(crate) DirectoryRecord);

/// The credential in the path, which need not be there.
#[derive(Debug)]
pub(crate) struct OfCredential(pub(crate) CredentialId);

/// The OAuth client in the path, which need not be there.
#[derive(Debug)]
pub(crate) struct OfClient(pub(crate) ClientId);

/// The set-up link in the path, which need not be there.
#[derive(Debug)]
pub(crate) struct OfLink(pub(crate) SetupLinkId);

impl FromRequestParts<App> for OfLink {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        named(parts, app, "link").await.map(Self)
    }
}

/// The subscription in the path, which need not be there.
#[derive(Debug)]
pub(crate) struct OfSubscription(pub(crate) SubscriptionId);

impl FromRequestParts<App> for OfSubscription {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        named(parts, app, "subscription").await.map(Self)
    }
}

impl FromRequestParts<App> for OfClient {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        named(parts, app, "client").await.map(Self)
    }
}

impl FromRequestParts<App> for Named {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        named(parts, app, "directory").await.map(Self)
    }
}

impl FromRequestParts<App> for Found {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        let Named(id) = Named::from_request_parts(parts, app).await?;
        let found =
            record::read(&app.table, &id).await.map_err(|error| Failure::table("directory", error))?;
        found.map(Self).ok_or_else(|| Failure::unknown("directory", &id.to_string()))
    }
}

impl FromRequestParts<App> for OfCredential {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Failure> {
        named(parts, app, "credential").await.map(Self)
    }
}

/// # Errors
/// 404 for what cannot be an id: nothing has it.
async fn named<T: std::str::FromStr>(parts: &mut Parts, app: &App, noun: &str) -> Result<T, Failure> {
    let params = RawPathParams::from_request_parts(parts, app).await.ok();
    let params = params.as_ref().and_then(|params| params.iter().find(|(name, _)| *name == noun));
    let text = params.map(|(_, text)| text).unwrap_or_default();
    text.parse().map_err(|_| Failure::unknown(noun, text))
}
