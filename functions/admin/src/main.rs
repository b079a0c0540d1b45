//! The Lambda function `admin`: its routes behind the administrator key, wired up by
//! [`gateway::start`].

use axum::Router;
use gateway::serve::service;
use gateway::start::{self, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    start::logs();
    let key = admin::key::of_environment().await?;
    start::serve(|app| admin::beside(service(Router::new(), app), key)).await
}
