//! Queries by POST (RFC 7644 §3.4.3, RFC 9865 §3): the body of `/.search`.

use serde_json::{Map, Value};

use crate::error::{Error, Kind};
use crate::json::field;
use crate::message::SEARCH_REQUEST;

/// The parameters of a query, as in a URL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Names of attributes, joined by commas.
    pub attributes: Option<String>,
    /// Names of attributes, joined by commas.
    pub excluded_attributes: Option<String>,
    /// The filter; it may be blank.
    pub filter: Option<String>,
    /// The attribute to sort by.
    pub sort_by: Option<String>,
    /// The direction of the order.
    pub sort_order: Option<String>,
    /// A number, or the text that was sent instead.
    pub start_index: Option<String>,
    /// A number, or the text that was sent instead.
    pub count: Option<String>,
    /// The cursor; empty for the first page.
    pub cursor: Option<String>,
}

/// Reads the body of a SearchRequest. Names may have any letter case. Nulls and names that the
/// RFC does not define are ignored.
///
/// # Errors
/// `invalidSyntax` if the body is not an object or its `schemas` do not identify it as a
/// SearchRequest; `invalidValue` if a parameter has the wrong type.
pub fn parse(body: &Value) -> Result<Search, Error> {
    let Value::Object(body) = body else {
        return Err(Error::new(Kind::InvalidSyntax, "the body of a search must be a JSON object"));
    };
    identified(body)?;
    Ok(Search {
        attributes: names(body, "attributes")?,
        excluded_attributes: names(body, "excludedAttributes")?,
        filter: text(body, "filter")?,
        sort_by: text(body, "sortBy")?,
        sort_order: text(body, "sortOrder")?,
        start_index: number(body, "startIndex")?,
        count: number(body, "count")?,
        cursor: text(body, "cursor")?,
    })
}

/// "Query requests MUST be identified" by their URN, so that a resource sent here by mistake
/// is not a query of all resources.
fn identified(body: &Map<String, Value>) -> Result<(), Error> {
    let schemas = field(body, "schemas");
    let named = match schemas {
        Some(Value::Array(schemas)) => schemas.as_slice(),
        Some(single) => std::slice::from_ref(single),
        None => &[],
    };
    let is_search = |urn: &Value| urn.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(SEARCH_REQUEST));
    if named.iter().any(is_search) {
        return Ok(());
    }
    Err(Error::new(Kind::InvalidSyntax, format!("`schemas` is missing: send [\"{SEARCH_REQUEST}\"]")))
}

fn sent<'a>(body: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    field(body, name).filter(|sent| !sent.is_null())
}

fn text(body: &Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match sent(body, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(name, "a string")),
    }
}

/// A number, or a text that the caller reads as one.
fn number(body: &Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match sent(body, name) {
        None => Ok(None),
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(wrong(name, "a whole number")),
    }
}

/// A list of names, or one string of names as in a URL.
fn names(body: &Map<String, Value>, name: &str) -> Result<Option<String>, Error> {
    match sent(body, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(Value::Array(names)) => {
            let names: Option<Vec<&str>> = names.iter().map(Value::as_str).collect();
            let names = names.ok_or_else(|| wrong(name, "a list of strings"))?;
            Ok(Some(names.join(",")))
        }
        Some(_) => Err(wrong(name, "a list of strings")),
    }
}

fn wrong(name: &str, wanted: &str) -> Error {
    Error::new(Kind::InvalidValue, format!("`{name}` must be {wanted}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_parameter_in_any_letter_case() {
        let body = json!({
            "Schemas": ["URN:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "attributes": ["userName", "name"], "EXCLUDEDATTRIBUTES": "groups, emails", "Filter": "title pr",
            "sortby": "userName", "sortOrder": "descending", "startIndex": 3, "count": "7", "cursor": "",
            "aadOptscim062020": true,
        });
        let some = |text: &str| Some(text.to_owned());
        let expected = Search {
            attributes: some("userName,name"),
            excluded_attributes: some("groups, emails"),
            filter: some("title pr"),
            sort_by: some("userName"),
            sort_order: some("descending"),
            start_index: some("3"),
            count: some("7"),
            cursor: some(""),
        };
        assert_eq!(parse(&body).unwrap(), expected);
    }

    #[test]
    fn null_counts_as_not_sent() {
        let body = json!({ "schemas": [SEARCH_REQUEST], "filter": null, "count": null, "attributes": null });
        assert_eq!(parse(&body).unwrap(), Search::default());
    }

    #[test]
    fn a_body_that_is_not_a_search_is_refused() {
        for body in [
            json!([]),
            json!({}),
            json!({ "filter": "title pr" }),
            json!({ "schemas": [] }),
            json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "x" }),
        ] {
            assert_eq!(parse(&body).unwrap_err().kind, Kind::InvalidSyntax, "{body}");
        }
    }

    #[test]
    fn a_parameter_of_the_wrong_type_is_refused_by_its_name() {
        for (name, value) in [
            ("filter", json!(7)),
            ("attributes", json!({ "a": 1 })),
            ("attributes", json!(["a", 1])),
            ("excludedAttributes", json!(true)),
            ("sortBy", json!(["userName"])),
            ("count", json!([1])),
            ("startIndex", json!(true)),
            ("cursor", json!(0)),
        ] {
            let error = parse(&json!({ "schemas": [SEARCH_REQUEST], name: value })).unwrap_err();
            assert_eq!(error.kind, Kind::InvalidValue, "{name}");
            assert!(error.detail.contains(name), "{}", error.detail);
        }
    }
}
