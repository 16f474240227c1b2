//! The built shell, file by file, as it lies on the disk and as a browser reads it off the wire: it is the same
//! for everybody, so it must know nothing of any dashboard.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]

mod visitor;

use std::collections::BTreeMap;

use lanyard_testbed::{
    Stage, StageOptions,
    browser::{Browser, Page},
};
use visitor::needs_the_shell;

/// Ids and titles of the configuration, sections and upstreams. What is public may be known.
const TRACES: [&str; 8] = [
    "data-science",
    "Data Science Team",
    "finance",
    "Finance Team",
    "forecast",
    "Finance forecast",
    "KPI",
    "Harbour",
];

/// The files at the top of the built shell, by name.
fn files() -> BTreeMap<String, Vec<u8>> {
    let folder = std::env::var_os("LANYARD_SHELL").expect("checked before");
    let entries = std::fs::read_dir(&folder).expect("the shell's folder can be listed");
    entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
        })
        .collect()
}

fn traces(bytes: &[u8]) -> Vec<&'static str> {
    let found =
        |trace: &&str| bytes.windows(trace.len()).any(|part| part.eq_ignore_ascii_case(trace.as_bytes()));
    TRACES.into_iter().filter(found).collect()
}

/// The bytes that an expression of the page, a promise of an ArrayBuffer, comes to.
async fn bytes(page: &Page, expression: &str) -> Vec<u8> {
    let text = page
        .eval(&format!(
            "({expression}).then(buffer => Array.from(new Uint8Array(buffer), byte => \
             byte.toString(16).padStart(2, '0')).join(''))"
        ))
        .await;
    let text = text.as_str().unwrap_or_else(|| panic!("{expression} came to nothing"));
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("two digits");
    (0..text.len()).step_by(2).map(byte).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_of_the_built_shell_holds_a_trace_of_a_dashboard_however_it_is_compressed() {
    needs_the_shell();
    let (stage, browser) =
        tokio::join!(Stage::start(StageOptions::default().without_apps()), Browser::start("bundle"));
    let files = files();
    let page = browser.page().await;
    page.open(&stage.portal().origin()).await;
    page.find("button", "Sign in").await;
    let (mut brotli, mut gzip) = (0, 0);
    for (name, plain) in &files {
        let (of, kind) = match name.rsplit_once('.') {
            Some((of, kind @ ("br" | "gz"))) => (of, kind),
            _ => {
                assert_eq!(traces(plain), [""; 0], "in {name}");
                continue;
            }
        };
        // Decoded, it is the file that has been searched.
        let plain = files.get(of).unwrap_or_else(|| panic!("{name} is of no file"));
        let decoded = if kind == "br" {
            brotli += 1;
            page.forget();
            let address = if of == "index.html" { "/" } else { of };
            let decoded = bytes(
                &page,
                &format!("fetch('{address}', {{ cache: 'no-store' }}).then(all => all.arrayBuffer())"),
            )
            .await;
            let loads = page.loads();
            assert!(
                loads.iter().any(|load| load.encoding == "br"),
                "{name} did not come as brotli: {loads:?}"
            );
            decoded
        } else {
            gzip += 1;
            let gunzip = format!(
                "fetch('/{name}').then(all => new Response(all.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())"
            );
            bytes(&page, &gunzip).await
        };
        assert_eq!(decoded.len(), plain.len(), "{name} is not {of}");
        assert!(decoded == *plain, "{name} is not {of}");
    }
    assert!(files.contains_key("index.html"));
    assert!(files.keys().any(|name| name.ends_with(".wasm")), "{:?}", files.keys());
    assert!(brotli > 4 && gzip > 4, "{brotli} files as brotli and {gzip} as gzip were decoded");
}
