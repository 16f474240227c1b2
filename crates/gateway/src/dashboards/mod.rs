//! What stands between a permitted request and the app behind a dashboard. In the order of a request:
//! `framing` and `admission` judge it before the session is looked at, `proxy` or `tunnel` carries it.
//! Decides nobody's rights: whoever calls `proxy` or `tunnel` holds a permit already.

pub mod admission;
pub mod assertion;
pub mod body;
pub mod framing;
mod guarded;
pub mod health;
pub mod identity_headers;
mod idle;
pub mod inbound;
mod location;
mod prepared;
pub mod probe;
pub mod proxy;
mod request_headers;
mod response_headers;
mod signing_key;
mod stripped;
mod tls;
pub mod tunnel;
mod upload;
pub mod upstream;

#[cfg(test)]
mod testing;

pub use admission::{Admission, admit};
pub use assertion::Introductions;
pub use body::Body;
pub use health::Health;
pub use proxy::{Proxy, ProxyError};
pub use signing_key::{KeyError, Keys};

/// For `fuzzing`.
#[cfg(any(test, feature = "fuzzing"))]
pub mod properties {
    pub use super::{
        admission::properties::admission, request_headers::properties::requests,
        response_headers::properties::responses, tunnel::properties::frames,
    };
}
