//! One request, from its framing to its answer: refuse what is malformed, find the host, hand it over, count
//! and log it. The order is the security: nothing looks at a cookie before the framing and the Host are judged.

use std::{convert::Infallible, net::IpAddr, sync::Arc};

use axum::Router;
use http::{HeaderValue, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use tower::ServiceExt as _;

use super::{
    caller::{self, Caller, Named, REQUEST_ID, Refused},
    dashboard,
    front::Stranger,
    gateway::Gateway,
    headers::of_no_page,
    hosts::Target,
    portal,
};
use crate::{
    clock::Timestamp,
    dashboards::{body::Body, framing, inbound, tunnel::Place},
};

/// The whole of the public listener. Cheap to clone.
#[derive(Clone)]
pub struct Service {
    gateway: Arc<Gateway>,
    portal: Router,
}

impl Service {
    pub fn new(gateway: Arc<Gateway>) -> Self {
        Self { portal: portal::router(gateway.clone()), gateway }
    }

    pub async fn answer(
        self,
        peer: IpAddr,
        place: Place,
        mut request: Request<Incoming>,
    ) -> Result<Response<Body>, Infallible> {
        request.extensions_mut().insert(place);
        let gateway = &self.gateway;
        let address = caller::address(peer, request.headers(), &gateway.config.server.trusted_proxies);
        let mut caller = Caller { address, reference: gateway.references.next(), named: Named::Unasked };
        // The path only: queries hold codes and whatever apps put there.
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let (target, mut response) = self.route(peer, &mut caller, request).await;
        if let Ok(reference) = HeaderValue::try_from(caller.reference.as_str()) {
            response.headers_mut().insert(REQUEST_ID, reference);
        }
        let status = response.status();
        gateway.metrics.served(target, status);
        let Caller { address, reference, .. } = &caller;
        let code = status.as_u16();
        match response.extensions().get::<Refused>() {
            Some(Refused) if code >= 400 => {
                tracing::info!(%reference, %address, target, %method, ?path, code, "refused")
            }
            _ => tracing::debug!(%reference, %address, target, %method, ?path, code, "answered"),
        }
        Ok(response)
    }

    async fn route(
        &self,
        peer: IpAddr,
        caller: &mut Caller,
        request: Request<Incoming>,
    ) -> (&'static str, Response<Body>) {
        let gateway = &self.gateway;
        let (mut parts, body) = request.into_parts();
        let now = Timestamp::now();
        if let Some(front) = &gateway.front {
            match front.admit(peer, &mut parts.headers, now) {
                Ok(named) => caller.named = named,
                Err(stranger) => return ("nobody", gateway.turn_away(&stranger)),
            }
        }
        let authority = match framing::check(&parts, gateway.config.portal.origin.scheme) {
            Ok(authority) => authority,
            Err(malformed) => {
                gateway.metrics.refused(malformed.name());
                return ("nobody", refuse(malformed.status(), &malformed.to_string()));
            }
        };
        if header_bytes(&parts.headers) > gateway.config.limits.header_bytes {
            gateway.metrics.refused("header-too-large");
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            return ("nobody", refuse(status, inbound::TOO_LARGE));
        }
        gateway.registry.hold_to(&caller.named, &parts.headers, now).await;
        // A Content-Length beside it would have been taken out by now. RFC 9112, section 6.3, wants such a
        // connection closed, and browsers send no chunked bodies over HTTP/1.1.
        let chunked = parts.headers.contains_key(header::TRANSFER_ENCODING);
        let mut request = Request::from_parts(parts, body);
        let (target, mut response) = match gateway.hosts.target(authority) {
            Some(Target::Portal) => {
                request.extensions_mut().insert(caller.clone());
                let Ok(response) = self.portal.clone().oneshot(request).await;
                ("portal", response.map(Body::boxed))
            }
            Some(Target::Dashboard { id, origin }) => {
                ("dashboard", dashboard::serve(gateway, caller, &id, &origin, request).await)
            }
            None => {
                gateway.metrics.refused("misdirected");
                ("nobody", refuse(StatusCode::MISDIRECTED_REQUEST, "No such host is served here."))
            }
        };
        if chunked {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        (target, response)
    }
}

impl Gateway {
    /// Counted only: whoever may knock could fill the log by it. The door itself says now and then why.
    fn turn_away(&self, stranger: &Stranger) -> Response<Body> {
        self.metrics.refused(stranger.name());
        self.registry.audit.anonymous("not-through-the-proxy");
        let mut response = refuse(StatusCode::FORBIDDEN, stranger.sentence());
        response.extensions_mut().remove::<Refused>();
        response
    }
}

/// As it was on the wire: names, values, and four bytes a line.
fn header_bytes(headers: &http::HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

/// Nothing can be trusted about such a request, so its connection ends with the answer.
fn refuse(status: StatusCode, sentence: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{sentence}\n")));
    response.extensions_mut().insert(Refused);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    of_no_page(headers);
    response
}
