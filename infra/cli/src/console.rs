//! `rollcall console`

use serde_json::json;

use crate::api::Api;
use crate::error::ToolError;
use crate::out::Out;

pub(crate) async fn run(api: &Api, out: &Out) -> Result<u8, ToolError> {
    out.one(&api.post("/console-links", &json!({})).await?);
    Ok(0)
}
