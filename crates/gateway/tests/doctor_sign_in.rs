//! `lanyard doctor --sign-in` at the real provider: what a browser brings back is redeemed and judged as at the portal,
//! and only by the browser that was sent.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod examined;

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
};

use examined::{file, settings};
use lanyard_testbed::{
    Site, ports,
    process::{Process, binary},
    stage::SECRET,
};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_in_for_the_doctor_is_told_their_groups_and_nothing_is_kept() {
    let port = ports::block();
    let (idp, back) = (port + 1, port + 2);
    let log = file("doctor-sign-in-provider", "");
    let mut provider = Process::start("lanyard-dev-idp", idp, log, |command| {
        command.args(["--port", &idp.to_string(), "--client-secret-env", SECRET]).env(SECRET, "s");
        command.args(["--redirect-uri", &format!("http://localhost:{back}/callback")]);
    });
    provider.listening().await;
    let text = settings(&format!("http://lanyard.localhost:{port}"), "")
        .replace("localhost:1\"", &format!("localhost:{idp}\""));
    let config = file("doctor-sign-in", &text.replace("\"Finance\"", "\"Manager\""));

    let mut command = Command::new(binary("lanyard"));
    command.args(["doctor", "--sign-in", &back.to_string(), "--config"]).arg(&config).env(SECRET, "s");
    let mut doctor = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut said = BufReader::new(doctor.stderr.take().expect("a pipe")).lines();
    let advice = said.next().expect("a line").expect("text");
    assert!(advice.ends_with(&format!("redirect URI http://localhost:{back}/callback.")), "{advice}");
    let address = said.next().expect("a line").expect("text");
    let (_, request) = address.split_once('?').expect("a query");

    // Another sign-in than the doctor's own is sent away.
    let here = Site::new("localhost", back);
    assert_eq!(here.get("/callback?code=x&state=another").send().await.status, 404);

    let chosen =
        Site::new("id.localhost", idp).post("/sign-in").form(&[("request", request), ("person", "a")]);
    let chosen = chosen.send().await.expect(303);
    let location = chosen.header("location").expect("a way back");
    let target = location.strip_prefix(&format!("http://localhost:{back}")).expect("to the doctor");
    here.get(target).send().await.expect(200);

    let mut report = String::new();
    doctor.stdout.take().expect("a pipe").read_to_string(&mut report).expect("text");
    doctor.wait().expect("it ends");
    for line in [
        "ok: identity: the sign-in succeeds; the subject begins with ",
        "ok: roles: the group 'Manager' grants finance",
    ] {
        assert!(report.contains(line), "{report}");
    }
    let code = target.split("code=").nth(1).and_then(|rest| rest.split('&').next()).expect("a code");
    assert!(!report.contains(code), "nothing of it is printed");
}
