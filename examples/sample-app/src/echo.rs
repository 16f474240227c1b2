//! `/echo`: the request as it arrived here, to see what the gateway lets through and what it adds.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::{HeaderMap, Method, Uri},
};
use serde_json::{Value, json};

pub async fn echo(method: Method, uri: Uri, headers: HeaderMap) -> Json<Value> {
    let mut lines: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, value) in &headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        lines.entry(name.as_str()).or_default().push(value);
    }
    Json(json!({ "method": method.as_str(), "path": uri.to_string(), "headers": lines }))
}
