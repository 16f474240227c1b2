//! The matrix as text, Markdown, CSV and JSON. Names in it are ids, which need no quoting in any of them.

use std::fmt::{self, Display};

use super::{
    lines::{WIDEST, entry, list},
    matrix::{Matrix, Row},
};

const NOT_SIGNED_IN: &str = "not signed in";

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Text,
    Markdown,
    Csv,
    Json,
}

impl Matrix {
    /// What a format says.
    pub fn show(&self, format: Format) -> String {
        match format {
            Format::Text => Text(self).to_string(),
            Format::Markdown => Markdown(self).to_string(),
            Format::Csv => Csv(self).to_string(),
            Format::Json => serde_json::to_string_pretty(self).unwrap_or_default() + "\n",
        }
    }

    fn head(&self) -> impl Iterator<Item = &str> {
        ["dashboard", NOT_SIGNED_IN].into_iter().chain(self.roles.iter().map(|role| role.as_str()))
    }

    /// The id, and what each column says.
    fn cells<'m>(&'m self, row: &'m Row) -> impl Iterator<Item = &'m str> {
        let sees = |sees: bool| if sees { "yes" } else { "no" };
        let roles = self.roles.iter().map(move |role| sees(row.roles.contains(role)));
        [row.id.as_str(), sees(row.not_signed_in)].into_iter().chain(roles)
    }

    /// What is odd about the rules, each with what it is true of.
    fn remarks(&self) -> impl Iterator<Item = (&'static str, String)> {
        let all = [
            ("Open to everybody, signed in or not:", list(&self.open_to_everybody, "and")),
            ("Seen by nobody:", list(&self.seen_by_nobody, "and")),
            ("Roles that open nothing:", list(&self.roles_that_open_nothing, "and")),
            ("Roles that no group grants:", list(&self.roles_that_no_group_grants, "and")),
        ];
        all.into_iter().filter(|(_, names)| !names.is_empty())
    }
}

struct Text<'m>(&'m Matrix);

impl Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matrix = self.0;
        let first =
            matrix.dashboards.iter().map(|row| row.id.as_str().len()).max().unwrap_or_default().max(9);
        let widths: Vec<usize> = [first].into_iter().chain(matrix.head().skip(1).map(str::len)).collect();
        if widths.iter().sum::<usize>() + 2 * (widths.len() - 1) <= WIDEST {
            line(f, matrix.head(), &widths)?;
            matrix.dashboards.iter().try_for_each(|row| line(f, matrix.cells(row), &widths))?;
        } else {
            // Too wide for a table: who sees it, in words.
            for row in &matrix.dashboards {
                let nobody = [NOT_SIGNED_IN].into_iter().filter(|_| row.not_signed_in);
                let sees: Vec<&str> = nobody.chain(row.roles.iter().map(|role| role.as_str())).collect();
                let sees = if sees.is_empty() { "nobody".to_owned() } else { sees.join(", ") };
                entry(f, 0, row.id.as_str(), first, &sees)?;
            }
        }
        for (nth, (what, names)) in matrix.remarks().enumerate() {
            f.write_str(if nth == 0 { "\n" } else { "" })?;
            entry(f, 0, what, 0, &names)?;
        }
        Ok(())
    }
}

fn line<'c>(
    f: &mut fmt::Formatter<'_>,
    cells: impl Iterator<Item = &'c str>,
    widths: &[usize],
) -> fmt::Result {
    let cells: Vec<String> = cells.zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
    writeln!(f, "{}", cells.join("  ").trim_end())
}

struct Markdown<'m>(&'m Matrix);

impl Display for Markdown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let matrix = self.0;
        writeln!(f, "| {} |", matrix.head().collect::<Vec<_>>().join(" | "))?;
        writeln!(f, "|{}", "---|".repeat(matrix.head().count()))?;
        for row in &matrix.dashboards {
            writeln!(f, "| {} |", matrix.cells(row).collect::<Vec<_>>().join(" | "))?;
        }
        for (nth, (what, names)) in matrix.remarks().enumerate() {
            f.write_str(if nth == 0 { "\n" } else { "" })?;
            writeln!(f, "- {what} {names}")?;
        }
        Ok(())
    }
}

/// The table alone.
struct Csv<'m>(&'m Matrix);

impl Display for Csv<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // RFC 4180, section 2: lines end with CRLF.
        write!(f, "{}\r\n", self.0.head().collect::<Vec<_>>().join(","))?;
        let mut rows = self.0.dashboards.iter();
        rows.try_for_each(|row| write!(f, "{}\r\n", self.0.cells(row).collect::<Vec<_>>().join(",")))
    }
}
