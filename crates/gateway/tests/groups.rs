//! Groups as providers send them and as none should, from the claims to the roles, to the session and to what
//! an app is told. Absent, empty, over the provider's limit and malformed are four different things, and what
//! cannot be read as it stands lets nobody in.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod attempt;

use attempt::{Refusal, TOO_LARGE, UNREADABLE, an_honest_sign_in_works, refused, under};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use lanyard_testbed::{
    Answer, Stage, StageOptions,
    counters::Counters,
    flow::{APP_COOKIE, PORTAL_COOKIE},
    person::enter,
};
use serde_json::{Value, json};

const POINTERS: &str = r#"[
    "/groups", "/realm_access/roles", "/https:~1~1harbour.example~1groups", "/resource_access/my.client/roles",
]"#;

/// `rec` is for managers and the finance team, and is told of many groups more.
async fn stage() -> Stage {
    let forwarded = format!("forward_groups = [\"財務\", \"Data Science Team\", {}]", quoted(&many()));
    let options = StageOptions::default()
        .groups(POINTERS)
        .role("leads = [\"Führung\"]")
        .upstream_with("rec", &forwarded)
        .without_apps()
        .toml("[dashboards.all]\ntitle = \"All\"\napp = \"http://127.0.0.1:9\"\nroles = [\"leads\"]")
        .toml("[limits]\nsign_ins = 100000");
    Stage::start(options).await
}

/// More than fit into one header line.
fn many() -> Vec<String> {
    (0..300).map(|nth| format!("Project number {nth} of the harbour")).collect()
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ")
}

/// What an app was told of the groups: by the header, and by the assertion.
async fn told(stage: &Stage, session: &str) -> (Option<String>, Value) {
    let cookies = format!("{PORTAL_COOKIE}={session}");
    let ticket = stage.portal().api("POST", "/api/dashboards/rec/ticket").cookie(&cookies).send().await;
    let ticket = ticket.expect(200).json()["ticket"].as_str().expect("a ticket").to_owned();
    let rec = stage.dashboard("rec");
    let entered = enter(&rec, stage, &ticket, "/").send().await.expect(303);
    let cookie = format!("{APP_COOKIE}={}", entered.cookie(APP_COOKIE).expect("a key"));
    rec.get("/told").fetch().cookie(&cookie).send().await.expect(200);
    let seen = stage.recorder("rec").latest("/told");
    let assertion = seen.header("x-lanyard-assertion").expect("an assertion").to_owned();
    assert!(
        assertion.len() <= 4_096 && seen.headers.iter().all(|(name, value)| name.len() + value.len() < 8_192)
    );
    let claims = URL_SAFE_NO_PAD.decode(assertion.split('.').nth(1).expect("claims")).expect("base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    (seen.header("x-forwarded-groups").map(str::to_owned), claims["groups"].clone())
}

fn session(answer: &Answer) -> String {
    answer.cookie(PORTAL_COOKIE).expect("a session")
}

#[tokio::test]
async fn groups_are_read_as_they_stand_and_grant_only_by_their_whole_name() {
    let stage = stage().await;
    let groups = |value: Value| json!({ "claims": { "groups": value } });
    let dn = "CN=Finance Team,OU=Groups,DC=harbour,DC=example";
    let finance = json!(["finance", "signed-in"]);
    let nobody = json!(["signed-in"]);
    let own = json!(["Finance Team"]);
    let cases = [
        ("absent", groups(Value::Null), json!([]), &nobody),
        ("an empty list", groups(json!([])), json!([]), &nobody),
        ("an empty text", groups(json!("")), json!([]), &nobody),
        ("one text", groups(json!("Finance Team")), own.clone(), &finance),
        ("a list", groups(json!(["X", "Finance Team", "X"])), json!(["X", "Finance Team"]), &finance),
        (
            "a text with a comma",
            groups(json!("Manager,Finance Team")),
            json!(["Manager,Finance Team"]),
            &nobody,
        ),
        ("a name with a comma", groups(json!(["Manager,X"])), json!(["Manager,X"]), &nobody),
        ("an LDAP name", groups(json!([dn])), json!([dn]), &nobody),
        (
            "an LDAP name beside a good one",
            groups(json!([dn, "Finance Team"])),
            json!([dn, "Finance Team"]),
            &finance,
        ),
        (
            "blanks",
            groups(json!([" Manager", "Manager ", "Manager\u{a0}"])),
            json!([" Manager", "Manager ", "Manager\u{a0}"]),
            &nobody,
        ),
        ("other case", groups(json!(["manager", "MANAGER"])), json!(["manager", "MANAGER"]), &nobody),
        ("a role's name", groups(json!(["finance", "signed-in"])), json!(["finance", "signed-in"]), &nobody),
        (
            "a look-alike",
            groups(json!(["Mаnager", "Manager\u{200b}"])),
            json!(["Mаnager", "Manager\u{200b}"]),
            &nobody,
        ),
        (
            "not ASCII",
            groups(json!(["Führung", "財務"])),
            json!(["Führung", "財務"]),
            &json!(["leads", "signed-in"]),
        ),
        (
            "not ASCII, in two characters",
            groups(json!(["Fu\u{308}hrung"])),
            json!(["Fu\u{308}hrung"]),
            &nobody,
        ),
        (
            "nested",
            json!({ "claims": { "groups": null, "realm_access": { "roles": own } } }),
            own.clone(),
            &finance,
        ),
        (
            "nested in nothing",
            json!({ "claims": { "groups": null, "realm_access": "roles" } }),
            json!([]),
            &nobody,
        ),
        (
            "named by a URL",
            json!({ "claims": { "groups": null, "https://harbour.example/groups": own } }),
            own.clone(),
            &finance,
        ),
        (
            "named with a dot",
            json!({ "claims": { "groups": null, "resource_access": { "my.client": { "roles": own } } } }),
            own.clone(),
            &finance,
        ),
        (
            "dots are no path",
            json!({ "claims": { "groups": null, "realm_access.roles": own } }),
            json!([]),
            &nobody,
        ),
        (
            "the ID token's count",
            json!({ "id_token": { "groups": own }, "userinfo": { "groups": ["Manager"] } }),
            own.clone(),
            &finance,
        ),
        (
            "an empty list in the ID token counts",
            json!({ "id_token": { "groups": [] }, "userinfo": { "groups": ["Manager"] } }),
            json!([]),
            &nobody,
        ),
        (
            "else userinfo's",
            json!({ "id_token": { "groups": null }, "userinfo": { "groups": own } }),
            own.clone(),
            &finance,
        ),
        (
            "all places together",
            json!({ "claims": { "groups": ["X"], "realm_access": { "roles": own } } }),
            json!(["X", "Finance Team"]),
            &finance,
        ),
        (
            "others were left out",
            json!({ "claims": { "groups": own, "_claim_names": { "photos": "src1" } } }),
            own.clone(),
            &finance,
        ),
    ];
    for (case, order, expected, roles) in &cases {
        let unheard = || stage.said("lanyard").matches("without any of the configured group claims").count();
        let before = unheard();
        let answer = under(&stage, order).await;
        assert_eq!(answer.status, 200, "{case}:\n{}", answer.everything());
        let absent = ["absent", "nested in nothing", "dots are no path"].contains(case);
        assert_eq!(unheard() - before, usize::from(absent), "{case}: absent and empty are two things");
        let json = answer.json();
        assert_eq!((&json["identity"]["groups"], &json["roles"]), (expected, *roles), "{case}");
    }
}

#[tokio::test]
async fn groups_that_cannot_be_read_are_an_error_and_never_no_groups() {
    let stage = stage().await;
    let groups = |value: Value| json!({ "claims": { "groups": value } });
    let left_out = json!({ "groups": "src1" });
    let over = "left them out because there are too many";
    let cases = [
        ("a number", groups(json!(7)), "is neither an array of strings nor a string"),
        ("yes", groups(json!(true)), "is neither an array of strings nor a string"),
        ("an object", groups(json!({ "Manager": true })), "is neither an array of strings nor a string"),
        ("a number among them", groups(json!(["Finance Team", 7])), "has a member that is not a string"),
        ("nothing among them", groups(json!(["Finance Team", null])), "has a member that is not a string"),
        ("a list in a list", groups(json!([["Finance Team"]])), "has a member that is not a string"),
        ("objects", groups(json!([{ "name": "Finance Team" }])), "has a member that is not a string"),
        (
            "a second line",
            groups(json!(["Finance Team\r\nX-Forwarded-User: a"])),
            "has a name with a control",
        ),
        ("a NUL", groups(json!("Finance Team\u{0}")), "has a name with a control character"),
        ("a C1 control", groups(json!(["Finance Team\u{85}"])), "has a name with a control character"),
        ("a name of 1025 bytes", groups(json!(["Finance Team", "x".repeat(1025)])), "of more than 1 KB"),
        (
            "malformed in userinfo only",
            json!({ "id_token": { "groups": null }, "userinfo": { "groups": 7 } }),
            "is neither",
        ),
        (
            "malformed in the second place",
            json!({ "claims": { "realm_access": { "roles": 7 } } }),
            "is neither",
        ),
        ("Entra's overage", json!({ "claims": { "groups": null, "_claim_names": left_out } }), over),
        ("overage beside groups", json!({ "claims": { "_claim_names": left_out } }), over),
        (
            "overage in userinfo only",
            json!({ "id_token": { "groups": null }, "userinfo": { "_claim_names": left_out } }),
            over,
        ),
        ("hasgroups", json!({ "claims": { "groups": null, "hasgroups": true } }), over),
        ("hasgroups as a text", json!({ "claims": { "groups": null, "hasgroups": "true" } }), over),
        (
            "a _claim_names of a kind",
            json!({ "claims": { "_claim_names": ["groups"] } }),
            "_claim_names that is no object",
        ),
    ];
    for (case, order, reason) in &cases {
        let before = Counters::read(&stage).await;
        let answer = under(&stage, order).await;
        refused(&stage, &before, &answer, (&UNREADABLE, reason), case).await;
    }
    an_honest_sign_in_works(&stage, "all of them").await;
}

#[tokio::test]
async fn ten_thousand_groups_are_all_read_or_none_is() {
    let stage = stage().await;
    let names = |count: usize, length: usize| -> Vec<String> {
        let others = (1..count).map(|nth| format!("{nth:0length$}"));
        others.chain(["Finance Team".to_owned()]).collect()
    };
    let claims = |names: &[String]| json!({ "claims": { "groups": names } });
    let answer = under(&stage, &claims(&names(10_000, 20))).await.expect(200);
    let json = answer.json();
    assert_eq!(json["identity"]["groups"].as_array().map(Vec::len), Some(10_000));
    assert_eq!(json["roles"], json!(["finance", "signed-in"]), "the last of them counts");
    let (header, assertion) = told(&stage, &session(&answer)).await;
    assert_eq!((header.as_deref(), assertion), (Some("Finance Team"), json!(["Finance Team"])));

    let too_many: (&Refusal, &str) = (&UNREADABLE, "more than 10 000 groups");
    let too_long: (&Refusal, &str) = (&TOO_LARGE, "larger than 1 MB");
    for (case, names, refusal) in
        [("one more", names(10_001, 20), too_many), ("over 1 MB of them", names(10_000, 100), too_long)]
    {
        let before = Counters::read(&stage).await;
        let answer = under(&stage, &claims(&names)).await;
        refused(&stage, &before, &answer, refusal, case).await;
    }
}

#[tokio::test]
async fn an_app_is_told_of_its_groups_whole_or_not_at_all() {
    let stage = stage().await;
    let dn = "CN=Finance Team,OU=Groups";
    let base = json!([dn, "Finance Team", "Secret Project", "財務", "Manager,X", "Führung"]);
    let answer = under(&stage, &json!({ "claims": { "groups": base } })).await.expect(200);
    let (header, assertion) = told(&stage, &session(&answer)).await;
    assert_eq!(header.as_deref(), Some("Finance Team,財務"), "those that its rule names, and no comma twice");
    assert_eq!(assertion, json!(["Finance Team", "財務"]));

    let mut names = many();
    names.push("Finance Team".into());
    let answer = under(&stage, &json!({ "claims": { "groups": names } })).await.expect(200);
    let (header, assertion) = told(&stage, &session(&answer)).await;
    assert_eq!(header, None, "a line that is too long is left out, never cut");
    assert_eq!(assertion, Value::Null, "and nothing says that there are none");
    let log = stage.said("lanyard");
    for said in ["header left out: line too long", "groups left out of the assertion"] {
        assert!(log.contains(said), "the operator is told: {said}");
    }
}
