//! What the portal says in each of its states, in one place: what happened, then what to do. Plain text only;
//! names and foreign sentences come in as arguments.

pub const HOME: &str = "Home";
pub const DASHBOARDS: &str = "Dashboards";
pub const PORTAL: &str = "Portal";
pub const NAVIGATION: &str = "Navigation";
pub const SKIP: &str = "Skip to content";
pub const SEARCH: &str = "Search";
pub const SEARCH_FIELD: &str = "Search dashboards";
pub const FOLD: &str = "Collapse the navigation";
pub const UNFOLD: &str = "Expand the navigation";
pub const FOLDED: &str = "The navigation is collapsed.";
pub const UNFOLDED: &str = "The navigation is expanded.";
pub const SIGN_OUT: &str = "Sign out";
pub const CLOSE: &str = "Close";
pub const KEYS: &str = "Keys";
pub const REFERENCE: &str = "Reference";
pub const LOADING: &str = "Loading…";
pub const TRY_AGAIN: &str = "Try again";

pub const SESSIONS: &str = "Where you are signed in";
pub const SESSION_HERE: &str = "This browser";
pub const SESSION_ALONE: &str = "You are signed in nowhere else.";
pub const SESSIONS_UNREAD: &str = "The list could not be read.";
pub const SESSION_NOT_ENDED: &str = "That session could not be ended. Try again.";
pub const UNKNOWN_BROWSER: &str = "A browser that did not say its name";
pub const END: &str = "End";

/// `begun` is a day and a time of day.
pub fn since(begun: &str) -> String {
    ["Since ", begun].concat()
}

/// What the button says to those who do not see what it stands beside.
pub fn end_there(browser: &str, since: &str) -> String {
    [END, " ", browser, ", ", since].concat()
}

pub fn ended_there(browser: &str) -> String {
    [browser, " was signed out."].concat()
}

/// How many places the search has found.
pub fn found(count: usize) -> String {
    match count {
        0 => "Nothing here has that name.".to_owned(),
        1 => "1 result".to_owned(),
        many => [&many.to_string(), " results"].concat(),
    }
}

/// What the button says; `None` is whatever the system has.
pub fn theme(name: Option<&str>) -> &'static str {
    match name {
        Some("light") => "Theme: light",
        Some(_) => "Theme: dark",
        None => "Theme: like the system",
    }
}

/// As it stands on the keys.
pub fn search_key(apple: bool) -> &'static str {
    if apple { "⌘ K" } else { "Ctrl K" }
}

/// As `aria-keyshortcuts` wants it.
pub fn search_shortcut(apple: bool) -> &'static str {
    if apple { "Meta+K" } else { "Control+K" }
}

/// Every key that the portal takes, and what it does.
pub fn keys(apple: bool) -> [(&'static [&'static str], &'static str); 7] {
    let search: &[&str] = if apple { &["⌘", "K"] } else { &["Ctrl", "K"] };
    let window: &[&str] = if apple { &["⌘", "Enter"] } else { &["Ctrl", "Enter"] };
    [
        (search, "Search"),
        (&["Enter"], "Open what is marked in the search"),
        (window, "Open it in a window of its own"),
        (&["g", "h"], "Go home"),
        (&["["], "Collapse or expand the navigation"),
        (&["?"], "List the keys"),
        (&["Esc"], "Close what lies over the page"),
    ]
}

/// A title, one or two sentences, and the label of the main action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    pub title: String,
    pub sentence: String,
    pub action: &'static str,
}

fn words(title: impl Into<String>, sentence: impl Into<String>, action: &'static str) -> Words {
    Words { title: title.into(), sentence: sentence.into(), action }
}

pub fn signed_out(portal: &str, provider: &str) -> Words {
    words(
        ["Sign in to ", portal].concat(),
        ["Your dashboards are shown according to your groups at ", provider, "."].concat(),
        "Sign in",
    )
}

/// After signing out on purpose.
pub fn left(portal: &str) -> Words {
    words("You are signed out", ["Sign in again to see your dashboards in ", portal, "."].concat(), "Sign in")
}

pub fn signing_in() -> Words {
    words("Signing you in", "", "")
}

pub fn signing_out() -> Words {
    words("Signing you out", "", "")
}

pub fn still_signed_in(portal: &str) -> Words {
    words(
        "You are still signed in",
        [portal, " did not answer, so your session could not be ended."].concat(),
        "Try again",
    )
}

pub fn expired() -> Words {
    words(
        "That sign-in took too long",
        "It was started more than ten minutes ago, or in another browser.",
        "Sign in again",
    )
}

pub fn refused(provider: &str, description: Option<&str>) -> Words {
    words(
        [provider, " did not sign you in"].concat(),
        description.unwrap_or("It did not say why."),
        "Try again",
    )
}

pub fn provider_silent(provider: &str) -> Words {
    words([provider, " does not answer"].concat(), "We will keep trying; nothing is lost.", "Try now")
}

pub fn groups_unreadable(contact: &str) -> Words {
    let cause = "You have more groups than the provider sends, or it sent them in a form we do not know. ";
    words(
        "Your groups could not be read",
        [cause, &begin(contact), " can put this right."].concat(),
        "Try again",
    )
}

pub fn cookie_not_kept() -> Words {
    words(
        "This browser did not keep the sign-in",
        "It refuses secure cookies from this address. Use https, or another browser.",
        "Try again",
    )
}

pub fn browser_unfit() -> Words {
    words(
        "This browser cannot sign in",
        "It offers no random numbers that nobody can guess. Use another browser.",
        "Try again",
    )
}

pub fn portal_silent(portal: &str) -> Words {
    let portal = if portal.is_empty() { "The portal" } else { portal };
    words(
        [portal, " does not answer"].concat(),
        "Check your connection, or try again in a moment.",
        "Try again",
    )
}

pub fn nothing_open(who: &str, groups: &[String], contact: &str) -> Words {
    let member = match groups {
        [] => ", in no group".to_owned(),
        [one] => [", in the group ", one].concat(),
        many => [", in the groups ", &many.join(", ")].concat(),
    };
    words(
        "No dashboard is open to you yet",
        ["You are signed in as ", who, &member, ". ", &begin(contact), " can give you access."].concat(),
        "Check again",
    )
}

pub fn forbidden(contact: &str) -> Words {
    words(
        "You don't have permission to view this dashboard",
        ["Or it does not exist. Ask ", contact, " if you think that you should see it."].concat(),
        "Home",
    )
}

/// `rhythm`: it goes on in this rhythm, and does not end with one try after that time.
pub fn app_silent(dashboard: &str, seconds: &str, rhythm: bool) -> Words {
    let when = if rhythm { "every " } else { "in " };
    words(
        [dashboard, " does not answer"].concat(),
        ["Trying again ", when, seconds, " s."].concat(),
        "Try now",
    )
}

/// Said to those who do not see it.
pub const SIGNED_OUT: &str = "Signed out";

/// Said to those who do not see it.
pub fn added(dashboard: &str) -> String {
    [dashboard, " was added."].concat()
}

/// Said to those who do not see it.
pub fn removed(dashboard: &str) -> String {
    [dashboard, " was removed."].concat()
}

/// Said to those who do not see it.
pub fn app_back(dashboard: &str) -> String {
    [dashboard, " is back."].concat()
}

/// In the bar, while a frame takes long to load.
pub fn waiting(dashboard: &str) -> String {
    ["Waiting for ", dashboard, "…"].concat()
}

/// In the bar, when the frame's connection to its app is gone and does not come back.
pub fn disconnected() -> Words {
    words("Disconnected", "", "Reconnect")
}

/// Said to those who do not see it.
pub fn cut_off(dashboard: &str) -> String {
    [dashboard, " is disconnected."].concat()
}

/// On the way into a window of its own.
pub fn opening(dashboard: &str) -> Words {
    words(["Opening ", dashboard].concat(), "", "")
}

/// In a window of its own, where nothing tries again by itself.
pub fn window_silent(dashboard: &str) -> Words {
    words([dashboard, " does not answer"].concat(), "Try again in a moment.", "Try now")
}

/// `at` is a time of day; `why` completes "ended at 14:02 (…)".
pub fn session_over(at: &str, why: Option<&str>) -> Words {
    let why = why.map(|why| [" (", why, ")"].concat()).unwrap_or_default();
    let ended = ["Your session ended at ", at, &why, ". "].concat();
    words("You were signed out", ended + "What you had open comes back when you sign in again.", "Sign in")
}

/// An answer that a page of another build cannot read.
pub fn outdated() -> Words {
    words(
        "This page is older than the portal",
        "The portal was updated after you had opened it. Reload the page to go on.",
        "Reload",
    )
}

/// `at` is the time of the last answer, if there was one.
pub fn offline(at: Option<&str>) -> Words {
    words("You are offline", at.map(as_of).unwrap_or_default(), "")
}

/// While something is on the screen that can stay there.
pub fn portal_away(portal: &str, at: Option<&str>) -> Words {
    let since = at.map(|at| as_of(at) + " ").unwrap_or_default();
    words(portal_silent(portal).title, since + "We keep trying.", "")
}

/// Said to those who do not see it.
pub fn portal_back(portal: &str) -> String {
    [portal, " is back."].concat()
}

fn as_of(at: &str) -> String {
    ["What is on the screen is from ", at, "."].concat()
}

pub fn new_version() -> Words {
    words("A new version is ready", "Open dashboards begin anew when you reload.", "Reload")
}

pub const LATER: &str = "Later";
pub const SIGN_IN: &str = "Sign in";
pub const USE_ANOTHER_ACCOUNT: &str = "Use another account";
/// Whom to ask when the portal names nobody, fit for the middle of a sentence.
pub const NOBODY_NAMED: &str = "the people who run this portal";

pub const RECENT: &str = "Recent";
/// Over what has no section, below what is recent.
pub const OTHERS: &str = "Other dashboards";

/// Whether an app answers right now.
pub const ANSWERS: &str = "Answers";
pub const BUSY: &str = "Busy";
pub const DOES_NOT_ANSWER: &str = "Does not answer";

pub const RELOAD: &str = "Reload";
pub const OWN_WINDOW: &str = "Open in a window of its own";
pub const FULL_SCREEN: &str = "Full screen";
pub const LEAVE_FULL_SCREEN: &str = "Leave full screen";

/// In the bar, while a frame's connection may come back by itself.
pub const RECONNECTING: &str = "Reconnecting…";

/// Said to those who do not see it.
pub fn reconnecting(dashboard: &str) -> String {
    [dashboard, " is reconnecting."].concat()
}

/// Why a session ended, as `session_over` goes on.
pub const TIME_WAS_UP: &str = "its time was up";
pub const IN_ANOTHER_WINDOW: &str = "in another window";

/// After a failed sign-in that only the person can begin anew.
pub fn provider_was_silent(provider: &str) -> Words {
    words(provider_silent(provider).title, "Try again in a moment; nothing is lost.", "Try again")
}

/// A name at the beginning of a sentence. Addresses stay as they are written.
fn begin(name: &str) -> String {
    match name.strip_prefix("the ") {
        Some(rest) => ["The ", rest].concat(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_is_left_out_and_not_filled_with_holes() {
        assert_eq!(
            session_over("14:02", None).sentence,
            "Your session ended at 14:02. What you had open comes back when you sign in again."
        );
        assert_eq!(portal_silent("").title, "The portal does not answer");
        assert_eq!(
            nothing_open("dov@harbour.example", &[], "the people who run this portal").sentence,
            "You are signed in as dov@harbour.example, in no group. The people who run this portal can give you access."
        );
    }

    #[test]
    fn every_sentence_is_calm() {
        for said in [
            signed_out("p", "i"),
            left("p"),
            expired(),
            refused("i", None),
            provider_silent("i"),
            groups_unreadable("c"),
            cookie_not_kept(),
            portal_silent("p"),
            forbidden("c"),
            app_silent("d", "5", true),
            session_over("14:02", Some("in another window")),
            still_signed_in("p"),
            outdated(),
            new_version(),
        ] {
            assert!(said.sentence.ends_with('.') && !said.sentence.contains('!'), "{said:?}");
            assert!(!said.title.ends_with('.') && !said.action.is_empty(), "{said:?}");
        }
    }
}
