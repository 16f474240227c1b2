//! Sign-ins by the thousand, each of somebody else, through the real provider and the gateway's own API: what a
//! browser sends, without the pages in between. There is no other way to make a session.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use lanyard_testbed::{
    Person, Stage,
    flow::{Callback, Flow, PORTAL_COOKIE, SIGN_IN_COOKIE},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::{Url, form_urlencoded};

/// Sign-ins under way.
const AT_ONCE: usize = 8;

/// Writes a provider's people, all of them managers and in so many other groups.
pub fn write_people(file: &Path, count: usize, groups: usize) -> Result<()> {
    let groups: Vec<_> = (0..groups).map(|nth| format!("'Group {nth}'")).collect();
    let mut text = String::new();
    for nth in 0..count {
        writeln!(
            text,
            "[[people]]\nsub = 'person-{nth}'\nname = 'Person {nth}'\nemail = 'person-{nth}@harbour.example'\n\
             groups = ['Manager', {}]",
            groups.join(", ")
        )?;
    }
    fs::write(file, text).with_context(|| file.display().to_string())
}

/// Signs in the people of these numbers, several at a time.
pub async fn crowd(stage: &Stage, numbers: std::ops::Range<usize>) -> Result<()> {
    let from = template(stage).await;
    let all = stream::iter(numbers).map(|nth| sign_in(stage, &from, nth)).buffer_unordered(AT_ONCE);
    all.try_for_each(|_| async { Ok(()) }).await
}

/// Signs in one of them.
pub async fn one(stage: &Stage, nth: usize) -> Result<Person> {
    sign_in(stage, &template(stage).await, nth).await
}

/// Where the shell would send the browser; what is another each time is put in each time.
async fn template(stage: &Stage) -> Url {
    Flow::begin(stage).await.authorization_url(stage).await
}

async fn sign_in(stage: &Stage, template: &Url, nth: usize) -> Result<Person> {
    // As long as the shell's, and nobody else's: the provider and the gateway do the same work with them.
    let (state, verifier) = (format!("{nth:022}"), format!("{nth:043}"));
    let begun = stage.portal().api("POST", "/api/sign-in").json(&json!({ "state": state })).send().await;
    ensure!(begun.status == 200, "a sign-in was not begun: {}", begun.everything());
    let nonce = begun.json()["nonce"].as_str().unwrap_or_default().to_owned();
    let sign_in = begun.cookie(SIGN_IN_COOKIE).context("no sign-in cookie")?;
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier));
    let query = template.query_pairs().map(|(name, value)| match &*name {
        "state" => (name, state.as_str().into()),
        "nonce" => (name, nonce.as_str().into()),
        "code_challenge" => (name, challenge.as_str().into()),
        _ => (name, value),
    });
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    let origin = stage.provider().origin();
    let person = format!("person-{nth}");
    let chosen = stage.provider().post("/sign-in").form(&[("request", &query), ("person", &person)]);
    let chosen = chosen.origin(&origin).site("same-origin", "navigate", "document").send().await;
    let back =
        chosen.header("location").with_context(|| format!("not sent back: {}", chosen.everything()))?;
    let back = Url::parse(back)?;
    let one = |name| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let callback = Callback { code: one("code").context("no code")?, state: state.clone(), iss: one("iss") };
    let flow = Flow { state, verifier, nonce, sign_in };
    let answer = flow.redemption(stage, &callback, &flow.cookies()).send().await;
    let cookie = answer.cookie(PORTAL_COOKIE);
    let cookie = cookie.with_context(|| format!("no session: {}", answer.everything()))?;
    Ok(Person { name: "somebody", cookie, flow, session: answer.json() })
}
