//! Keys as a person presses them: real events, which go wherever the browser's focus is, into a frame as well.
//! Clicks nothing.

use serde_json::json;

use super::page::Page;

/// The protocol's numbers of the modifier keys.
const MODIFIERS: [(&str, u8); 4] = [("Alt", 1), ("Control", 2), ("Meta", 4), ("Shift", 8)];

/// A key as the browser hears of it: its name, its place on the keyboard, its number, and what it types.
struct Key {
    name: String,
    code: String,
    number: u32,
    types: Option<String>,
}

impl Page {
    /// Presses and releases one key, such as `Tab`, `Shift+Tab`, `Control+k`, `Enter`, `[`.
    pub async fn press(&self, keys: &str) {
        let mut held = 0;
        let mut rest = keys;
        while let Some((name, after)) = rest.split_once('+') {
            let known = MODIFIERS.iter().find(|(modifier, _)| *modifier == name);
            held |= known.unwrap_or_else(|| panic!("'{name}' is no modifier key")).1;
            rest = after;
        }
        let key = Key::named(rest);
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({
                "type": kind, "modifiers": held, "key": key.name, "code": key.code,
                "windowsVirtualKeyCode": key.number,
            });
            if keys == "Control+a" {
                event["commands"] = json!(["selectAll"]);
            }
            // With Control or Meta held nothing is typed.
            if let (Some(text), "keyDown", 0 | 8) = (&key.types, kind, held) {
                event["text"] = text.as_str().into();
            }
            // The key may take the page away before the last answer comes.
            let _ = self.cdp.try_call(Some(&self.session), "Input.dispatchKeyEvent", event).await;
        }
    }

    /// Types a text, key by key.
    pub async fn types(&self, text: &str) {
        for letter in text.chars() {
            self.press(&letter.to_string()).await;
        }
    }

    /// Comes before all other windows, as the one that the keyboard belongs to.
    pub async fn has_the_keyboard(&self) {
        self.call("Page.bringToFront", json!({})).await;
    }
}

impl Key {
    fn named(name: &str) -> Self {
        let key = |code: &str, number, types: Option<&str>| Self {
            name: if name == "Space" { " ".into() } else { name.into() },
            code: code.into(),
            number,
            types: types.map(str::to_owned),
        };
        match name {
            "Tab" => key("Tab", 9, None),
            "Enter" => key("Enter", 13, Some("\r")),
            "Escape" => key("Escape", 27, None),
            "Space" | " " => key("Space", 32, Some(" ")),
            "ArrowUp" => key("ArrowUp", 38, None),
            "ArrowDown" => key("ArrowDown", 40, None),
            "[" => key("BracketLeft", 219, Some("[")),
            "?" => key("Slash", 191, Some("?")),
            letter if letter.len() == 1 => {
                let upper = letter.to_ascii_uppercase();
                key(&format!("Key{upper}"), u32::from(upper.as_bytes()[0]), Some(letter))
            }
            other => panic!("the tests know no key '{other}'"),
        }
    }
}
