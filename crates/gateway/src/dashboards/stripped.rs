//! Query parameters by which a page could hand a Bokeh or Panel app a session, and with it an identity, of
//! its own making. They are taken out of the target; everything else stays byte for byte.

use http::uri::PathAndQuery;
use percent_encoding::percent_decode;

const PARAMETERS: [&str; 2] = ["bokeh-token", "bokeh-session-id"];

/// The target without those parameters; `None` when it has none of them and stays as it is.
pub(super) fn without_session_parameters(target: &PathAndQuery) -> Option<PathAndQuery> {
    let query = target.query()?;
    if !query.split(['&', ';']).any(is_session_parameter) {
        return None;
    }
    // Some servers also separate at ';'. Each kept parameter keeps the separator behind it.
    let kept: String = query
        .split_inclusive(['&', ';'])
        .filter(|pair| !is_session_parameter(pair.trim_end_matches(['&', ';'])))
        .collect();
    let kept = kept.trim_end_matches(['&', ';']);
    let path = target.path();
    let target = if kept.is_empty() { path.to_owned() } else { format!("{path}?{kept}") };
    // What came from a valid target by leaving bytes out is a valid target.
    Some(PathAndQuery::try_from(target).unwrap_or_else(|_| PathAndQuery::from_static("/")))
}

fn is_session_parameter(pair: &str) -> bool {
    let name = pair.split('=').next().unwrap_or_default();
    let decoded = percent_decode(name.as_bytes()).decode_utf8_lossy();
    // '+' is a space in a form, and some servers trim names.
    let decoded = decoded.trim_matches(|c: char| c == '+' || c.is_whitespace() || c.is_control());
    PARAMETERS.iter().any(|parameter| decoded.eq_ignore_ascii_case(parameter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strip(target: &str) -> Option<String> {
        let target = PathAndQuery::try_from(target).expect("a target");
        without_session_parameters(&target).map(|target| target.to_string())
    }

    #[test]
    fn parameters_that_carry_a_bokeh_session_are_taken_out() {
        for (target, left) in [
            ("/app?bokeh-token=x", "/app"),
            ("/app?a=1&bokeh-session-id=x&b=2", "/app?a=1&b=2"),
            ("/app?a=1&bokeh-token", "/app?a=1"),
            ("/?bokeh%2dtoken=x&q=%20", "/?q=%20"),
            ("/?BOKEH-Token=x&%62okeh-token=y&z", "/?z"),
            ("/?a=1;bokeh-token=x", "/?a=1"),
            ("/?+bokeh-token+=x&%00bokeh-token=y&z", "/?z"),
        ] {
            assert_eq!(strip(target).as_deref(), Some(left), "{target}");
        }
    }

    #[test]
    fn every_other_target_stays_as_it_is() {
        for target in
            ["/", "/?", "/?a=bokeh-token", "/bokeh-token?a=1;b", "/?bokeh-tokens=1&&x==", "/?token=x"]
        {
            assert_eq!(strip(target), None, "{target}");
        }
    }
}
