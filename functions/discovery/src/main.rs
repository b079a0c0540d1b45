//! The Lambda function `discovery`: its routes, wired up by [`gateway::start`].

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), gateway::start::Error> {
    gateway::start::run(discovery::routes()).await
}
