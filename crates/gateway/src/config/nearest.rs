//! The nearest valid spelling of a word that is not valid, for "did you mean". Decides nothing.

/// The known word that was probably meant, if one is near enough to be worth saying.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(word);
    let near = |candidate: &&str| -> usize { strsim::damerau_levenshtein(&folded, &fold(candidate)) };
    let best = known.into_iter().min_by_key(near)?;
    // A third of the letters may be wrong: `role` is `roles`, `uri` is `url`, `team` is not `title`.
    let allowed = (folded.chars().count().max(best.len()) / 3).max(1);
    (near(&best) <= allowed).then_some(best)
}

/// The end of a sentence about a word that is not valid: the nearest, or all of them.
pub fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(best) = nearest(word, known.clone()) {
        return format!("; did you mean '{best}'?");
    }
    let all: Vec<&str> = known.into_iter().collect();
    if all.is_empty() { String::new() } else { format!("; known are {}", all.join(", ")) }
}

fn fold(word: &str) -> String {
    word.chars().take(80).map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_named_and_what_is_far_is_not() {
        let known = ["title", "roles", "url", "client_secret"];
        for (word, meant) in [
            ("role", Some("roles")),
            ("uri", Some("url")),
            ("Titel", Some("title")),
            ("client-secret", Some("client_secret")),
            ("team", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
        assert_eq!(hint("zzz", ["a", "b"]), "; known are a, b");
        assert_eq!(hint("zzz", []), "");
    }
}
