//! What every request with a bearer token has in common: its holder, its rate, the note of its use.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use directory::Table;
use directory::access::credential;
use directory::id::DirectoryId;
use directory::meter::metered;
use futures_util::future::{Either, select};
use http::HeaderMap;

use crate::app::App;
use crate::auth::access::{Access, Service};
use crate::http::error::Failure;
use crate::http::path;

/// How long an answer that is ready waits for what is only to be remembered.
const PATIENCE: Duration = Duration::from_millis(20);

/// What is known of a request when it is logged, even after a panic.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    pub(super) directory: Option<DirectoryId>,
    /// Who pays for the request, when it was admitted.
    pub(super) access: Option<Access>,
}

/// Does `work` of a [mounted](super::mount) route for the holder of the request's token, which must
/// allow `service`. `path` is the request's, in normal form. The request counts against the rate of the
/// holder's directory and is logged with it, as requests of SCIM are.
pub async fn for_holder<F>(
    app: &App,
    headers: &HeaderMap,
    path: &str,
    service: Service,
    work: impl FnOnce(Access) -> F,
) -> Response
where
    F: Future<Output = Response>,
{
    let mut seen = Seen::default();
    let mut response = match admit(app, headers, path, service, &mut seen).await {
        Ok((access, note)) => meanwhile(work(access), note).await,
        Err(failure) => failure.into_response(),
    };
    response.extensions_mut().insert(seen);
    response
}

/// Authenticates a request and counts it.
///
/// Also returns the note of the credential's use, if it is due.
pub(super) async fn admit(
    app: &App,
    headers: &HeaderMap,
    path: &str,
    service: Service,
    seen: &mut Seen,
) -> Result<(Access, Option<impl Future<Output = ()> + use<>>), Failure> {
    // The function `discovery` may not write.
    let is_use = !path::is_discovery(path);
    let (access, due) = app.authenticator.authenticate(headers, service, is_use).await?;
    seen.directory = Some(access.directory.clone());
    app.rates.admit(&access, path).map_err(|refused| refused.of(&access.directory, &access.credential))?;
    seen.access = Some(access.clone());
    let note = due.then(|| used(app.table.clone(), access.clone()));
    Ok((access, note))
}

/// Remembers that a credential was used. It is not part of what the request costs.
async fn used(table: Table, access: Access) {
    let (kept, _) = metered(credential::mark_used(&table, &access.directory, &access.credential)).await;
    if let Err(error) = kept {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the last use of a credential was not stored"
        );
    }
}

/// Does `work`, and `note` alongside it. Lambda freezes the process once the response is sent, so a
/// note that is not finished shortly after the work is dropped.
pub(super) async fn meanwhile<T>(work: impl Future<Output = T>, note: Option<impl Future<Output = ()>>) -> T {
    let Some(note) = note else { return work.await };
    match select(pin!(work), pin!(note)).await {
        Either::Left((done, note)) => {
            let _ = tokio::time::timeout(PATIENCE, note).await;
            done
        }
        Either::Right(((), work)) => work.await,
    }
}
