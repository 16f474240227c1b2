//! Whether the algorithms that the configuration pins are those that the provider signs ID tokens with, and whether
//! it publishes a key for them.

use std::future::ready;

use futures_util::future::BoxFuture;

use super::{Finding, Setup, Severity, provider};
use crate::{
    config::Algorithm,
    identity::oidc::{algorithm, algorithm_name},
};

const ABOUT: &str = "identity";

pub fn check<'a>(setup: &'a Setup<'a>) -> BoxFuture<'a, Vec<Finding>> {
    let found = setup.discovered().map(|(identity, inspected)| match &inspected.keys {
        Err(error) => Finding::new(ABOUT, Severity::Error, format!("{error}; {}", provider::remedy(error))),
        Ok(keys) => judge(&identity.algorithms, inspected.says.algorithms.as_deref(), keys),
    });
    Box::pin(ready(found.into_iter().collect()))
}

/// `offered` is what the provider says that it signs with, `keys` what it publishes keys for.
fn judge(pinned: &[Algorithm], offered: Option<&[String]>, keys: &[Algorithm]) -> Finding {
    let say = |severity, message: String| Finding::new(ABOUT, severity, message);
    // Without a list (which Discovery demands) the keys alone tell.
    let known: Vec<Algorithm> = match offered {
        Some(offered) => offered.iter().filter_map(|name| algorithm(name)).collect(),
        None => keys.to_vec(),
    };
    let common: Vec<Algorithm> = known.iter().filter(|known| pinned.contains(known)).copied().collect();
    if known.is_empty() {
        let remedy = "let it sign them with RS256 or ES256";
        return say(
            Severity::Error,
            format!("signs ID tokens with no algorithm that is taken here; {remedy}"),
        );
    }
    if common.is_empty() {
        let (offers, list) = (words(&known, ", "), words(&known, "\", \""));
        let message = format!(
            "signs ID tokens with {offers}, of which [identity] algorithms has none; write algorithms = [\"{list}\"]"
        );
        return say(Severity::Error, message);
    }
    if !common.iter().any(|algorithm| keys.contains(algorithm)) {
        let message = format!(
            "publishes no key that can be used for {}; see its own list of keys: an RSA key needs 2 048 bits, and \
             none may be for encryption alone",
            words(&common, ", ")
        );
        return say(Severity::Error, message);
    }
    say(Severity::Fine, format!("signs ID tokens with {}, and publishes a key", words(&common, ", ")))
}

fn words(algorithms: &[Algorithm], between: &str) -> String {
    algorithms.iter().copied().map(algorithm_name).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_line_to_write() {
        use Algorithm::{Es256, Rs256, Rs512};
        let said = |offered: Option<&[&str]>, keys: &[Algorithm]| {
            let offered: Option<Vec<String>> = offered.map(|o| o.iter().map(|o| (*o).to_owned()).collect());
            judge(&[Rs256, Es256], offered.as_deref(), keys).to_string()
        };
        let wrong = said(Some(&["HS256", "RS512", "EdDSA"]), &[Rs512]);
        assert!(
            wrong.starts_with("error: identity: ") && wrong.ends_with(r#"["RS512", "EdDSA"]"#),
            "{wrong}"
        );
        assert!(said(Some(&["HS256", "none"]), &[]).contains("no algorithm that is taken here"));
        assert!(said(Some(&["RS256"]), &[Es256]).contains("publishes no key that can be used for RS256"));
        assert!(said(Some(&["HS256", "RS256"]), &[Rs256, Rs512]).starts_with("ok: identity: signs"));
        assert!(said(None, &[Es256]).starts_with("ok: "));
        assert!(said(None, &[Rs512]).contains(r#"write algorithms = ["RS512"]"#));
    }
}
