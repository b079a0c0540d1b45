//! Checks for every answer.

use serde_json::Value;

use super::finding::{Fault, Finding};
use crate::mapping::path::member;
use crate::wire::request::{Answer, Request};

const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";
const LIST: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The faults of an answer, whatever the request was.
pub(crate) fn answer(request: &Request, answer: &Answer) -> Vec<Finding> {
    let mut findings = Vec::new();
    let line = request.line();
    let mut found =
        |fault: Fault, what: String| findings.push(Finding { fault, what: format!("{line}: {what}") });
    if answer.text.trim().is_empty() {
        match answer.status {
            200 | 201 if request.method != "DELETE" => {
                found(Fault::EmptyBody, format!("{} without a body", answer.status));
            }
            400.. => found(Fault::ErrorShape, format!("{} without a body", answer.status)),
            _ => {}
        }
        return findings;
    }
    let Some(body) = &answer.json else {
        found(Fault::NotJson, format!("the body is not valid JSON: {}", answer.summary()));
        return findings;
    };
    let media_type = answer.content_type.as_deref().unwrap_or("none");
    if !media_type.to_ascii_lowercase().starts_with("application/scim+json") {
        found(Fault::MediaType, format!("the media type is {media_type}"));
    }
    if answer.status >= 400 {
        error(answer.status, body, &mut found);
    } else if request.method == "GET" && is_list(request) {
        list(request, body, &mut found);
    } else {
        resource(body, &mut found);
    }
    findings
}

/// The request is for a list, not for one resource.
fn is_list(request: &Request) -> bool {
    matches!(request.path.trim_matches('/'), "Users" | "Groups" | "Schemas")
}

fn has_schema(body: &Value, wanted: &str) -> bool {
    let schemas = member(body, "schemas").and_then(Value::as_array);
    schemas.is_some_and(|list| {
        list.iter().any(|it| it.as_str().is_some_and(|it| it.eq_ignore_ascii_case(wanted)))
    })
}

fn error(status: u16, body: &Value, found: &mut impl FnMut(Fault, String)) {
    if !has_schema(body, ERROR) {
        found(Fault::ErrorShape, format!("the error's `schemas` do not name {ERROR}"));
    }
    match member(body, "status") {
        Some(Value::String(text)) if *text == status.to_string() => {}
        Some(Value::String(text)) => {
            found(Fault::ErrorStatus, format!("`status` is \"{text}\" and not \"{status}\""))
        }
        Some(other) => found(Fault::ErrorStatus, format!("`status` is {other}, which is not a string")),
        None => found(Fault::ErrorShape, "the error has no `status`".to_owned()),
    }
    if member(body, "detail").and_then(Value::as_str).is_none_or(str::is_empty) {
        found(Fault::ErrorShape, "the error has no `detail`".to_owned());
    }
}

fn list(request: &Request, body: &Value, found: &mut impl FnMut(Fault, String)) {
    if !has_schema(body, LIST) {
        found(Fault::ListShape, format!("the list's `schemas` do not name {LIST}"));
    }
    for name in ["totalResults", "startIndex", "itemsPerPage"] {
        match member(body, name) {
            Some(value) if !value.is_u64() => found(Fault::TotalsNotNumbers, format!("`{name}` is {value}")),
            None if name == "totalResults" => {
                found(Fault::ListShape, "there is no `totalResults`".to_owned())
            }
            _ => {}
        }
    }
    let resources = member(body, "Resources");
    let total = member(body, "totalResults").and_then(Value::as_u64);
    let Some(resources) = resources.and_then(Value::as_array) else {
        if total != Some(0) {
            found(Fault::ListShape, "the list `Resources` is missing".to_owned());
        }
        return;
    };
    if total.is_some_and(|total| total < resources.len() as u64) {
        found(Fault::PageTotal, "`totalResults` is less than there are `Resources`".to_owned());
    }
    for one in resources {
        resource(one, found);
        let excluded = request.query.contains("excludedAttributes=members");
        if excluded && member(one, "members").is_some() {
            found(Fault::MembersNotExcluded, "a group in the list has `members`".to_owned());
        }
    }
}

fn resource(body: &Value, found: &mut impl FnMut(Fault, String)) {
    let holder = member(body, ENTERPRISE).unwrap_or(body);
    if let Some(manager) = member(holder, "manager")
        && !manager.is_null()
        && !manager.is_object()
    {
        found(Fault::ManagerShape, format!("`manager` is {manager}"));
    }
}
