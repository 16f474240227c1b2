//! Something to download, and somewhere to upload to. What is uploaded is counted and forgotten.

use std::{fmt::Write as _, sync::Arc};

use axum::{
    Json,
    extract::{Multipart, State, multipart::MultipartError},
    http::header,
    response::IntoResponse,
};
use serde::Serialize;

use crate::{
    App,
    figures::{Figures, Range},
};

#[derive(Debug, Serialize)]
pub struct Received {
    files: usize,
    bytes: usize,
}

pub async fn download(State(app): State<Arc<App>>) -> impl IntoResponse {
    let mut csv = "days_ago,revenue_k\r\n".to_owned();
    for (ago, value) in Figures::of(&app.title, Range::Quarter).bars.iter().rev().enumerate() {
        // Writing to a String does not fail.
        let _ = write!(csv, "{ago},{value}\r\n");
    }
    let disposition = "attachment; filename=\"figures.csv\"";
    ([(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, disposition)], csv)
}

/// Chunk by chunk, up to axum's limit of 2 MB.
pub async fn upload(mut form: Multipart) -> Result<Json<Received>, MultipartError> {
    let mut received = Received { files: 0, bytes: 0 };
    while let Some(mut field) = form.next_field().await? {
        received.files += 1;
        while let Some(chunk) = field.chunk().await? {
            received.bytes += chunk.len();
        }
    }
    Ok(Json(received))
}
