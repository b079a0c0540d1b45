//! A DynamoDB client that records calls, and refuses those that a policy does not allow.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use serde_json::Value;
use tests::template::Policy;

/// The DynamoDB calls of one function.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    policy: Policy,
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Recorder {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { policy, asked: Arc::default() }
    }

    /// The parts of the policy that all calls so far needed, and the calls that it refused.
    pub(crate) fn asked(&self) -> BTreeSet<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Intercept for Recorder {
    fn name(&self) -> &'static str {
        "Recorder"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.strip_prefix("DynamoDB_20120810.").ok_or("not a call of DynamoDB")?;
        let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default())?;
        let allowed = self.policy.allows(operation, &body);
        let mut asked = self.asked.lock().unwrap();
        match allowed {
            Ok(used) => {
                asked.extend(used);
                Ok(())
            }
            Err(call) => {
                let refused = format!("the policy does not allow {call}");
                asked.insert(refused.clone());
                Err(refused.into())
            }
        }
    }
}

/// A client of the DynamoDB at `url`.
pub(crate) fn client(url: &str, recorder: Option<&Recorder>) -> aws_sdk_dynamodb::Client {
    let mut config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(url)
        .region(Region::from_static("eu-west-1"))
        .credentials_provider(Credentials::new("local", "local", None, None, "local"))
        .http_client(aws_smithy_http_client::Builder::new().build_http());
    if let Some(recorder) = recorder {
        config = config.interceptor(recorder.clone());
    }
    aws_sdk_dynamodb::Client::from_conf(config.build())
}
