//! One walk around a state: nothing has shifted; in both themes and at every width axe finds nothing and no text is
//! cut; on the smallest screens, zoomed, in forced colours and without motion everything is still there.

use std::path::PathBuf;

use lanyard_testbed::browser::Page;
use serde_json::Value;

use crate::{State, audit, scene::Scene};

/// Width and height of a phone, and of desks.
const PHONE: [(u32, u32); 1] = [(390, 844)];
const DESKS: [(u32, u32); 2] = [(1280, 800), (1920, 1080)];
const THEMES: [&str; 2] = ["light", "dark"];
/// The smallest screen that anybody is promised (WCAG 2.2, 1.4.10), and a desk zoomed to 200 %: width, height,
/// display pixels to one of CSS.
const REFLOWS: [(u32, u32, u32); 2] = [(320, 640, 2), (640, 400, 2)];

/// Walks through every state of a table and fails, at the end, with all that was found.
pub async fn through(scene: &Scene, states: &[State]) {
    let mut found = Vec::new();
    for state in states {
        let page = (state.reach)(scene).await;
        found.extend(around(&page, state).await.into_iter().map(|what| format!("{}: {what}", state.name)));
        page.close().await;
        scene.mend().await;
    }
    assert!(found.is_empty(), "{} findings:\n{}", found.len(), found.join("\n"));
}

async fn around(page: &Page, state: &State) -> Vec<String> {
    let look = Look::of(state);
    page.settles().await;
    let mut found: Vec<_> = page.shifts().await.into_iter().map(|shift| format!("shifts {shift}")).collect();
    // From now on a focus is one that the keyboard gave: by a key that leads nowhere, into no frame and not out of
    // the page.
    page.eval("document.activeElement?.blur(); 0").await;
    page.press("ArrowUp").await;
    let controls = names(page).await;
    // The phone and what is smaller first: what only they have is there until the screen grows.
    found.extend(views(page, state, &look, &PHONE).await);
    for (width, height, scale) in REFLOWS {
        page.screen(width, height, scale).await;
        page.settles().await;
        look.picture(page, &format!("dark-{width}")).await;
        let mut here = check(page, include_str!("checks/text.js")).await;
        let left = names(page).await;
        here.extend(
            controls.iter().filter(|name| !left.contains(name)).map(|name| format!("'{name}' is lost")),
        );
        found.extend(here.into_iter().map(|what| format!("{width} wide: {what}")));
    }
    found.extend(views(page, state, &look, &DESKS).await);
    page.screen(1280, 800, 1).await;
    page.prefers(&[("forced-colors", "active")]).await;
    page.settles().await;
    look.picture(page, "forced-1280").await;
    let forced = check(page, include_str!("checks/visible.js")).await;
    found.extend(forced.into_iter().map(|what| format!("forced colours: {what}")));
    page.prefers(&[("prefers-reduced-motion", "reduce")]).await;
    page.settles().await;
    found.extend(check(page, include_str!("checks/motion.js")).await);
    found
}

/// On each screen in both themes.
async fn views(page: &Page, state: &State, look: &Look, screens: &[(u32, u32)]) -> Vec<String> {
    let mut found = Vec::new();
    for (width, height) in screens {
        page.screen(*width, *height, 1).await;
        for theme in THEMES {
            page.prefers(&[("prefers-color-scheme", theme)]).await;
            page.settles().await;
            look.picture(page, &format!("{theme}-{width}")).await;
            let mut here = audit::findings(page, state.name).await;
            here.extend(check(page, include_str!("checks/text.js")).await);
            found.extend(here.into_iter().map(|what| format!("{theme} {width}: {what}")));
        }
    }
    found
}

/// What one of the checks complains of.
async fn check(page: &Page, script: &str) -> Vec<String> {
    let found = page.eval(script).await;
    let list = found.as_array().unwrap_or_else(|| panic!("a check answers with a list, not {found}"));
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The controls of bar and page that can be seen, or scrolled to, and pressed. The rail's are one press away on a
/// narrow screen; the state `sheet` is about them.
async fn names(page: &Page) -> Vec<String> {
    check(page, include_str!("checks/controls.js")).await
}

/// Where the pictures of a state go, if anybody wants them.
struct Look(Option<(PathBuf, &'static str)>);

impl Look {
    fn of(state: &State) -> Self {
        let folder = std::env::var_os("LANYARD_LOOK").map(PathBuf::from);
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).expect("the folder of the pictures can be made");
            // For the index of all pictures.
            std::fs::write(folder.join(format!("{}.txt", state.name)), state.kind).expect("and written to");
        }
        Self(folder.map(|folder| (folder, state.name)))
    }

    async fn picture(&self, page: &Page, view: &str) {
        if let Self(Some((folder, state))) = self {
            let file = folder.join(format!("{state}-{view}.png"));
            page.picture(&file).await.unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        }
    }
}
