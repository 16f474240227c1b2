//! `[portal]`: the address, and the wildcard beside it.

use super::{
    super::{Folder, complete, loaded, said},
    check,
};

#[test]
fn the_portal_is_an_https_origin_or_a_loopback_one() {
    for good in
        ["https://dash.example:8443", "http://lanyard.localhost:8080", "http://localhost", "https://d"]
    {
        check(&[(&format!("[portal]\nurl = \"{good}\""), &[])]);
    }
    let form = "2:7: error: portal.url: must be an origin";
    for bad in
        ["dash.example", "https://dash.example/x", "https://u@dash.example", "ftp://d", "https://d?q", ""]
    {
        check(&[(&format!("[portal]\nurl = \"{bad}\""), &[form])]);
    }
    check(&[
        ("[portal]\nurl = \"http://dash.example\"", &["2:7: error: portal.url: must be https"]),
        ("[portal]\nurl = \"http://localhost.example\"", &["2:7: error: portal.url: must be https"]),
        ("[portal]\ntitle = \"x\"", &["1:1: error: portal.url: is missing"]),
        ("[portal]\nurl = \"https://d\"\ntitle = \" \"", &["3:9: error: portal.title: is empty"]),
        (
            "[portal]\nurl = \"https://d\"\ncontact = \"a\\u0007\"",
            &["3:11: error: portal.contact: has a control"],
        ),
    ]);
}

#[test]
fn the_accent_is_a_colour() {
    for good in ["#0b6bcb", "#06c", "oklch(0.55 0.17 255)", "oklch(55% 0.17 255deg)"] {
        check(&[(&format!("[portal]\nurl = \"https://d\"\naccent = \"{good}\""), &[])]);
    }
    for bad in ["blue", "#12345", "oklch(0.5 0.1)", "#0b6bcb80", ""] {
        let line = "3:10: error: portal.accent: is not a colour: write '#0b6bcb'";
        check(&[(&format!("[portal]\nurl = \"https://d\"\naccent = \"{bad}\""), &[line])]);
    }
}

#[test]
fn the_logo_is_a_picture_that_is_there() {
    let folder = Folder::new();
    let file = |name: &str, bytes: &[u8]| folder.write(name, bytes).display().to_string();
    let svg = file("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M1 2h3'/></svg>");
    let png = file("a.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x09\0\0\0\x09\x08\x06\0\0\0");
    let other = file("a.gif", b"GIF89a");
    let large = file("large.png", &[b' '; 256 * 1024 + 1]);
    let portal = |lines: &str| format!("[portal]\nurl = \"https://d\"\n{lines}");
    let logo = loaded(&portal(&format!("logo = '{svg}'\nlogo_dark = '{png}'"))).portal.logo.expect("a logo");
    assert!(logo.light.path.ends_with(".svg") && logo.dark.path.ends_with(".png"), "{logo:?}");
    assert_eq!(logo.at(&logo.dark.path).map(|picture| picture.media_type), Some("image/png"));
    assert!(logo.at("/logo-0123456789abcdef.png").is_none());
    let logo = loaded(&portal(&format!("logo = '{png}'"))).portal.logo.expect("a logo");
    assert_eq!(logo.light.path, logo.dark.path, "one counts for both");
    check(&[
        (&portal("logo = \"gone.svg\""), &["3:8: error: portal.logo: "]),
        (&portal(&format!("logo = '{other}'")), &["3:8: error: portal.logo: "]),
        (&portal(&format!("logo = '{large}'")), &["3:8: error: portal.logo: "]),
        (
            &portal(&format!("logo_dark = '{png}'")),
            &["3:1: error: portal.logo_dark: is the picture for dark"],
        ),
        (&portal(&format!("logo = '{png}'\nlogo_dark = \"gone.png\"")), &["4:13: error: portal.logo_dark: "]),
    ]);
    for (path, reason) in
        [("gone.svg", "cannot be read"), (&other, "neither a PNG nor"), (&large, "larger than")]
    {
        let said = said(complete(&portal(&format!("logo = '{path}'"))));
        assert!(said.iter().any(|line| line.contains(reason)), "{said:?}");
    }
}

#[test]
fn a_few_frames_are_kept() {
    for (count, expected) in [
        ("1", &[][..]),
        ("20", &[]),
        ("0", &["3:15: error: portal.kept_frames: must be from 1 to 20"]),
        ("21", &["3:15"]),
    ] {
        check(&[(&format!("[portal]\nurl = \"https://d\"\nkept_frames = {count}"), expected)]);
    }
}

#[test]
fn the_wildcard_is_a_place_for_names_apart_from_the_portal() {
    let cases: [(&str, &str, &[&str]); 10] = [
        ("https://dash.example", "https://*.apps.example", &[]),
        ("https://a.dash.example", "https://*.a.dash.example:8443", &[]),
        ("http://lanyard.localhost:8080", "http://*.apps.localhost:8080", &[]),
        ("https://dash.example", "https://apps.example", &["3:8: error: portal.apps: must be 'https://*.'"]),
        (
            "https://dash.example",
            "https://*.apps.example/x",
            &["3:8: error: portal.apps: must be 'https://*.'"],
        ),
        ("https://dash.example", "https://x*.example", &["3:8: error: portal.apps: must be 'https://*.'"]),
        ("https://dash.example", "http://*.apps.example", &["3:8: error: portal.apps: must be https"]),
        ("https://dash.example", "http://*.localhost", &["3:8: error: portal.apps: must be https, like"]),
        (
            "https://dash.corp.example",
            "https://*.corp.example",
            &["3:8: error: portal.apps: covers the portal"],
        ),
        ("https://dash.example", "https://*.10.0.0.1", &["3:8: error: portal.apps: is below an address"]),
    ];
    for (url, apps, expected) in cases {
        check(&[(&format!("[portal]\nurl = \"{url}\"\napps = \"{apps}\""), expected)]);
    }
    check(&[
        (
            "[portal]\nurl = \"https://10.0.0.1\"",
            &["1:1: error: portal.apps: is missing: dashboards need names"],
        ),
        ("[portal]\nurl = \"https://10.0.0.1\"\napps = \"https://*.apps.example\"", &[]),
        ("[portal]\nurl = \"http://[::1]:8080\"", &["1:1: error: portal.apps: is missing"]),
    ]);
}
