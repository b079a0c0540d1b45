//! The administration as an API with IAM authorization calls it.

use std::sync::Arc;

use gateway::app::App;
use gateway::settings::Settings;
use rollcall::functions::named;
use scim::profile::Profiles;
use serde_json::{Value, json};
use tests::corpus::{files, read};
use tests::deployment::deployment;
use tests::endpoint::Endpoint;
use tests::functions::key;

use crate::invoke::invoke_service;

#[test]
fn an_identity_that_signed_needs_no_key_and_a_header_is_no_signature() {
    let Some(stack) = Endpoint::shared().stack() else { return };
    let app = App::new(stack.table(), Arc::new(Profiles::built_in()), deployment(), Settings::default());
    let admin = named("admin").unwrap().alone(app, key());
    let file = files("events/v2").into_iter().find(|(file, _)| file == "GET-admin-directories");
    let mut event: Value = read(&file.unwrap().1);
    let status = |event: &Value| invoke_service(admin.clone(), event)["statusCode"].clone();
    // As API Gateway passes the request on, the signature is its Authorization header.
    event["headers"]["authorization"] = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260312/eu-central-1/execute-api/aws4_request, SignedHeaders=host, Signature=00".into();
    assert_eq!(status(&event), 401, "without API Gateway's verdict");
    let arn = "arn:aws:sts::123456789012:assumed-role/operators/ana";
    event["headers"]["x-amzn-iam-user-arn"] = arn.into();
    assert_eq!(status(&event), 401, "a header proves nothing");
    let iam = json!({ "accessKey": "AKIDEXAMPLE", "accountId": "123456789012", "callerId": "AROA:ana",
        "cognitoIdentity": null, "principalOrgId": "o-1", "userArn": arn, "userId": "AROA:ana" });
    event["requestContext"]["authorizer"] = json!({ "iam": iam });
    assert_eq!(status(&event), 200);
}
