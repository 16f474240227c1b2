//! axe-core over the page itself, without what is framed in it: the frames' documents are somebody else's. Which
//! of its rules do not hold for a state, and why, stands here and nowhere else.

use lanyard_testbed::browser::Page;
use serde_json::{Value, json};

const TAGS: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "wcag21a", "best-practice"];

/// State, rules, reason.
const EXCEPTIONS: [(&str, &[&str]); 1] = [
    // Nothing has been said yet: a skeleton that is hidden from those who listen, for a moment.
    ("starting", &["landmark-one-main", "page-has-heading-one"]),
];

/// One line for each element that breaks a rule.
pub async fn findings(page: &Page, state: &str) -> Vec<String> {
    if page.eval("typeof axe").await == "undefined" {
        page.eval(&source()).await;
    }
    let except = EXCEPTIONS.iter().filter(|(known, _)| *known == state).flat_map(|(_, rules)| *rules);
    let off: serde_json::Map<_, _> =
        except.map(|rule| ((*rule).to_owned(), json!({ "enabled": false }))).collect();
    let options = json!({
        "runOnly": { "type": "tag", "values": TAGS }, "rules": off, "iframes": false,
        "resultTypes": ["violations"],
    });
    let run = format!(
        "axe.run(document, {options}).then(({{ violations }}) => violations.flatMap(({{ id, help, nodes }}) =>
            nodes.map(({{ target, any }}) => `axe ${{id}} (${{help}}): ${{target}} ${{any[0]?.message ?? ''}}`)))"
    );
    let found = page.eval(&run).await;
    found.as_array().expect("a list").iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// axe-core itself, as `cargo xtask test` has installed it.
fn source() -> String {
    let path = std::env::var_os("LANYARD_AXE")
        .expect("LANYARD_AXE does not name axe-core: run this by `cargo xtask test --only e2e`");
    let source = std::fs::read_to_string(&path).expect("axe-core can be read");
    [&source, "; 0"].concat()
}
