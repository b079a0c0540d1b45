//! The functions on one port, as API Gateway serves them at one address.

use std::convert::Infallible;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::ServiceExt;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use gateway::app::App;
use gateway::auth::administrator::AdministratorKey;
use gateway::serve::Edge;
use http::StatusCode;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time;
use tower::{Service, service_fn};

use crate::error::StartError;
use crate::functions;

/// The running HTTP server.
#[derive(Debug)]
pub(super) struct Http {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

/// Takes the port. Requests that arrive from now on wait until [`Http::serve`].
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    let bound = async {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // As every server on Unix: a restart does not wait for the last run's
        // connections to time out.
        #[cfg(unix)]
        socket.set_reuseaddr(true)?;
        // Accepted connections inherit it: answers leave at once.
        socket.set_nodelay(true)?;
        socket.bind(address)?;
        socket.listen(1024)
    };
    bound.await.map_err(|source| StartError::Listen { address, source })
}

/// The address under which this machine reaches a listener on `address`.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        ip if ip.is_ipv4() => Ipv4Addr::LOCALHOST.into(),
        _ => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}

impl Http {
    /// Serves the routes of all functions; `key` opens those of administration.
    pub(super) fn serve(listener: TcpListener, app: App, key: &AdministratorKey) -> Result<Self, StartError> {
        let address = listener.local_addr().map_err(|source| StartError::Engine { source })?;
        let service = functions::together(app, key);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let shutdown = async move {
                // An error means that the handle was dropped: stop as well.
                let _ = stopped.await;
            };
            let make = ServiceExt::<Request>::into_make_service(to_its_end(service));
            let serving = axum::serve(listener, make).with_graceful_shutdown(shutdown);
            if let Err(error) = serving.await {
                tracing::error!(%error, "the HTTP server ended");
            }
        });
        Ok(Self { address, stop, task })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the port and idle connections; requests that run may finish.
    pub(super) async fn stop(mut self, patience: Duration) {
        // The task may have ended on its own.
        let _ = self.stop.send(());
        if time::timeout(patience, &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}

/// `edge`, which carries out each request to its end, also when its client is gone, as a function of Lambda does.
fn to_its_end(
    edge: Edge,
) -> impl Service<Request, Response = Response, Error = Infallible, Future: Send> + Clone {
    service_fn(move |request: Request| {
        let answer = tokio::spawn(edge.clone().call(request));
        async move {
            // It ends without an answer only when this process ends.
            answer.await.unwrap_or_else(|_| Ok(StatusCode::SERVICE_UNAVAILABLE.into_response()))
        }
    })
}
