//! The events of one run: people are created, found, read, changed and listed.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use tests::names::unique;
use tests::people::patch;

use crate::world::{World, body};

/// Makes events, and learns ids from responses.
pub(crate) struct Script {
    token: String,
    world: World,
    made: usize,
    requests: usize,
}

impl Script {
    pub(crate) fn new(token: &str, requests: usize) -> Self {
        Self { token: token.to_owned(), world: World::new(unique(), Vec::new()), made: 0, requests }
    }

    /// The next event, while there are more.
    pub(crate) fn next(&mut self) -> Option<Value> {
        (self.made < self.requests).then_some(())?;
        let turn = self.made;
        self.made += 1;
        let world = &self.world;
        // The first hundred and every fifth create a user.
        if turn < 100 || turn.is_multiple_of(5) {
            let number = world.fresh();
            let user = body(&world.name(number), &world.external_id(number));
            return Some(self.event("POST", "/Users", "", Some(&user)));
        }
        let id = world.ids.get(world.any());
        let path = format!("/Users/{}", id.map_or("none", String::as_str));
        Some(match turn % 5 {
            1 => self.event("GET", &path, "", None),
            2 => self.event("GET", "/Users", &format!("filter=userName+eq+%22{}%22", world.name(turn)), None),
            3 => {
                let change = patch(&json!([{ "op": "Replace", "path": "active", "value": turn % 10 == 3 }]));
                self.event("PATCH", &path, "aadOptscim062020", Some(&change))
            }
            _ => self.event("GET", "/Users", "startIndex=1&count=100", None),
        })
    }

    /// Whether the response is a success; its resource is used from now on.
    pub(crate) fn learn(&mut self, response: &Value) -> bool {
        if response["statusCode"] == 201 {
            let user: Value =
                serde_json::from_str(response["body"].as_str().unwrap_or_default()).unwrap_or_default();
            self.world.ids.extend(user["id"].as_str().map(str::to_owned));
        }
        response["statusCode"].as_u64().is_some_and(|status| status < 300)
    }

    /// An event of an HTTP API, payload format 2.0; SCIM's media type arrives in base64.
    fn event(&self, method: &str, path: &str, query: &str, body: Option<&Value>) -> Value {
        let path = format!("/scim/v2{path}");
        json!({
            "version": "2.0",
            "routeKey": "ANY /scim/v2/{proxy+}",
            "rawPath": path,
            "rawQueryString": query,
            "headers": {
                "accept": "application/scim+json",
                "authorization": format!("Bearer {}", self.token),
                "content-type": "application/scim+json; charset=utf-8",
                "host": "d111111abc.execute-api.eu-central-1.amazonaws.com",
                "x-forwarded-for": "203.0.113.7",
                "x-forwarded-port": "443",
                "x-forwarded-proto": "https",
            },
            "requestContext": {
                "accountId": "123456789012",
                "apiId": "d111111abc",
                "domainName": "d111111abc.execute-api.eu-central-1.amazonaws.com",
                "domainPrefix": "d111111abc",
                "http": { "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7", "userAgent": "bench" },
                "requestId": "JKJaXmPLvHcESHA=",
                "routeKey": "ANY /scim/v2/{proxy+}",
                "stage": "$default",
                "time": "12/Mar/2026:19:03:58 +0000",
                "timeEpoch": 1_773_342_238_000_u64,
            },
            "body": body.map(|body| BASE64_STANDARD.encode(body.to_string())),
            "isBase64Encoded": body.is_some(),
        })
    }
}
