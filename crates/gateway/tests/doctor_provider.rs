//! `lanyard doctor` asks the real provider as a sign-in would: each thing that can be wrong between the two is told
//! with what to write, and nothing when all is well.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod examined;

use examined::{Doctor, file, settings};
use lanyard_testbed::{Script, Stage, ports, stage::SECRET};
use serde_json::json;
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

/// The stage's configuration with another text in place of one of its own.
fn other(stage: &Stage, name: &str, from: &str, to: &str) -> std::path::PathBuf {
    let text = std::fs::read_to_string(stage.config()).expect("a file");
    assert!(text.contains(from), "{from}");
    file(&format!("doctor-provider-{name}"), &text.replacen(from, to, 1))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_set_up_that_is_well_gets_nothing_to_do_and_a_wrong_one_the_line_to_write() {
    let stage = Stage::demo().await;
    let secret = [(SECRET, stage.client_secret())];
    let doctor = Doctor { environment: &secret, ..Doctor::default() };
    let issuer = stage.provider().origin();
    let portal = stage.portal().origin();

    let well = doctor.examine(stage.config()).await;
    assert_eq!((well.code, well.severe()), (0, vec![]), "{:#?}", well.lines);
    for line in [
        format!("ok: identity: {issuer} describes itself as such"),
        "ok: identity: signs ID tokens with RS256, and publishes a key".into(),
        "ok: identity: its clock and this machine's agree".into(),
        format!("ok: identity: knows the redirect URI {portal}/callback of 'lanyard'"),
        "ok: identity: takes the secret of 'lanyard'".into(),
        format!("ok: identity: knows the post-logout redirect URI {portal}/signed-out of 'lanyard'"),
        "ok: dashboards.status: answers 200 at /".into(),
        "ok: dashboards.finance: listens on this machine alone".into(),
    ] {
        assert_eq!(well.line(&line), line);
    }
    assert!(!well.lines.concat().contains(stage.client_secret()));

    let wrong = Doctor::default().examine(stage.config()).await;
    assert!(wrong.line("error: identity: refuses the client 'lanyard'").contains("'client_secret' points"));
    assert_eq!(wrong.code, 1);

    let elsewhere = portal.replace("lanyard.localhost", "other.localhost");
    let moved = doctor.examine(&other(&stage, "moved", &portal, &elsewhere)).await;
    let line = moved.line("error: identity: answers 400 to a sign-in of 'lanyard'");
    assert!(line.contains(&format!("returns to {elsewhere}/callback; register exactly")), "{line}");
    let line = moved.line("warning: identity: answers 400 to signing out of 'lanyard'");
    assert!(line.contains(&format!("{elsewhere}/signed-out")), "{line}");

    let named = "client_id = \"lanyard\"";
    let pinned = format!("{named}\nalgorithms = [\"ES256\"]");
    let pinned = doctor.examine(&other(&stage, "pinned", named, &pinned)).await;
    assert!(
        pinned.line("error: identity: signs ID tokens with RS256, of").ends_with(r#"algorithms = ["RS256"]"#)
    );

    let slash =
        doctor.examine(&other(&stage, "slash", &format!("{issuer}\""), &format!("{issuer}/\""))).await;
    let line = slash.line("error: identity: the discovery document names the issuer");
    assert!(line.ends_with(&format!("write issuer = \"{issuer}\" if that is the one")), "{line}");

    stage.order(&json!({ "discovery": { "code_challenge_methods_supported": null } })).await;
    let unproven = doctor.examine(stage.config()).await;
    assert!(unproven.line("warning: identity: does not announce PKCE").contains("require it"));
    assert_eq!((unproven.code, unproven.severe().len()), (0, 1), "warnings alone do not fail");

    stage.order(&json!({ "behaviours": ["unknown-keys"], "answers": { "jwks": "html" } })).await;
    let keyless = doctor.examine(stage.config()).await;
    assert!(keyless.line("error: identity: the keys cannot be read").contains("; see whether"));

    stage.order(&json!({ "behaviours": ["down"] })).await;
    let down = doctor.examine(stage.config()).await;
    assert!(
        down.line("error: identity: the discovery document was answered with status 503")
            .contains("'issuer' is")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_whose_clock_is_wrong_is_told_by_its_answer() {
    let port = ports::block();
    let _provider = Script::start(port, move |mut stream: TcpStream, target: String| async move {
        let at = format!("http://127.0.0.1:{port}");
        let body = match target.as_str() {
            "/.well-known/openid-configuration" => json!({
                "issuer": at, "authorization_endpoint": format!("{at}/a"), "token_endpoint": format!("{at}/t"),
                "jwks_uri": format!("{at}/k"), "response_types_supported": ["id_token"],
            }),
            _ => json!({ "keys": [] }),
        };
        let body = body.to_string();
        let head = format!("HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: {}", body.len());
        let _ = stream.write_all(format!("{head}\r\n\r\n{body}").as_bytes()).await;
    })
    .await;
    let text =
        settings("http://lanyard.localhost:8080", "").replace("id.localhost:1", &format!("127.0.0.1:{port}"));
    let said = Doctor::default().examine(&file("doctor-clock", &text)).await;
    let line = said.line("error: identity: its clock is ");
    assert!(line.contains(" s behind this machine's; let both follow the same time service"), "{line}");
    said.line("error: identity: does not offer the response type 'code'");
    said.line("error: identity: signs ID tokens with no algorithm that is taken here");
    said.line("note: identity: answers the same for an address that nobody has registered");
    said.line("note: identity: has no address to sign out at");
    assert_eq!(said.code, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pasted_token_says_where_the_groups_are_and_is_not_repeated() {
    let config = file("doctor-token", &settings("http://lanyard.localhost:8080", ""));
    let doctor = async |typed: &str| {
        Doctor { arguments: &["--token", "-"], typed, ..Doctor::default() }.examine(&config).await
    };
    let malformed = doctor(r#"{"groups":["Finance","Choir\u0007"]}"#).await;
    let line =
        malformed.line("error: identity: the claim at \"/groups\" has a name with a control character");
    assert!(line.contains("nobody signs in so") && malformed.code == 1, "{line}");
    let good =
        doctor(r#"{"sub":"ada-0042","email":"ada@harbour.example","groups":["Finance","Choir"]}"#).await;
    good.line("ok: identity: the token has 2 groups at '/groups': 'Finance', 'Choir'");
    good.line("ok: roles: the group 'Finance' grants finance");
    good.line("note: roles: 1 group grants no role: 'Choir'");
    let all = good.lines.concat();
    assert!(!all.contains("ada-0042") && !all.contains("harbour.example"), "{all}");

    let elsewhere =
        doctor(r#"{"realm_access":{"roles":["Finance"]},"https://h.example/groups":["Finance"]}"#).await;
    let line = elsewhere.line("error: identity: no pointer of [identity] groups finds anything");
    assert!(line.ends_with(r#"write groups = ["/https:~1~1h.example~1groups"]"#), "{line}");
    let line =
        elsewhere.line("note: identity: the token has what looks like groups at '/realm_access/roles'");
    assert!(line.ends_with(r#"if so: groups = ["/groups", "/realm_access/roles"]"#), "{line}");

    let over = doctor(r#"{"_claim_names":{"groups":"src1"},"_claim_sources":{"src1":{}}}"#).await;
    over.line("error: identity: the token leaves '/groups' out because there are too many");
    doctor("eyJhbGciOiJub25lIn0.nonsense").await.line("error: identity: the token is neither a JWT");
    let strange = doctor(r#"{"groups":["finance"]}"#).await;
    strange.line("warning: roles: none of the token's groups grants a role: 'finance'");

    let missing = Doctor { arguments: &["--token", "nowhere"], ..Doctor::default() }.examine(&config).await;
    missing.line("--token: 'nowhere' cannot be read");
    assert_eq!((missing.lines.len(), missing.code), (1, 1), "one clear line");
}
