//! Reads which modules a source file names, in `use` and in line (`crate::…`, `super::…`, `self::…`), and finds
//! circles between the modules of one folder. Reads text, not syntax: macros could hide from it.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::Module;

/// The paths that a file names, from the crate's root, whether they are modules or not.
pub fn paths(module: &Module) -> BTreeSet<Vec<String>> {
    let text = without_comments(&module.text);
    let mut found = BTreeSet::new();
    for keyword in ["crate", "super", "self"] {
        for (at, _) in text.match_indices(&format!("{keyword}::")) {
            let before = text[..at].chars().next_back().unwrap_or(' ');
            // Part of a longer path or name, `super::super::` included: read from its beginning.
            if before.is_alphanumeric() || matches!(before, '_' | ':' | '$') {
                continue;
            }
            let mut base = if keyword == "crate" { vec![] } else { module.name.clone() };
            let mut rest = &text[at + keyword.len() + 2..];
            if keyword == "super" {
                base.pop();
            }
            while let Some(shorter) = rest.strip_prefix("super::") {
                (rest, _) = (shorter, base.pop());
            }
            tree(rest, &base, &mut found);
        }
    }
    found
}

/// Reads `a::b`, `a::{b, c::d}` or `{a, b}` and answers what follows.
fn tree<'a>(text: &'a str, prefix: &[String], found: &mut BTreeSet<Vec<String>>) -> &'a str {
    let mut text = text.trim_start();
    let mut path = prefix.to_vec();
    loop {
        if let Some(mut inner) = text.strip_prefix('{') {
            loop {
                inner = tree(inner, &path, found).trim_start();
                match inner.strip_prefix(',') {
                    Some(rest) if !rest.trim_start().starts_with('}') => inner = rest,
                    Some(rest) => return &rest.trim_start()[1..],
                    None => return inner.strip_prefix('}').unwrap_or(inner),
                }
            }
        }
        let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
        if end > 0 && &text[..end] != "self" {
            path.push(text[..end].to_owned());
        }
        text = &text[end..];
        match text.strip_prefix("::") {
            Some(rest) => text = rest,
            None => break,
        }
    }
    found.insert(path);
    // `a as b`, `*`: up to whatever ends it within a list.
    text.find([',', '}', ';', '(', '\n']).map_or("", |end| &text[end..])
}

fn without_comments(text: &str) -> String {
    text.lines()
        .map(|line| match line.find("//") {
            // In a string such as "http://…" it is no comment; what follows there names no module.
            Some(at) => &line[..at],
            None => line,
        })
        .fold(String::new(), |all, line| all + line + "\n")
}

/// Each circle of imports between modules that stand beside each other, at every depth.
pub fn cycles(folder: &str, modules: &[Module]) -> Vec<String> {
    let known: BTreeSet<&[String]> = modules.iter().map(|module| &module.name[..]).collect();
    let mut edges: BTreeMap<Vec<String>, BTreeSet<Vec<String>>> = BTreeMap::new();
    for module in modules {
        for path in paths(module) {
            let target = (0..=path.len()).rev().map(|end| &path[..end]).find(|path| known.contains(path));
            let Some(target) = target else { continue };
            let same = module.name.iter().zip(target).take_while(|(a, b)| a == b).count();
            // One contains the other: a parent and its parts are one thing.
            if same < module.name.len() && same < target.len() {
                let from = module.name[..=same].to_vec();
                edges.entry(from).or_default().insert(target[..=same].to_vec());
            }
        }
    }
    let mut complaints = Vec::new();
    let mut done = BTreeSet::new();
    for start in edges.keys() {
        visit(start, &edges, &mut Vec::new(), &mut done, &mut |circle| {
            let names: Vec<String> = circle.iter().map(|name| name.join("::")).collect();
            complaints.push(format!("{folder}: modules import each other: {}", names.join(" -> ")));
        });
    }
    complaints
}

type Edges = BTreeMap<Vec<String>, BTreeSet<Vec<String>>>;

fn visit<'a>(
    at: &'a Vec<String>,
    edges: &'a Edges,
    way: &mut Vec<&'a Vec<String>>,
    done: &mut BTreeSet<&'a Vec<String>>,
    found: &mut impl FnMut(&[&Vec<String>]),
) {
    if let Some(begin) = way.iter().position(|step| *step == at) {
        let mut circle = way[begin..].to_vec();
        circle.push(at);
        return found(&circle);
    }
    if done.contains(at) {
        return;
    }
    way.push(at);
    for next in edges.get(at).into_iter().flatten() {
        visit(next, edges, way, done, found);
    }
    way.pop();
    done.insert(at);
}

#[cfg(test)]
pub fn module(name: &str, text: &str) -> Module {
    let name: Vec<String> = name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    Module { file: format!("{}.rs", name.join("/")), name, text: text.to_owned() }
}

#[test]
fn paths_are_read_from_use_trees_and_in_line() {
    let source = "//! See [`crate::comment`].\nuse std::fmt;\nuse crate::{\n    audit::{Event, sink::Sink as S},\n    \
        clock,\n};\nuse super::{oidc::{self, Claims}};\npub use self::cookies::Jar;\n\
        fn f() -> crate::policy::Permit { crate::http::Answer { a: 1 } }\nuse super::super::config::*; // crate::x\n";
    let read = paths(&module("identity::session", source));
    let read: Vec<String> = read.iter().map(|path| path.join("::")).collect();
    assert_eq!(
        read,
        [
            "audit::Event",
            "audit::sink::Sink",
            "clock",
            "config",
            "http::Answer",
            "identity::oidc",
            "identity::oidc::Claims",
            "identity::session::cookies::Jar",
            "policy::Permit",
        ]
    );
}

#[test]
fn a_circle_is_found_at_the_top_and_inside_a_folder() {
    let top = [
        module("audit", "use crate::identity::Person;"),
        module("identity::session", "use crate::policy::decide;"),
        module("identity", ""),
        module("policy", "fn f() { crate::audit::write() }"),
    ];
    assert_eq!(
        cycles("x/src", &top),
        ["x/src: modules import each other: audit -> identity -> policy -> audit"]
    );

    let inside = [module("a", ""), module("a::b", "use super::c::C;"), module("a::c", "use super::b::B;")];
    assert_eq!(cycles("x/src", &inside).len(), 1);
}

#[test]
fn a_tree_of_imports_is_no_circle_and_parts_may_name_their_parent() {
    let good = [
        module("", "use crate::http::serve;"),
        module("http", "use crate::policy::Permit;\nuse self::admin::serve;"),
        module("http::admin", "use super::Service;\nuse crate::policy::Denial;"),
        module("policy", "use crate::clock::Timestamp;"),
        module("clock", ""),
    ];
    assert_eq!(cycles("x/src", &good), Vec::<String>::new());
}
