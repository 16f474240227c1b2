//! Holds the structure of the whole checkout: which module may import which, how long a file may be, what the
//! documents may name. Each rule lives in `tests/tidy/` beside a test that shows it complaining.
#![cfg(not(target_arch = "wasm32"))]

#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/imports.rs"]
mod imports;
#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/shape.rs"]
mod shape;
#[path = "tidy/tree.rs"]
mod tree;
#[path = "tidy/versions.rs"]
mod versions;
#[path = "tidy/words.rs"]
mod words;

use tree::Checkout;

fn none(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "{} complaints:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
fn the_checkout_is_found() {
    let checkout = Checkout::read();
    for file in
        ["Cargo.toml", "src/lib.rs", "crates/gateway/src/lib.rs", "xtask/src/main.rs", "tests/tidy.rs"]
    {
        assert!(checkout.text(file).is_some(), "{file}");
    }
    assert!(!checkout.files.keys().any(|path| path.starts_with("target/")));
}

#[test]
fn gateway_imports_go_one_way() {
    none(layers::complaints(&Checkout::read().modules("crates/gateway/src"), &layers::GATEWAY));
}

#[test]
fn shell_imports_go_one_way() {
    none(layers::complaints(&Checkout::read().modules("src"), &layers::SHELL));
}

#[test]
fn the_contract_knows_neither_side() {
    let checkout = Checkout::read();
    none(layers::foreign(&checkout.modules("crates/contract/src"), &["lanyard_gateway", "lanyard_shell"]));
    none(layers::foreign(&checkout.modules("crates/gateway/src"), &["lanyard_shell", "lanyard_dev_idp"]));
    none(layers::foreign(&checkout.modules("src"), &["lanyard_gateway"]));
}

#[test]
fn what_people_read_stands_in_one_file() {
    none(words::complaints(&Checkout::read().modules("src")));
}

#[test]
fn no_modules_import_each_other_in_a_circle() {
    let checkout = Checkout::read();
    let crates = checkout.source_folders();
    assert!(crates.len() >= 6, "{crates:?}");
    none(crates.iter().flat_map(|folder| imports::cycles(folder, &checkout.modules(folder))).collect());
}

#[test]
fn files_are_short_documented_and_well_named() {
    let checkout = Checkout::read();
    none(checkout.files.iter().flat_map(|(path, text)| shape::complaints(path, text)).collect());
}

#[test]
fn paths_named_in_the_architecture_page_exist() {
    let checkout = Checkout::read();
    let page = checkout.text("ARCHITECTURE.md").expect("ARCHITECTURE.md is missing");
    none(documents::missing(page, |path| checkout.has(path)));
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    let checkout = Checkout::read();
    let pages = checkout.files.iter().filter(|(path, _)| path.ends_with(".md"));
    let (mut complaints, mut read) = (Vec::new(), 0);
    for (path, page) in pages {
        let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        complaints.extend(documents::broken_links(page, |target| checkout.has(&format!("{folder}{target}"))));
        read += 1;
    }
    assert!(read >= 5, "{read} pages");
    none(complaints);
}

#[test]
fn pinned_versions_are_the_locked_ones() {
    let checkout = Checkout::read();
    let (manifest, lock) = (checkout.text("Cargo.toml").unwrap(), checkout.text("Cargo.lock").unwrap());
    none(versions::complaints(manifest, lock, &["leptos", "leptos_router", "wasm-bindgen", "proptest"]));
}
