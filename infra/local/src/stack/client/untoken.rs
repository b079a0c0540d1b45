//! Takes the client request token out of transactions for the embedded engine.
//!
//! dynoxide 3.2.0 remembers a token for ten minutes and, at every transaction
//! with one, looks through all that it remembers: 0.06 ms more for each
//! thousand, 0.6 ms after ten thousand creates, where the transaction itself
//! takes 0.08. The token guards a retry after a lost answer; between two
//! threads of one process none gets lost, and the store recognises its own
//! write anyway.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextMut;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

const OPERATION: &str = "DynamoDB_20120810.TransactWriteItems";
/// A client request token's member in the JSON body. Inside a JSON string the
/// quotes would be escaped, and the values of attributes are objects: nothing
/// that a user stores can look like it.
const MEMBER: &str = r#""ClientRequestToken":""#;

/// The interceptor.
#[derive(Debug)]
pub(super) struct Untoken;

impl Intercept for Untoken {
    fn name(&self) -> &'static str {
        "Untoken"
    }

    fn modify_before_retry_loop(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request_mut();
        if request.headers().get("x-amz-target") != Some(OPERATION) {
            return Ok(());
        }
        let text = request.body().bytes().and_then(|bytes| str::from_utf8(bytes).ok());
        if let Some(body) = text.and_then(without_token) {
            request.headers_mut().insert("content-length", body.len().to_string());
            *request.body_mut() = SdkBody::from(body);
        }
        Ok(())
    }
}

fn without_token(body: &str) -> Option<String> {
    let (before, rest) = body.rsplit_once(MEMBER)?;
    let (_, after) = rest.split_once('"')?;
    // One comma fewer: the one before it, or behind it when it comes first.
    Some(match before.strip_suffix(',') {
        Some(before) => format!("{before}{after}"),
        None => format!("{before}{}", after.strip_prefix(',').unwrap_or(after)),
    })
}

#[cfg(test)]
mod tests {
    use super::without_token;

    #[test]
    fn the_token_goes_wherever_it_stands() {
        for body in [
            r#"{"ClientRequestToken":"t","TransactItems":[]}"#,
            r#"{"TransactItems":[],"ClientRequestToken":"t"}"#,
        ] {
            assert_eq!(without_token(body).as_deref(), Some(r#"{"TransactItems":[]}"#));
        }
        let between = r#"{"TransactItems":[],"ClientRequestToken":"t","X":1}"#;
        assert_eq!(without_token(between).as_deref(), Some(r#"{"TransactItems":[],"X":1}"#));
    }

    #[test]
    fn what_a_user_stores_is_left_alone() {
        let body =
            r#"{"TransactItems":[{"S":"\"ClientRequestToken\":\"x\""},{"ClientRequestToken":{"S":"y"}}]}"#;
        assert_eq!(without_token(body), None);
    }
}
