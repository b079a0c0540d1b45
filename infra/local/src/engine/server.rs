//! The thread on which the embedded DynamoDB answers.

use std::io;
use std::net::SocketAddr;
use std::sync::mpsc as std_mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use dynoxide::Database;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::time;

/// How long a stop waits for requests that are still running.
const PATIENCE: Duration = Duration::from_millis(500);

/// The serving thread.
#[derive(Debug)]
pub(super) struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: oneshot::Receiver<()>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Binds `address` (port 0: any free) and serves `database` there, and runs `keeping` at the same time.
    pub(super) fn start(
        address: SocketAddr,
        database: Database,
        keeping: impl Future<Output: Send> + Send + 'static,
    ) -> io::Result<Self> {
        let (ready, started) = std_mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        // The runtime is made, used and dropped on its own thread: it must not
        // be touched from within the caller's.
        let thread = thread::Builder::new().name("dynamodb".to_owned()).spawn(move || {
            let runtime = match runtime::Builder::new_current_thread().enable_all().build() {
                Ok(runtime) => runtime,
                Err(error) => return drop(ready.send(Err(error))),
            };
            runtime.block_on(async move {
                match listen(address).and_then(|listener| Ok((listener.local_addr()?, listener))) {
                    Err(error) => drop(ready.send(Err(error))),
                    Ok((address, listener)) => {
                        drop(ready.send(Ok(address)));
                        tokio::spawn(keeping);
                        serve(listener, database, stopped).await;
                    }
                }
            });
            // Drops what connections are left, and with them the file.
            drop(runtime);
            let _ = end.send(());
        })?;
        let address = started.recv().map_err(io::Error::other)??;
        Ok(Self { address, stop, ended, thread })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops serving and waits until the file is closed.
    pub(super) async fn stop(self) {
        // The thread may have ended on its own already.
        let _ = self.stop.send(());
        let _ = self.ended.await;
        let _ = self.thread.join();
    }
}

async fn serve(listener: TcpListener, database: Database, stopped: oneshot::Receiver<()>) {
    let (stopping, patience) = oneshot::channel();
    let shutdown = async move {
        // An error means that the handle was dropped: stop as well.
        let _ = stopped.await;
        let _ = stopping.send(());
    };
    let serving = dynoxide::server::serve_with_shutdown(listener, database, shutdown);
    let out_of_patience = async move {
        let _ = patience.await;
        time::sleep(PATIENCE).await;
    };
    tokio::select! {
        outcome = serving => if let Err(error) = outcome {
            tracing::error!(%error, "the embedded DynamoDB ended");
        },
        () = out_of_patience => {}
    }
}

/// Accepted connections inherit `TCP_NODELAY`: answers leave at once.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_nodelay(true)?;
    socket.bind(address)?;
    socket.listen(1024)
}
