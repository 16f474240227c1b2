//! What a gateway page inside a frame says to the shell. Only a hint: any app can forge it.

/// The key of the message's one field: `{ "lanyard": "<one of the below>" }`.
pub const FIELD: &str = "lanyard";
/// 401 or 404: ask `/api/session` who this still is.
pub const SESSION: &str = "session";
/// The app does not answer.
pub const UNREACHABLE: &str = "unreachable";
