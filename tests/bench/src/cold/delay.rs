//! Distance: data from a server arrives one round trip later.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

/// Starts a relay to `server` and returns its address. Counts the connections.
pub(super) async fn start(
    server: SocketAddr,
    round_trip: Duration,
    connections: Arc<AtomicUsize>,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            connections.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(async move {
                // The handshake of TCP, which is over at once on one machine.
                sleep(round_trip).await;
                let server = TcpStream::connect(server).await.expect("the server");
                for stream in [&client, &server] {
                    let _ = stream.set_nodelay(true);
                }
                let ((from_client, to_client), (from_server, to_server)) =
                    (client.into_split(), server.into_split());
                tokio::join!(
                    pass(from_client, to_server, Duration::ZERO),
                    pass(from_server, to_client, round_trip)
                );
            });
        }
    });
    address
}

/// Forwards what is read, each piece `later`, until one side ends.
async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, later: Duration) {
    let (pieces, mut due) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let read = async move {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(length @ 1..) = from.read(&mut buffer).await {
            if pieces.send((Instant::now() + later, buffer[..length].to_vec())).is_err() {
                break;
            }
        }
    };
    let write = async move {
        while let Some((time, piece)) = due.recv().await {
            if later > Duration::ZERO {
                sleep_until(time).await;
            }
            if to.write_all(&piece).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(read, write);
}
