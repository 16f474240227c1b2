//! Which browser somebody signed in with, as far as it says, so that they know their sessions apart. Two bytes of
//! it are kept, and nothing is decided by them.

/// A browser and its system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Browser {
    pub name: Name,
    pub system: System,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    Firefox,
    Chrome,
    Edge,
    Safari,
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    Windows,
    MacOs,
    Linux,
    Android,
    Ios,
    Other,
}

/// Browsers name those that they are like, too: whoever names another one comes before it.
const NAMES: [(&str, Name); 9] = [
    ("OPR/", Name::Other),
    ("Edg", Name::Edge),
    ("Firefox/", Name::Firefox),
    ("FxiOS/", Name::Firefox),
    ("SamsungBrowser/", Name::Other),
    ("Chrome/", Name::Chrome),
    ("CriOS/", Name::Chrome),
    ("Android", Name::Other),
    ("Safari/", Name::Safari),
];

const SYSTEMS: [(&str, System); 7] = [
    ("Windows", System::Windows),
    ("Android", System::Android),
    ("iPhone", System::Ios),
    ("iPad", System::Ios),
    ("Macintosh", System::MacOs),
    ("Linux", System::Linux),
    ("CrOS", System::Other),
];

impl Browser {
    /// Of a `User-Agent` line (RFC 9110, section 10.1.5).
    pub fn of(agent: &str) -> Self {
        let name = NAMES.iter().find(|(word, _)| agent.contains(word));
        let system = SYSTEMS.iter().find(|(word, _)| agent.contains(word));
        Self {
            name: name.map_or(Name::Other, |(_, name)| *name),
            system: system.map_or(System::Other, |(_, system)| *system),
        }
    }

    /// For its person, such as `Firefox on Linux`. `None` where nothing is known.
    pub fn text(self) -> Option<String> {
        let name = match self.name {
            Name::Firefox => Some("Firefox"),
            Name::Chrome => Some("Chrome"),
            Name::Edge => Some("Edge"),
            Name::Safari => Some("Safari"),
            Name::Other => None,
        };
        let system = match self.system {
            System::Windows => Some("Windows"),
            System::MacOs => Some("macOS"),
            System::Linux => Some("Linux"),
            System::Android => Some("Android"),
            System::Ios => Some("iOS"),
            System::Other => None,
        };
        match (name, system) {
            (Some(name), Some(system)) => Some(format!("{name} on {system}")),
            (known, None) | (None, known) => known.map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart_although_they_name_each_other() {
        let webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
        for (agent, text) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                &format!("Mozilla/5.0 (Windows NT 10.0; Win64; x64) {webkit} Chrome/140.0 Safari/537.36"),
                "Chrome on Windows",
            ),
            (
                &format!("Mozilla/5.0 (Windows NT 10.0) {webkit} Chrome/140.0 Safari/537.36 Edg/140.0"),
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iOS",
            ),
            (
                "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) CriOS/140.0 Mobile/15E148 Safari/604.1",
                "Chrome on iOS",
            ),
            (
                &format!("Mozilla/5.0 (Linux; Android 10; K) {webkit} Chrome/140.0 Mobile Safari/537.36"),
                "Chrome on Android",
            ),
            ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox on Android"),
            (&format!("Mozilla/5.0 (X11; CrOS x86_64) {webkit} Chrome/140.0 Safari/537.36"), "Chrome"),
            (
                &format!("Mozilla/5.0 (X11; Linux x86_64) {webkit} Chrome/140.0 Safari/537.36 OPR/120.0"),
                "Linux",
            ),
        ] {
            assert_eq!(Browser::of(agent).text().as_deref(), Some(text), "{agent}");
        }
        for nothing in ["", "curl/8.5.0", "<script>alert(1)</script>"] {
            assert_eq!(Browser::of(nothing).text(), None, "{nothing}");
        }
        assert_eq!(size_of::<Browser>(), 2);
    }
}
