//! The pages that people see: sign-in, signed out, refused. No script, nothing from elsewhere, in no frame.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};

use crate::{Provider, people::Person};

/// The list of people as buttons of one form, which carries the request on.
pub fn sign_in(
    people: &[Person],
    current: Option<&Person>,
    client: &str,
    request: &str,
    return_origin: &str,
) -> Response {
    let buttons: String = people.iter().map(button).collect();
    let current = current.map_or_else(String::new, |person| {
        format!("<p class=\"now\">Signed in now: {}</p>\n", escape(&person.name))
    });
    let main = format!(
        "<h1>Who are you?</h1>\n<p>To continue to <strong>{client}</strong>, choose a person. \
         This is a development provider: nobody has a password.</p>\n{current}\
         <form method=\"post\" action=\"{action}\">\n<input type=\"hidden\" name=\"request\" value=\"{request}\">\n\
         <ul>\n{buttons}</ul>\n\
         <button class=\"quiet\" name=\"cancel\" value=\"1\">Cancel</button>\n</form>",
        client = escape(client),
        action = super::SIGN_IN,
        request = escape(request),
    );
    page(StatusCode::OK, "Sign in", &main, return_origin)
}

fn button(person: &Person) -> String {
    let groups = match person.groups.as_slice() {
        [] => "no group".to_owned(),
        groups => groups.join(", "),
    };
    format!(
        "<li><button name=\"person\" value=\"{sub}\"><span class=\"name\">{name}</span> \
         <span class=\"detail\">{email}</span> <span class=\"detail\">{groups}</span></button></li>\n",
        sub = escape(&person.sub),
        name = escape(&person.name),
        email = escape(&person.email),
        groups = escape(&groups),
    )
}

pub fn signed_out() -> Response {
    let main = "<h1>You are signed out</h1>\n<p>The session at this provider has ended.</p>";
    page(StatusCode::OK, "Signed out", main, "")
}

/// An error that stays here: nobody is sent on to an address that might be anybody's.
pub fn refusal(status: StatusCode, why: &str) -> Response {
    let main = format!("<h1>This cannot go on</h1>\n<p>{}</p>", escape(why));
    page(status, "Refused", &main, "")
}

pub async fn not_found(State(_): State<Arc<Provider>>) -> Response {
    refusal(StatusCode::NOT_FOUND, "There is nothing at this address.")
}

pub async fn style() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, include_str!("../../page/style.css")).into_response()
}

fn page(status: StatusCode, title: &str, main: &str, return_origin: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>{title} · Development identity provider</title>\n\
         <link rel=\"stylesheet\" href=\"{style}\">\n</head>\n<body>\n\
         <main>\n{main}\n</main>\n<footer>Development identity provider</footer>\n</body>\n</html>\n",
        style = super::STYLE,
    );
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self' {return_origin}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let mut response = (status, Html(html)).into_response();
    if let Ok(policy) = HeaderValue::try_from(policy) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// For text and for attributes in double quotes.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}
