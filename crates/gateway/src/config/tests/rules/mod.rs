//! Every rule, each with files that break it and files that just do not. A case is what stands first in the file,
//! and the beginnings of the lines that are printed about it: all of them, and no other.

mod app;
mod dashboard;
mod identity;
mod portal;
mod server;
mod trusted_headers;

use super::{complete, said};

fn check(cases: &[(&str, &[&str])]) {
    for (content, expected) in cases {
        let said = said(complete(content));
        let fits = said.len() == expected.len()
            && said.iter().zip(*expected).all(|(line, begin)| {
                line.strip_prefix("lanyard.toml:").is_some_and(|line| line.starts_with(begin))
            });
        assert!(fits, "{content}\nexpected {expected:#?}\nbut said {said:#?}");
    }
}

/// A dashboard named `x` with these lines and a role.
fn dashboard(lines: &str) -> String {
    format!("[dashboards.x]\nroles = [\"signed-in\"]\n{lines}")
}

fn check_dashboard(cases: &[(&str, &[&str])]) {
    for (lines, expected) in cases {
        check(&[(&dashboard(lines), expected)]);
    }
}
