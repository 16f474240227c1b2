//! Figures as a Markdown table, and that table's place in the page that shows it: between two markers, so that
//! everything around them is written by people.

use anyhow::{Context as _, Result};

use crate::{figure::number, results::Judged};

const BEGIN: &str = "<!-- the table of `cargo xtask bench` -->";
const END: &str = "<!-- end of the table -->";

pub fn of(figures: &[Judged]) -> String {
    let mut table = "| what | Lanyard | others | ratio | goal | |\n|---|---|---|---|---|---|\n".to_owned();
    for one in figures {
        let others = one.peers.iter().map(|(name, value)| format!("{name} {}", number(*value)));
        let ratio = one.ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        let verdict = match one.holds {
            Some(true) => "holds",
            Some(false) => "**short**",
            None => "",
        };
        table.push_str(&format!(
            "| {} | {} {} | {} | {ratio} | {} | {verdict} |\n",
            one.id,
            number(one.value),
            one.unit,
            others.collect::<Vec<_>>().join(", "),
            one.goal.as_deref().unwrap_or_default(),
        ));
    }
    table
}

/// Puts a table in the place of the one that the page has.
pub fn put(page: &str, table: &str) -> Result<String> {
    let (before, rest) = page.split_once(BEGIN).with_context(|| format!("the page has no line {BEGIN}"))?;
    let (_, after) = rest.split_once(END).with_context(|| format!("the page has no line {END}"))?;
    Ok(format!("{before}{BEGIN}\n{}\n{END}{after}", table.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{figure::Figure, results::judge};

    #[test]
    fn a_row_says_what_fell_short() {
        let figure = Figure::new("http.1kb.c16.rate", 12_345.6, "requests/s").beside("nginx", 20_000.0);
        let table = of(&[judge(figure)]);
        let row =
            "| http.1kb.c16.rate | 12 346 requests/s | nginx 20 000 | 0.62 | ≥ 1.0 × nginx | **short** |";
        assert_eq!(table.lines().last(), Some(row));
    }

    #[test]
    fn only_what_stands_between_the_markers_is_replaced() {
        let page = format!("# Page\n{BEGIN}\nold\n{END}\nrest\n");
        assert_eq!(put(&page, "new\n").unwrap(), format!("# Page\n{BEGIN}\nnew\n{END}\nrest\n"));
        assert!(put("# Page\n", "new").is_err());
    }
}
