//! The Lambda function `token`: its routes, wired up by [`gateway::start`].

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), gateway::start::Error> {
    gateway::start::run(token::routes()).await
}
