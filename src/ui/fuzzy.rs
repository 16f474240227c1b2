//! Finds what somebody means by a few letters: each word of the query must stand in the text in its order, if
//! not in one piece. Beginnings of words and runs of letters count most. Texts are folded once, before.

use js_sys::JsString;

const LETTER: i32 = 1;
const RUN: i32 = 8;
const WORD_START: i32 = 8;
const FIRST: i32 = 2;

/// A text as it is compared: lower case, and without marks on its letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded(Vec<char>);

impl Folded {
    pub fn new(text: &str) -> Self {
        if text.is_ascii() {
            return Self::plain(text);
        }
        // The browser's own tables: ours would be larger than the rest of the shell's text.
        let apart = String::from(JsString::from(text).normalize("NFKD").to_lower_case());
        Self::plain(&apart)
    }

    fn plain(text: &str) -> Self {
        let is_mark = |letter: char| matches!(letter, '\u{300}'..='\u{36f}');
        Self(
            text.chars()
                .filter(|letter| !is_mark(*letter))
                .map(|letter| letter.to_ascii_lowercase())
                .collect(),
        )
    }

    pub fn is_empty(&self) -> bool {
        self.words().next().is_none()
    }

    fn words(&self) -> impl Iterator<Item = &[char]> {
        self.0.split(|letter| letter.is_ascii_whitespace()).filter(|word| !word.is_empty())
    }
}

/// How well a title or, half as well, what it stands under is meant by a query; `None` when some word of it is
/// in neither. Nothing is meant by an empty query.
pub fn score(query: &Folded, title: &Folded, section: &Folded) -> Option<i32> {
    let mut sum = None;
    for word in query.words() {
        let (here, there) = (best(word, &title.0), best(word, &section.0).map(|score| score / 2));
        sum = Some(sum.unwrap_or(0) + here.max(there)?);
    }
    sum
}

/// The best way to find a word's letters in a text.
fn best(word: &[char], text: &[char]) -> Option<i32> {
    // For each place: the best score of the letters so far, with the last one there.
    let mut before: Vec<Option<i32>> = Vec::new();
    for (nth, letter) in word.iter().enumerate() {
        let mut reached: Option<i32> = None;
        let mut now = vec![None; text.len()];
        for (at, other) in text.iter().enumerate() {
            let run = at.checked_sub(1).and_then(|last| before.get(last).copied().flatten());
            if letter == other {
                let so_far = if nth == 0 { Some(0) } else { reached.max(run.map(|score| score + RUN)) };
                now[at] = so_far.map(|score| score + worth(text, at));
            }
            reached = reached.max(before.get(at).copied().flatten());
        }
        before = now;
    }
    before.into_iter().flatten().max()
}

/// Whatever is not ASCII counts as one: the tables that know better are kilobytes.
pub fn is_letter(letter: char) -> bool {
    !letter.is_ascii() || letter.is_ascii_alphanumeric()
}

fn worth(text: &[char], at: usize) -> i32 {
    match at.checked_sub(1).map(|last| is_letter(text[last])) {
        None => LETTER + WORD_START + FIRST,
        Some(false) => LETTER + WORD_START,
        Some(true) => LETTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The titles that are found, the best first.
    fn find<'a>(query: &str, titles: &[&'a str]) -> Vec<&'a str> {
        let mut found: Vec<(i32, &str)> = titles
            .iter()
            .filter_map(|title| {
                let score = score(&Folded::plain(query), &Folded::plain(title), &Folded::default())?;
                Some((score, *title))
            })
            .collect();
        found.sort_by_key(|(score, _)| -score);
        found.into_iter().map(|(_, title)| title).collect()
    }

    #[test]
    fn letters_must_come_in_their_order() {
        assert_eq!(find("fnc", &["Finance", "Confine"]), ["Finance"]);
        assert_eq!(find("ecnanif", &["Finance"]), [""; 0]);
        assert_eq!(find("financee", &["Finance"]), [""; 0]);
    }

    #[test]
    fn beginnings_of_words_and_runs_come_first() {
        assert_eq!(find("ft", &["Shift plan", "Finance Team"]), ["Finance Team", "Shift plan"]);
        assert_eq!(find("plan", &["Pilot analysis", "Shift plan"]), ["Shift plan", "Pilot analysis"]);
        assert_eq!(find("fin", &["Confined", "Finance"]), ["Finance", "Confined"]);
        assert_eq!(find("kpi", &["KPI of finance", "Finance KPI"]), ["KPI of finance", "Finance KPI"]);
        // The first letters that come along are not always the best ones.
        let run = best(&['a', 'b'], &['a', 'x', ' ', 'a', 'b']);
        assert_eq!(run, Some(2 * LETTER + WORD_START + RUN));
    }

    #[test]
    fn each_word_of_a_query_may_stand_in_title_or_section() {
        let (title, section) = (Folded::plain("Finance Team"), Folded::plain("KPI"));
        let score = |query| score(&Folded::plain(query), &title, &section);
        assert!(score("team fin").is_some() && score("kpi fin").is_some() && score("KPI").is_some());
        assert_eq!(score("kpi ops"), None);
        assert_eq!(score("  "), None);
        assert!(score("fin") > score("kpi"));
    }
}
