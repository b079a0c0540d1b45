//! Requests that many tests start with, one line each.

use serde_json::{Value, json};

use crate::call::Call;
use crate::endpoint::Endpoint;

/// The URN of the core user.
pub const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The URN of the enterprise extension.
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The URN of the core group.
pub const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
/// The URN of a PATCH request.
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// A user's body: `userName` and other values.
#[must_use]
pub fn user(user_name: &str, more: &Value) -> Value {
    let mut body = json!({ "schemas": [USER, ENTERPRISE], "userName": user_name });
    extend(&mut body, more);
    body
}

/// A group's body: `displayName` and other values.
#[must_use]
pub fn group(display_name: &str, more: &Value) -> Value {
    let mut body = json!({ "schemas": [GROUP], "displayName": display_name });
    extend(&mut body, more);
    body
}

/// A PATCH of these operations.
#[must_use]
pub fn patch(operations: &Value) -> Value {
    json!({ "schemas": [PATCH_OP], "Operations": operations })
}

/// Member values as Entra and Okta send them.
#[must_use]
pub fn member_values<T: AsRef<str>>(ids: &[T]) -> Value {
    ids.iter().map(|id| json!({ "value": id.as_ref() })).collect()
}

fn extend(body: &mut Value, more: &Value) {
    let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) else { return };
    body.extend(more.clone());
}

impl Endpoint {
    /// GET.
    pub fn get(&self, path: &str) -> Call<'_> {
        Call::new(self, "GET", path)
    }

    /// POST of a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Call<'_> {
        Call::new(self, "POST", path).json(body)
    }

    /// PUT of a JSON body.
    pub fn put(&self, path: &str, body: &Value) -> Call<'_> {
        Call::new(self, "PUT", path).json(body)
    }

    /// PATCH of these operations.
    pub fn patch(&self, path: &str, operations: &Value) -> Call<'_> {
        Call::new(self, "PATCH", path).json(&patch(operations))
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Call<'_> {
        Call::new(self, "DELETE", path)
    }

    /// Creates a user, which must succeed; returns its id.
    #[track_caller]
    pub fn create_user(&self, user_name: &str, more: &Value) -> String {
        let answer = self.post("/Users", &user(user_name, more)).send();
        answer.expect(201).id()
    }

    /// Creates a group, which must succeed; returns its id.
    #[track_caller]
    pub fn create_group(&self, display_name: &str, members: &[String]) -> String {
        let body = group(display_name, &json!({ "members": member_values(members) }));
        self.post("/Groups", &body).send().expect(201).id()
    }

    /// PATCHes a user, which must succeed, and reads it back.
    #[track_caller]
    pub fn patch_user(&self, id: &str, operations: &Value) -> Value {
        let answer = self.patch(&format!("/Users/{id}"), operations).send();
        answer.expect(200);
        let read = self.get(&format!("/Users/{id}")).send().expect(200).json();
        assert_eq!(answer.json(), read, "{answer}\nwhat PATCH answers is what GET answers");
        read
    }

    /// PATCHes a group, which must succeed; returns its new members.
    #[track_caller]
    pub fn patch_group(&self, id: &str, operations: &Value) -> Vec<String> {
        let answer = self.patch(&format!("/Groups/{id}"), operations).send();
        assert!(matches!(answer.status, 200 | 204), "{answer}");
        self.get(&format!("/Groups/{id}")).send().members()
    }

    /// The ids of the users that match.
    #[track_caller]
    pub fn users_where(&self, filter: &str) -> Vec<String> {
        self.get("/Users").filter(filter).send().ids()
    }

    /// The ids of the groups that match.
    #[track_caller]
    pub fn groups_where(&self, filter: &str) -> Vec<String> {
        self.get("/Groups").query("excludedAttributes", "members").filter(filter).send().ids()
    }
}
