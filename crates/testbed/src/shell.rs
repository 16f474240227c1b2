//! The shell that a stage's gateway serves: the built one, a copy of it that can be replaced, or the least that a
//! gateway can serve as one.

use std::path::PathBuf;

use crate::folder::Folder;

/// How the built shell's page says its build.
const BUILD: &str = "name=\"lanyard-build\" content=\"";

/// The built shell where a test has one; in the stage's own folder, if it is to be replaced.
pub(crate) fn shell(folder: &Folder, own: bool) -> PathBuf {
    let Some(built) = std::env::var_os("LANYARD_SHELL").map(PathBuf::from) else { return least(folder) };
    if !own {
        return built;
    }
    let copy = folder.join("shell");
    std::fs::create_dir_all(&copy).expect("the folder can be created");
    for entry in std::fs::read_dir(&built).expect("the built shell can be listed").flatten() {
        std::fs::copy(entry.path(), copy.join(entry.file_name())).expect("the built shell can be copied");
    }
    copy
}

/// Makes the copy one of another build.
pub(crate) fn update(folder: &Folder) {
    let page = folder.join("shell/index.html");
    let text = std::fs::read_to_string(&page).expect("the stage has a shell of its own");
    let updated = text.replace(BUILD, &format!("{BUILD}updated-"));
    assert_ne!(text, updated, "the shell's page says its build");
    folder.write("shell/index.html", &updated);
    for kind in ["br", "gz"] {
        let _ = std::fs::remove_file(folder.join(&format!("shell/index.html.{kind}")));
    }
}

fn least(folder: &Folder) -> PathBuf {
    let page = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Lanyard</title>\
        <meta name=\"lanyard-build\" content=\"0123456789abcdef\">\
        <script type=\"module\">const loaded = true;</script></head><body></body></html>";
    let index = folder.write("shell/index.html", page);
    folder.write("shell/app-0123456789abcdef.js", "export const app = true;\n");
    index.parent().expect("the folder").to_owned()
}
