//! Finds what people read in the shell's sources outside the one file of words, so that a translation stays one
//! file. It judges string literals by their looks: a capital, a gap or an ellipsis. A lower-case word alone could
//! be the name of anything, and passes.

use crate::tree::Module;

const WORDS: &str = "src/ui/words.rs";

/// Look like words and are none: keys and keyboards as browsers name them, media queries,
/// selectors and classes.
const NAMES: [&str; 19] = [
    "(prefers-color-scheme: dark)",
    ".stage iframe:not([inert])",
    "AltGraph",
    "ArrowDown",
    "ArrowUp",
    "Callback",
    "Enter",
    "Escape",
    "Mac",
    "Transaction",
    "button primary",
    "card-state danger",
    "card-state ok",
    "card-state warning",
    "dialog ",
    "fullscreen; clipboard-write",
    "iframe, body, main",
    "input, textarea, select",
    "not all",
];

pub fn complaints(modules: &[Module]) -> Vec<String> {
    let read = modules.iter().filter(|module| module.file != WORDS);
    let complain = |module: &Module| -> Vec<String> {
        let found = literals(&module.text).into_iter().filter(|literal| is_said(literal));
        found.map(|literal| format!("{}: \"{literal}\" belongs into {WORDS}", module.file)).collect()
    };
    read.flat_map(complain).collect()
}

fn is_said(literal: &str) -> bool {
    if NAMES.contains(&literal) || !literal.chars().any(char::is_alphabetic) {
        return false;
    }
    let mut words = literal.split(|letter: char| !letter.is_alphabetic());
    let capital = words.any(|word| {
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && letters.next().is_some_and(char::is_lowercase)
    });
    capital || literal.contains(['…', ' ', '!'])
}

/// The string literals of a source, without those of comments, attributes and classes.
fn literals(source: &str) -> Vec<String> {
    let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("#[")).collect();
    let code = code.join("\n");
    let (mut found, mut rest) = (Vec::new(), code.as_str());
    while let Some(at) = rest.find(['"', '/', '\'']) {
        let (before, here) = rest.split_at(at);
        let length = if here.starts_with("//") {
            here.find('\n').unwrap_or(here.len())
        } else if here.starts_with("'\"'") {
            3
        } else if let Some(inside) = here.strip_prefix('"') {
            let end = end(inside);
            if !before.ends_with("class=") {
                found.push(inside[..end].to_owned());
            }
            end + 2
        } else {
            1
        };
        rest = here.get(length..).unwrap_or_default();
    }
    found
}

/// Where a literal ends whose quotation mark is open.
fn end(inside: &str) -> usize {
    let mut escaped = false;
    let closes = inside.find(|letter| {
        let closes = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        closes
    });
    closes.unwrap_or(inside.len().saturating_sub(1))
}

#[test]
fn what_people_read_is_found_wherever_it_stands() {
    let module = |file: &str, text: &str| Module { file: file.into(), name: Vec::new(), text: text.into() };
    for text in [
        "view! { <p>\"Reload\"</p> }",
        "view! { <a aria-label=\"Open in a window\"/> }",
        "let word = \"in another window\";",
        "// \"\nlet quote = '\"'; say(\"a \\\" b\");",
        "const URL: &str = \"https://x\"; const WORD: &str = \"Reload\"; // \"No\"",
        "let word = \"loading…\";",
    ] {
        let found = complaints(&[module("src/layout/frame.rs", text)]);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(complaints(&[module(WORDS, text)]).is_empty());
    }
}

#[test]
fn names_of_things_are_no_words() {
    let text = "//! \"Not me\"\n#[error(\"Not shown\")]\nview! { <p class=\"button primary\" role=\"status\"/> }\n\
        let path = [\"/d/\", \"?\", \" · \", \"dateStyle\"]; event.key() == \"Enter\"";
    let module = Module { file: "src/a.rs".into(), name: Vec::new(), text: text.into() };
    assert_eq!(complaints(&[module]), Vec::<String>::new());
}
