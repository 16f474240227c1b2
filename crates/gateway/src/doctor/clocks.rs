//! Whether the provider's clock and this machine's agree, by the `Date` of the provider's answer. Past the leeway
//! that a sign-in allows, every fresh ID token is one of the future, or old.

use std::future::ready;

use futures_util::future::BoxFuture;

use super::{Finding, Setup, Severity};
use crate::identity::oidc::LEEWAY;

/// From here on somebody should look, in seconds.
const NOTICEABLE: i64 = 30;

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    let found = setup.discovered().map(|(_, inspected)| judge(inspected.ahead));
    Box::pin(ready(found.into_iter().collect()))
}

fn judge(ahead: Option<i64>) -> Finding {
    let say = |severity, message: String| Finding::new("identity", severity, message);
    let Some(ahead) = ahead else {
        return say(
            Severity::Note,
            "says no time (Date): compare its clock with this machine's yourself".into(),
        );
    };
    let (by, seconds) = (if ahead < 0 { "behind" } else { "ahead of" }, ahead.unsigned_abs());
    let off =
        format!("its clock is {seconds} s {by} this machine's; let both follow the same time service (NTP)");
    if ahead.abs() as f64 > LEEWAY {
        say(Severity::Error, format!("{off}: beyond {LEEWAY} s no sign-in succeeds"))
    } else if ahead.abs() > NOTICEABLE {
        say(Severity::Warning, off)
    } else {
        say(Severity::Fine, "its clock and this machine's agree".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_leeway_it_is_an_error() {
        for (ahead, severity) in [
            (Some(0), Severity::Fine),
            (Some(-30), Severity::Fine),
            (Some(31), Severity::Warning),
            (Some(-60), Severity::Warning),
            (Some(61), Severity::Error),
            (Some(-3600), Severity::Error),
            (None, Severity::Note),
        ] {
            assert_eq!(judge(ahead).severity, severity, "{ahead:?}");
        }
        assert!(judge(Some(-61)).message.contains("61 s behind this machine's"));
    }
}
