//! The page of all pictures, which opens from the disk: a row a state, its views in the order of their widths, light
//! above dark. What there is it reads off the files' names.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result};

/// One state and its pictures.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct State {
    name: String,
    /// What kind of page it is.
    kind: String,
    /// Theme and width, such as `dark-390`.
    pub(super) views: Vec<String>,
}

const STYLE: &str = include_str!("index.css");

/// All states of a folder: each left `<state>.txt` with the kind of its page, and its pictures as
/// `<state>-<theme>-<width>.png`.
pub(super) fn states(folder: &Path) -> Result<Vec<State>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut files = Vec::new();
    for entry in entries {
        files.push(entry?.file_name().to_string_lossy().into_owned());
    }
    let mut states = Vec::new();
    for name in files.iter().filter_map(|file| file.strip_suffix(".txt")) {
        let kind = fs::read_to_string(folder.join(format!("{name}.txt")))?;
        states.push(State { name: name.to_owned(), kind, views: views(&files, name) });
    }
    states.sort_by(|one, other| (&one.kind, &one.name).cmp(&(&other.kind, &other.name)));
    Ok(states)
}

/// The views of one state, by width and then by theme, light first.
fn views(files: &[String], state: &str) -> Vec<String> {
    let prefix = format!("{state}-");
    let views = files.iter().filter_map(|file| file.strip_prefix(&*prefix)?.strip_suffix(".png"));
    // Of `home` and not of `home-crowded`.
    let mut views: Vec<_> = views.filter_map(parts).collect();
    views.sort_by_key(|(theme, width)| (*width, std::cmp::Reverse(*theme)));
    views.into_iter().map(|(theme, width)| format!("{theme}-{width}")).collect()
}

/// Theme and width, if this is a view.
fn parts(view: &str) -> Option<(&str, u32)> {
    let (theme, width) = view.split_once('-')?;
    Some((theme, width.parse().ok()?))
}

/// The names come from our own tables, and need no escaping.
pub(super) fn page(states: &[State]) -> String {
    let mut kinds: BTreeMap<&str, Vec<&State>> = BTreeMap::new();
    for state in states {
        kinds.entry(&state.kind).or_default().push(state);
    }
    let (mut contents, mut body) = (String::new(), String::new());
    for (kind, states) in kinds {
        let _ = writeln!(body, "<h2>{kind}</h2>");
        for State { name, views, .. } in states {
            let _ = writeln!(contents, "<a href=\"#{name}\">{name}</a>");
            let _ = writeln!(body, "<section id=\"{name}\">\n<h3>{name}</h3>\n<div>");
            for view in views {
                let file = format!("{name}-{view}.png");
                let width = parts(view).map_or(0, |(_, width)| width);
                let _ = writeln!(
                    body,
                    "<figure class=\"w{width}\"><a href=\"{file}\"><img src=\"{file}\" alt=\"{name}, {view}\" \
                     loading=\"lazy\"></a><figcaption>{view}</figcaption></figure>"
                );
            }
            body.push_str("</div>\n</section>\n");
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>Every state of the shell</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <h1>Every state of the shell</h1>\n<nav>\n{contents}</nav>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_has_its_own_pictures_in_the_order_of_their_widths() {
        let folder = std::env::temp_dir().join(format!("lanyard-look-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for (file, text) in [
            ("home.txt", "Home"),
            ("home-dark-390.png", ""),
            ("home-light-1920.png", ""),
            ("home-light-390.png", ""),
            ("home-crowded.txt", "Home"),
            ("home-crowded-light-390.png", ""),
            ("starting.txt", "State"),
        ] {
            fs::write(folder.join(file), text).unwrap();
        }
        let found = states(&folder).unwrap();
        fs::remove_dir_all(&folder).unwrap();
        let names: Vec<_> = found.iter().map(|state| (&*state.kind, &*state.name)).collect();
        assert_eq!(names, [("Home", "home"), ("Home", "home-crowded"), ("State", "starting")]);
        assert_eq!(found[0].views, ["light-390", "dark-390", "light-1920"]);
        assert_eq!(found[1].views, ["light-390"]);
        let page = page(&found);
        assert!(page.contains("<img src=\"home-dark-390.png\"") && page.contains("<h2>State</h2>"), "{page}");
        assert!(!page.contains("://"), "it needs nothing but its folder");
    }
}
