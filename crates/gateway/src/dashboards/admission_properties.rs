//! What must hold of everything that a dashboard's host takes: the rules once more, as they are told to people
//! instead of in the order in which they are looked at.

use super::*;

/// A request at finance.dash.example.
pub fn admission(parts: &Parts) {
    let (own, portal) = ("https://finance.dash.example", "https://dash.example");
    let (Ok(own_origin), Ok(portal_origin)) = (own.parse(), portal.parse()) else { return };
    let admitted = admit(parts, &own_origin, &portal_origin);
    let lines = |name: &str| {
        parts.headers.get_all(name).iter().map(|line| line.as_bytes().trim_ascii()).collect::<Vec<_>>()
    };
    let is = |name: &str, value: &str| lines(name) == [value.as_bytes()];
    let absent = |name: &str| lines(name).is_empty();
    let safe = matches!(parts.method.as_str(), "GET" | "HEAD");

    if is_websocket(parts) {
        let expected = if is("origin", own) { Ok(Admission::WebSocket) } else { Err(Refusal::SocketOrigin) };
        assert_eq!(admitted, expected, "{parts:?}");
        return;
    }
    assert_ne!(admitted, Ok(Admission::WebSocket), "{parts:?}");
    let clear = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"]
        .iter()
        .all(|name| matches!(lines(name).as_slice(), [] | [[_, ..]]));
    let worker = !absent("service-worker") || is("sec-fetch-dest", "serviceworker");
    let elsewhere = is("sec-fetch-site", "same-site") || is("sec-fetch-site", "cross-site");
    let framed = is("sec-fetch-dest", "iframe");
    let navigates = is("sec-fetch-mode", "navigate") && (framed || is("sec-fetch-dest", "document"));

    if parts.method == Method::POST && parts.uri.path() == ENTER {
        let posted = is("origin", portal) && (absent("sec-fetch-site") || (elsewhere && navigates));
        assert_eq!(admitted == Ok(Admission::Enter), clear && !worker && posted, "{parts:?}");
        assert!(admitted == Ok(Admission::Enter) || admitted.is_err(), "{parts:?}");
        return;
    }
    let from_itself = is("sec-fetch-site", "same-origin")
        && (absent("origin") || is("origin", "null") || is("origin", own));
    let typed = is("sec-fetch-site", "none") && safe && !is("origin", "null");
    let led = elsewhere && safe && navigates && !is("origin", "null");
    let old = absent("sec-fetch-site") && (is("origin", own) || (absent("origin") && safe));
    let allowed = clear && !worker && (from_itself || typed || led || old);
    assert_eq!(admitted.is_ok(), allowed, "{parts:?}: {admitted:?}");
    match admitted {
        Ok(Admission::FrameDocument) => assert!(navigates && framed, "{parts:?}"),
        Ok(Admission::TopDocument) => assert!((navigates && !framed) || old, "{parts:?}"),
        Ok(Admission::Fetch) => assert!(!navigates || old, "{parts:?}"),
        Ok(Admission::Enter | Admission::WebSocket) | Err(_) => assert!(!allowed, "{parts:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dashboards::testing;

    /// Every request there is, as far as admission looks at it.
    #[test]
    fn every_combination_is_judged_by_the_rules() {
        let (mut judged, mut admitted) = (0, 0);
        let origins =
            ["", "null", "https://finance.dash.example", "https://dash.example", "https://evil.example"];
        let sites = ["", "none", "same-origin", "same-site", "cross-site", "other"];
        let destinations = ["", "document", "iframe", "script", "serviceworker", "object"];
        for line in ["GET /", "HEAD /a", "POST /a", "POST /_lanyard/enter", "GET /_lanyard/enter", "DELETE /"]
        {
            for (origin, site) in origins.iter().flat_map(|origin| sites.map(|site| (*origin, site))) {
                for (dest, mode) in
                    destinations.iter().flat_map(|dest| ["", "navigate", "cors"].map(|mode| (*dest, mode)))
                {
                    for more in [
                        &[][..],
                        &[("service-worker", "script")],
                        &[("upgrade", "websocket"), ("connection", "upgrade")],
                    ] {
                        let sent = [
                            ("origin", origin),
                            ("sec-fetch-site", site),
                            ("sec-fetch-mode", mode),
                            ("sec-fetch-dest", dest),
                        ];
                        let lines = sent
                            .into_iter()
                            .filter(|(_, value)| !value.is_empty())
                            .chain(more.iter().copied());
                        let parts = testing::parts(line, &lines.collect::<Vec<_>>());
                        admission(&parts);
                        judged += 1;
                        let [own, portal] = ["https://finance.dash.example", "https://dash.example"]
                            .map(|o| o.parse().expect("an origin"));
                        admitted += usize::from(admit(&parts, &own, &portal).is_ok());
                    }
                }
            }
        }
        assert_eq!(judged, 6 * 5 * 6 * 6 * 3 * 3);
        assert!((judged / 20..judged / 2).contains(&admitted), "{admitted} of {judged}");
    }
}
