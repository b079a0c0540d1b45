//! Bulk requests and their answers.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::endpoint::Endpoint;
use crate::people::{group, patch, user};

/// The URN of a bulk request.
pub const BULK_REQUEST: &str = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
/// The URN of a bulk response.
pub const BULK_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";

/// A bulk request of these operations.
#[must_use]
pub fn bulk(operations: &[Value]) -> Value {
    json!({ "schemas": [BULK_REQUEST], "Operations": operations })
}

/// The operation that creates a user under `bulk_id`.
#[must_use]
pub fn post_user(bulk_id: &str, user_name: &str, more: &Value) -> Value {
    json!({ "method": "POST", "path": "/Users", "bulkId": bulk_id, "data": user(user_name, more) })
}

/// The operation that creates a group under `bulk_id`.
#[must_use]
pub fn post_group(bulk_id: &str, display_name: &str, members: &[&str]) -> Value {
    let members: Vec<Value> = members.iter().map(|id| json!({ "value": id })).collect();
    let data = group(display_name, &json!({ "members": members }));
    json!({ "method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data })
}

/// The operation that PATCHes what is at `path`.
#[must_use]
pub fn change(path: &str, operations: &Value) -> Value {
    json!({ "method": "PATCH", "path": path, "data": patch(operations) })
}

/// The operation that deletes what is at `path`.
#[must_use]
pub fn delete(path: &str) -> Value {
    json!({ "method": "DELETE", "path": path })
}

/// A manager by its id.
#[must_use]
pub fn manager(id: &str) -> Value {
    json!({ crate::people::ENTERPRISE: { "manager": { "value": id } } })
}

impl Endpoint {
    /// POSTs a bulk request that must succeed.
    #[track_caller]
    pub fn bulk(&self, operations: &[Value]) -> Answer {
        let answer = Call::new(self, "POST", "/Bulk").json(&bulk(operations)).send();
        answer.expect(200);
        answer
    }
}

impl Answer {
    /// The operations of a bulk response.
    #[track_caller]
    pub fn operations(&self) -> Vec<Value> {
        let body = self.expect(200).json();
        assert_eq!(body["schemas"], json!([BULK_RESPONSE]), "{self}");
        body["Operations"].as_array().unwrap_or_else(|| panic!("{self}\nno Operations")).clone()
    }

    /// The statuses of a bulk response, in order. Each operation must be well formed.
    #[track_caller]
    pub fn statuses(&self) -> Vec<u16> {
        let operations = self.operations();
        for operation in &operations {
            let status = operation["status"].as_str().unwrap_or_else(|| panic!("{self}\nno status"));
            if status.starts_with('2') {
                assert!(operation["location"].is_string(), "{operation}\na success says where");
                assert!(operation.get("response").is_none(), "{operation}");
                assert_eq!(operation["version"].is_string(), status != "204", "{operation}\nversion");
            } else {
                let response = &operation["response"];
                assert_eq!(response["status"].as_str(), Some(status), "{operation}");
                assert_eq!(response["schemas"], json!([crate::answer::ERROR]), "{operation}");
                assert!(response["detail"].is_string(), "{operation}");
            }
        }
        operations.iter().map(|one| one["status"].as_str().unwrap_or_default().parse().unwrap_or(0)).collect()
    }

    /// The path of the resource of operation `number`, relative to the Tenant URL.
    #[track_caller]
    pub fn place(&self, number: usize) -> String {
        let operations = self.operations();
        let location = operations.get(number).and_then(|one| one["location"].as_str());
        let location = location.unwrap_or_else(|| panic!("{self}\nno location of {number}"));
        location.split_once("/scim/v2").map_or(location, |(_, place)| place).to_owned()
    }

    /// The id of the resource of operation `number`.
    #[track_caller]
    pub fn made(&self, number: usize) -> String {
        self.place(number).rsplit('/').next().unwrap_or_default().to_owned()
    }
}
