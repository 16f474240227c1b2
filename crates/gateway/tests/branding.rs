//! The portal's own colours and pictures, over TCP: told to everybody, and a picture is never more than one.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

use lanyard_testbed::{Stage, StageOptions};

const HOSTILE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"><script>alert(1)</script>\
    <image href=\"https://evil.example/a.png\"/><path d=\"M1 2h3\"/></svg>";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x09\0\0\0\x09\x08\x06\0\0\0\0\0\0\0";

#[tokio::test]
async fn a_logo_is_kept_for_ever_draws_and_does_nothing_else() {
    let folder = std::env::temp_dir().join(format!("lanyard-branding-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("logo.svg"), HOSTILE).expect("a file");
    std::fs::write(folder.join("dark.png"), PNG).expect("a file");
    let lines = format!(
        "logo = '{0}/logo.svg'\nlogo_dark = '{0}/dark.png'\naccent = \"#ff0\"\nkept_frames = 3",
        folder.display()
    );
    let stage = Stage::start(StageOptions::default().portal(&lines).without_apps()).await;
    std::fs::remove_dir_all(folder).expect("nobody reads it any more");
    let portal = stage.portal();
    let config = portal.get("/api/config").fetch().send().await.expect(200).json();
    assert_eq!(config["kept_frames"], 3);
    for theme in ["light", "dark"] {
        let accent = config["accent"][theme]["accent"].as_str().expect("a colour");
        assert!(accent.starts_with("oklch(") && accent.ends_with(" 110)"), "{config}");
    }
    for (theme, media_type, ending) in [("light", "image/svg+xml", ".svg"), ("dark", "image/png", ".png")] {
        let path = config["logo"][theme].as_str().expect("a path").to_owned();
        assert!(path.starts_with("/logo-") && path.ends_with(ending), "{path}");
        let answer = portal.get(&path).site("same-origin", "no-cors", "image").send().await.expect(200);
        for (name, value) in [
            ("content-type", media_type),
            ("cache-control", "public, max-age=31536000, immutable"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-resource-policy", "same-origin"),
            (
                "content-security-policy",
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox",
            ),
        ] {
            assert_eq!(answer.all(name).collect::<Vec<_>>(), [value], "{name} of {path}");
        }
        assert_eq!(answer.header("access-control-allow-origin"), None);
        if ending == ".png" {
            assert_eq!(answer.body, PNG);
        } else {
            let text = answer.text();
            assert!(text.contains("M1 2h3"), "{text}");
            for word in ["script", "onload", "alert", "evil"] {
                assert!(!text.contains(word), "{word} in {text}");
            }
        }
        portal.request("HEAD", &path).fetch().send().await.expect(200);
        portal.post(&path).origin(&portal.origin()).fetch().send().await.expect(405);
        stage.dashboard("status").get(&path).fetch().send().await.expect(502);
    }
    portal.get("/logo-0123456789abcdef.svg").fetch().send().await.expect(404);
    portal.get("/logo.svg").fetch().send().await.expect(404);
}

#[tokio::test]
async fn without_any_there_is_none() {
    let stage = Stage::start(StageOptions::default().without_apps()).await;
    let config = stage.portal().get("/api/config").fetch().send().await.expect(200).json();
    assert!(config["accent"].is_null() && config["logo"].is_null(), "{config}");
    assert_eq!(config["kept_frames"], 6);
}
