//! What the README and the pages of docs/ tell people to write, the gateway takes. A page shows a few lines of a file;
//! the rest is put around them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Folder, repository};

const AROUND: &str = r#"
[portal]
url = "https://dash.example"

[identity]
issuer = "https://id.example"
client_id = "lanyard"
client_secret = "env:LANYARD_CLIENT_SECRET"

[server]
trusted_proxies = ["127.0.0.1"]

[roles]
finance = ["Finance Team"]

[dashboards.some]
app = "http://localhost:8501"
roles = ["signed-in"]
"#;

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "md") {
            found.push(path);
        }
    }
}

fn blocks(page: &str) -> Vec<&str> {
    page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect()
}

/// One's own id, which a page can only hint at as `<directory id>`.
fn filled_in(block: &str) -> String {
    let mut text = block.to_owned();
    while let Some((start, end)) = text.find('<').zip(text.find('>')) {
        text.replace_range(start..=end, "one-of-ours");
    }
    text
}

/// Lines before the first section belong to the one that the page is about.
fn whole(block: &str, section: &str) -> String {
    let table = |text: &str| text.parse::<toml::Table>();
    let lines = filled_in(block);
    let own = table(&lines).unwrap_or_else(|error| panic!("{error}\n{block}"));
    let headless = own.values().any(|value| !value.is_table());
    let own = if headless { table(&format!("[{section}]\n{lines}")).expect("the same lines") } else { own };
    let mut file = table(AROUND).expect("TOML");
    if own.get("identity").is_some_and(|identity| identity.get("trusted_headers").is_some()) {
        file.insert("identity".to_owned(), toml::Table::new().into());
    }
    for (name, value) in own {
        match (file.get_mut(&name).and_then(toml::Value::as_table_mut), value) {
            (Some(section), toml::Value::Table(lines)) => section.extend(lines),
            (_, value) => drop(file.insert(name, value)),
        }
    }
    file.to_string()
}

#[test]
fn every_example_of_the_pages_is_accepted() {
    let mut all = vec![repository().join("README.md")];
    pages(&repository().join("docs"), &mut all);
    let mut read = 0;
    for page in all {
        let about = if page.parent().is_some_and(|folder| folder.ends_with("identity")) {
            "identity"
        } else {
            "dashboards.finance"
        };
        for block in blocks(&fs::read_to_string(&page).expect("a page")) {
            let file = whole(block, about);
            let folder = Folder::new();
            folder.write("proxy-secret", "0123456789abcdef0123456789abcdef");
            if let Err(problems) = folder.load(&file) {
                panic!("{} tells people to write what is refused:\n{problems}\n{file}", page.display());
            }
            read += 1;
        }
    }
    assert!(read > 15, "{read} examples were found");
}
