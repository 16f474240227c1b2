//! Figures as a Markdown table, and that table's place in the page that shows it: between two markers, so that
//! everything around them is written by people.

use anyhow::{Context as _, Result};

use crate::results::Judged;

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

/// Three digits or all before the point, with a gap between thousands.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    let digits = match value.abs() {
        large if large >= 100.0 => 0,
        middle if middle >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let mut spaced = String::new();
    for (nth, digit) in whole.chars().enumerate() {
        if nth > 0 && (whole.len() - nth).is_multiple_of(3) && whole.len() > 4 {
            spaced.push(' ');
        }
        spaced.push(digit);
    }
    if rest.is_empty() { spaced } else { format!("{spaced}.{rest}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::{Figure, judge};

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

    #[test]
    fn numbers_are_as_precise_as_they_are_of_use() {
        let all = [0.034, 5.678, 56.78, 5678.9, 1_234_567.8, f64::NAN].map(number);
        assert_eq!(all, ["0.03", "5.68", "56.8", "5679", "1 234 568", "–"]);
    }
}
