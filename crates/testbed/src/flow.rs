//! One sign-in over plain TCP, step by step, as the shell does it: begin, the provider's page, redeem. Tests
//! that put something wrong between the steps call them one by one; the others use `Person`.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use url::Url;

use crate::{Answer, Request, Stage, provider_page, random};

/// The cookie that binds a sign-in to its browser.
pub const SIGN_IN_COOKIE: &str = "__Host-lanyard-signin";
/// The portal's session.
pub const PORTAL_COOKIE: &str = "__Host-lanyard";
/// One dashboard host's key to the session.
pub const APP_COOKIE: &str = "__Host-lanyard-app";
/// The last person at a dashboard host.
pub const VIEWER_COOKIE: &str = "__Host-lanyard-viewer";

/// What waits in the browser between leaving for the provider and coming back.
#[derive(Clone)]
pub struct Flow {
    pub state: String,
    pub verifier: String,
    pub nonce: String,
    /// The sign-in cookie's value.
    pub sign_in: String,
}

/// What the provider sends back in the address.
#[derive(Clone)]
pub struct Callback {
    pub code: String,
    pub state: String,
    pub iss: Option<String>,
}

impl Flow {
    /// Begins in a browser that has no sign-in cookie yet.
    pub async fn begin(stage: &Stage) -> Self {
        Self::begin_again(stage, None).await
    }

    /// Begins in a browser that may have a sign-in cookie already.
    pub async fn begin_again(stage: &Stage, sign_in: Option<&str>) -> Self {
        let (state, verifier) = (random::text::<16>(), random::text::<32>());
        let mut request = stage.portal().api("POST", "/api/sign-in").json(&json!({ "state": state }));
        if let Some(value) = sign_in {
            request = request.cookie(&format!("{SIGN_IN_COOKIE}={value}"));
        }
        let answer = request.send().await.expect(200);
        let sign_in = answer.cookie(SIGN_IN_COOKIE).or(sign_in.map(str::to_owned));
        let sign_in = sign_in.expect("POST /api/sign-in sets the sign-in cookie");
        let nonce = answer.json()["nonce"].as_str().expect("a nonce").to_owned();
        stage.secrets().note("sign-in cookie", &sign_in);
        stage.secrets().note("verifier", &verifier);
        Self { state, verifier, nonce, sign_in }
    }

    /// Where the shell sends the browser.
    pub async fn authorization_url(&self, stage: &Stage) -> Url {
        let config = stage.portal().get("/api/config").fetch().send().await.expect(200).json();
        let provider = &config["provider"];
        let text = |field: &str| provider[field].as_str().unwrap_or_else(|| panic!("no {field}: {provider}"));
        let scopes: Vec<_> =
            provider["scopes"].as_array().expect("scopes").iter().filter_map(Value::as_str).collect();
        let mut url = Url::parse(text("authorization_endpoint")).expect("a URL");
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", text("client_id"))
            .append_pair("redirect_uri", text("redirect_uri"))
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", &self.state)
            .append_pair("nonce", &self.nonce)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(&self.verifier)))
            .append_pair("code_challenge_method", "S256");
        url
    }

    /// At the provider: chooses the person, and follows until the browser would come back to the portal.
    pub async fn at_provider(&self, stage: &Stage, name: &str) -> Callback {
        let mut url = self.authorization_url(stage).await;
        let mut jar = Jar::default();
        let mut answer = ask_provider(stage, &mut jar, stage.provider().get(&target(&url))).await;
        for _ in 0..6 {
            if let Some(location) = answer.header("location") {
                url = url.join(location).expect("a Location that is a URL");
                if url.as_str().starts_with(&stage.portal().origin()) {
                    return Callback::of(stage, &url);
                }
                answer = ask_provider(stage, &mut jar, stage.provider().get(&target(&url))).await;
            } else {
                let page = answer.expect(200).text();
                let form = provider_page::form_with_button(&page, name)
                    .unwrap_or_else(|| panic!("no button '{name}' on the provider's page:\n{page}"));
                url = url.join(&form.action).expect("an action that is a URL");
                let fields: Vec<_> = form.fields.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
                let request = if form.method == "POST" {
                    stage.provider().post(&target(&url)).form(&fields)
                } else {
                    url.query_pairs_mut().extend_pairs(&fields);
                    stage.provider().get(&target(&url))
                };
                let request =
                    request.origin(&stage.provider().origin()).site("same-origin", "navigate", "document");
                answer = ask_provider(stage, &mut jar, request).await;
            }
        }
        panic!("the provider does not come to an end; last answer:\n{}", answer.everything());
    }

    /// What redeems the code, with exactly these cookies.
    pub fn redemption(&self, stage: &Stage, callback: &Callback, cookies: &str) -> Request {
        let body = json!({
            "code": callback.code, "verifier": self.verifier, "state": callback.state, "iss": callback.iss,
        });
        let request = stage.portal().api("POST", "/api/session").json(&body);
        if cookies.is_empty() { request } else { request.cookie(cookies) }
    }

    pub async fn redeem(&self, stage: &Stage, callback: &Callback, cookies: &str) -> Answer {
        let answer = self.redemption(stage, callback, cookies).send().await;
        if let Some(cookie) = answer.cookie(PORTAL_COOKIE) {
            stage.secrets().note("session cookie", &cookie);
        }
        answer
    }

    /// The `Cookie` line of this flow's own browser.
    pub fn cookies(&self) -> String {
        format!("{SIGN_IN_COOKIE}={}", self.sign_in)
    }
}

impl Callback {
    fn of(stage: &Stage, url: &Url) -> Self {
        assert_eq!(url.path(), "/callback", "the provider comes back to /callback: {}", url.path());
        let one =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let code = one("code").unwrap_or_else(|| panic!("no code came back: {url}"));
        stage.secrets().note("code", &code);
        Self { code, state: one("state").expect("state comes back"), iss: one("iss") }
    }
}

/// The provider's cookies, by name.
#[derive(Default)]
struct Jar(Vec<(String, String)>);

async fn ask_provider(stage: &Stage, jar: &mut Jar, request: Request) -> Answer {
    let line: Vec<_> = jar.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let request = if line.is_empty() { request } else { request.cookie(&line.join("; ")) };
    let answer = request.send().await;
    for cookie in answer.all("set-cookie") {
        if let Some((name, value)) = cookie.split(';').next().and_then(|pair| pair.split_once('=')) {
            stage.secrets().note("provider cookie", value);
            jar.0.retain(|(known, _)| known != name);
            jar.0.push((name.into(), value.into()));
        }
    }
    answer
}

fn target(url: &Url) -> String {
    url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
}
