//! The settings of every function, and of the deployment as a whole.

use std::path::Path;

use rollcall::functions::{FUNCTIONS, Serves};
use serde_json::{Value, json};
use tests::functions::is_scim;
use tests::template::Template;

#[test]
fn every_function_has_its_role_log_and_alarms() {
    let template = Template::main();
    let dashboard = &template.resource("Dashboard")["Properties"]["Parameters"];
    for function in &FUNCTIONS {
        let (name, parts) = (function.name, template.parts(function.name));
        assert_eq!(parts["Function"], name);
        for common in ["Stack", "Table", "KmsKeyArn", "LogRetentionDays", "Topic"] {
            assert_eq!(parts[common], template.parts("users")[common], "{name}: {common}");
        }
        let properties = template.function(name);
        assert_eq!(properties["FunctionName"], json!({ "Fn::Sub": format!("${{AWS::StackName}}-{name}") }));
        let stack = properties["Role"]["Fn::GetAtt"].as_str().unwrap().trim_end_matches(".Outputs.Role");
        let output = |output: &str| json!({ "Fn::GetAtt": format!("{stack}.Outputs.{output}") });
        assert_eq!(properties["LoggingConfig"]["LogGroup"], output("Log"), "{name}");
        // A part that may be left out is conditional.
        let listed = |list: &str, entry: &Value| {
            let entries = dashboard[list]["Fn::Join"][1].as_array().unwrap();
            entries.iter().any(|listed| listed == entry || listed["Fn::If"][1] == *entry)
        };
        assert!(listed("Functions", &json!({ "Ref": function.resource })), "{name}: the dashboard");
        assert!(listed("Logs", &output("Log")), "{name}: the dashboard");
        // A function that serves requests is deployed gradually.
        let events = matches!(function.serves, Serves::Events);
        assert_eq!(parts["Gradual"] == "off", events, "{name}");
        assert_eq!(properties["AutoPublishAlias"] == "live", !events, "{name}");
        if !events {
            assert_eq!(properties["DeploymentPreference"]["Alarms"], json!([output("Deployment")]), "{name}");
            assert_eq!(properties["AutoPublishAliasAllProperties"], true, "{name}");
            // tests/template/versions.py looks for what a function has besides.
            let description = |name: &str| {
                template.function(name)["VersionDescription"]["Fn::Sub"][0].as_str().unwrap().to_owned()
            };
            assert!(description(name).starts_with(&description("users")), "{name}");
        }
    }
}

#[test]
fn a_function_reads_the_secrets_that_it_needs_and_no_other() {
    let template = Template::main();
    for function in &FUNCTIONS {
        let arns = template.parts(function.name)["SecretArns"].to_string();
        // `deliver` signs tokens.
        let needs = !matches!(function.serves, Serves::Events) || function.name == "deliver";
        let deployment = arns.contains("Administrator.Outputs.DeploymentSecretArn");
        assert_eq!(deployment, needs, "{}: tokens are verified by all that serve requests", function.name);
        let reads = arns.contains("Administrator.Outputs.KeyArn");
        let variables = &template.function(function.name)["Environment"]["Variables"];
        assert_eq!(reads, variables.get("ROLLCALL_ADMINISTRATOR_KEY_ARN").is_some(), "{}", function.name);
        assert!(!(reads && is_scim(&function.serves)), "{}", function.name);
        let oidc = arns.contains(":secret:${AWS::StackName}/console-oidc-??????");
        assert_eq!(oidc, function.name == "console", "{}", function.name);
        assert_eq!(oidc, variables.get("ROLLCALL_OIDC_SECRET").is_some(), "{}", function.name);
    }
}

/// A secret that is not asked for is not there, so the role and the variables name it only with OpenID Connect.
#[test]
fn the_console_reads_settings_of_openid_connect_only_where_it_is_used() {
    let template = Template::main();
    let root = tests::template::read("template.yaml");
    let conditions = &root["Conditions"];
    let is = |value: &str| json!({ "Fn::Equals": [{ "Ref": "ConsoleSignIn" }, value] });
    assert_eq!(conditions["HasOidc"], json!({ "Fn::Not": [is("key")] }));
    assert_eq!(conditions["IsOidcOnly"], is("oidc"));
    assert_eq!(root["Parameters"]["ConsoleSignIn"]["Default"], "key");
    let arns = &template.parts("console")["SecretArns"]["Fn::If"];
    assert_eq!(arns[0], "HasOidc");
    let (with, without) = (arns[1]["Fn::Sub"].as_str().unwrap(), arns[2]["Fn::Sub"].as_str().unwrap());
    let more = with.strip_prefix(without).unwrap();
    assert!(
        more.starts_with(",arn:") && more.ends_with(":secret:${AWS::StackName}/console-oidc-??????"),
        "{more}"
    );
    let variables = &template.function("console")["Environment"]["Variables"];
    let name = json!({ "Fn::Sub": "${AWS::StackName}/console-oidc" });
    assert_eq!(variables["ROLLCALL_OIDC_SECRET"], json!({ "Fn::If": ["HasOidc", name, ""] }));
    assert_eq!(variables["ROLLCALL_OIDC_ONLY"], json!({ "Fn::If": ["IsOidcOnly", "true", ""] }));
}

/// Without it, every token would have to be issued again.
#[test]
fn the_deployment_secret_is_retained() {
    let secret = &tests::template::read("infra/administrator.yaml")["Resources"]["DeploymentSecret"];
    assert_eq!(
        (&secret["DeletionPolicy"], &secret["UpdateReplacePolicy"]),
        (&json!("Retain"), &json!("Retain"))
    );
    assert_eq!(secret["Properties"]["Name"], Value::Null, "a next stack of the same name could not be made");
}

/// A tag of the whole stack would come from `samconfig.toml`, which does not know the parameters.
#[test]
fn tags_follow_the_stage() {
    let untagged = ["AWS::SNS::Subscription", "AWS::Lambda::EventSourceMapping"];
    // `Globals` tags the functions.
    let functions = ["AWS::Serverless::Function"];
    for (id, resource) in Template::main().all() {
        let kind = resource["Type"].as_str().unwrap();
        if untagged.contains(&kind) || functions.contains(&kind) {
            continue;
        }
        let tags = &resource["Properties"]["Tags"];
        let stage = json!({ "Ref": "Stage" });
        let list = json!([{ "Key": "rollcall-stage", "Value": stage }]);
        assert!(*tags == list || tags["rollcall-stage"] == stage, "{id}: {tags}");
    }
    let samconfig = Path::new(env!("CARGO_MANIFEST_DIR")).join("../samconfig.toml");
    assert!(!std::fs::read_to_string(samconfig).unwrap().contains("\ntags"));
}
