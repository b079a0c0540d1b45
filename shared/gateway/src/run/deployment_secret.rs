//! The deployment's secret as a deployment has it: in the environment, or in AWS Secrets Manager.

use aws_config::SdkConfig;
use directory::secret::deployment::DeploymentSecret;

use crate::auth::deployment::{Attempt, Deployment};
use crate::run::aws::{self, Error, variable};

/// The environment variable with the secret itself.
const SECRET: &str = "ROLLCALL_DEPLOYMENT_SECRET";
/// The environment variable that names the secret in Secrets Manager which holds it.
const ARN: &str = "ROLLCALL_DEPLOYMENT_SECRET_ARN";

/// The secret that the environment has or names; one that it names is not read yet.
///
/// # Errors
/// When it does neither, and when the secret that it has is too short.
pub fn of_environment(config: &SdkConfig) -> Result<Deployment, Error> {
    // The template names the variable so that `sam local` can set it: empty means not set.
    if let Some(secret) = variable(SECRET) {
        return Ok(DeploymentSecret::parse(&secret)?.into());
    }
    let arn = variable(ARN).ok_or_else(|| format!("the environment has neither {SECRET} nor {ARN}"))?;
    let client = aws::secrets_manager(config);
    Ok(Deployment::read_by(Box::new(move || -> Attempt {
        let (client, arn) = (client.clone(), arn.clone());
        Box::pin(async move { Ok(DeploymentSecret::parse(&aws::secret(&client, arn).await?)?) })
    })))
}

#[cfg(test)]
mod tests;
