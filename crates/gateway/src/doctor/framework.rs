//! Which framework an app is made with, by the page that it begins with, and what the other checks know of it.

use super::bokeh_sessions;
use crate::dashboards::probe::Page;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framework {
    Streamlit,
    Bokeh,
    Panel,
    Shiny,
    Dash,
}

impl Framework {
    /// Each writes something into every page that no other does.
    pub fn of(page: &Page) -> Option<Self> {
        let text = String::from_utf8_lossy(&page.body);
        if bokeh_sessions::token(&text).is_some() {
            let panel = text.contains("static/extensions/panel/");
            Some(if panel { Self::Panel } else { Self::Bokeh })
        } else if text.contains(r#"<script type="application/html-dependencies">"#) && text.contains("shiny[")
        {
            Some(Self::Shiny)
        } else if text.contains(r#"id="_dash-config""#) {
            Some(Self::Dash)
        } else if text.contains("<title>Streamlit</title>") {
            Some(Self::Streamlit)
        } else {
            None
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Streamlit => "Streamlit",
            Self::Bokeh => "Bokeh",
            Self::Panel => "Panel",
            Self::Shiny => "Shiny",
            Self::Dash => "Dash",
        }
    }

    /// Where its page opens a WebSocket, the likeliest first. Dash opens none.
    pub fn websockets(self, page: &str) -> Vec<String> {
        let page = page.split('?').next().unwrap_or_default();
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut paths = match self {
            Self::Streamlit => vec![format!("{folder}/_stcore/stream"), "/_stcore/stream".to_owned()],
            Self::Bokeh | Self::Panel => vec![format!("{}/ws", page.trim_end_matches('/'))],
            Self::Shiny => vec![format!("{folder}/websocket/")],
            Self::Dash => Vec::new(),
        };
        paths.dedup();
        paths
    }

    /// What keeps it to this machine when it is started.
    pub fn own_machine(self) -> &'static str {
        match self {
            Self::Streamlit => "start it with --server.address=127.0.0.1",
            Self::Bokeh | Self::Panel => "start it with --address=127.0.0.1",
            Self::Shiny => "start it with --host=127.0.0.1 (in R: host = '127.0.0.1')",
            Self::Dash => "start it with host='127.0.0.1', or its server with --host or --bind 127.0.0.1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_websocket_is_beside_the_page() {
        for (framework, page, paths) in [
            (Framework::Streamlit, "/", &["/_stcore/stream"][..]),
            (Framework::Streamlit, "/base/?a=/b", &["/base/_stcore/stream", "/_stcore/stream"]),
            (Framework::Bokeh, "/app", &["/app/ws"]),
            (Framework::Panel, "/?x", &["/ws"]),
            (Framework::Shiny, "/", &["/websocket/"]),
            (Framework::Shiny, "/figures/", &["/figures/websocket/"]),
            (Framework::Dash, "/", &[]),
        ] {
            assert_eq!(framework.websockets(page), paths, "{framework:?} {page}");
        }
    }
}
