//! The provider's sign-in page, as far as a program must read it: forms, their hidden fields and buttons.
//! A reader for the pages that the development provider writes, not for HTML at large.

/// A form that one of its buttons submits.
#[derive(Debug, PartialEq, Eq)]
pub struct Form {
    pub action: String,
    pub method: String,
    pub fields: Vec<(String, String)>,
}

/// The form with the button whose text begins with `label`, filled in as a click on it would.
pub fn form_with_button(html: &str, label: &str) -> Option<Form> {
    for part in html.split("<form").skip(1) {
        let form = part.split("</form>").next().unwrap_or_default();
        let (tag, inner) = form.split_once('>')?;
        let mut fields: Vec<_> =
            inner.split("<input").skip(1).filter_map(|input| named(until(input, ">"))).collect();
        for button in inner.split("<button").skip(1) {
            let Some((attributes, rest)) = button.split_once('>') else { continue };
            if text(until(rest, "</button>")).starts_with(label) {
                fields.extend(named(attributes));
                return Some(Form {
                    action: attribute(tag, "action").unwrap_or_default(),
                    method: attribute(tag, "method").unwrap_or_else(|| "get".into()).to_ascii_uppercase(),
                    fields,
                });
            }
        }
    }
    None
}

fn until<'a>(text: &'a str, end: &str) -> &'a str {
    text.split(end).next().unwrap_or_default()
}

fn named(tag: &str) -> Option<(String, String)> {
    Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let alone = at == 0 || rest[..at].ends_with([' ', '\n', '\t', '"']);
        let after = &rest[at + name.len()..];
        if let Some(value) = after.strip_prefix("=\"").filter(|_| alone) {
            return Some(unescape(until(value, "\"")));
        }
        rest = after;
    }
}

/// Text without tags, with white space folded.
fn text(html: &str) -> String {
    let mut plain = String::new();
    for part in html.split('<') {
        plain.push_str(part.split_once('>').map_or(part, |(_, after)| after));
        plain.push(' ');
    }
    unescape(plain.split_whitespace().collect::<Vec<_>>().join(" ").as_str())
}

fn unescape(text: &str) -> String {
    let entities =
        [("&quot;", "\""), ("&#34;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&lt;", "<"), ("&gt;", ">")];
    let text = entities.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain));
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_button_with_the_name_submits_its_form() {
        let page = r#"<form method="post" action="/sign-in?a=1&amp;b=2"><input type="hidden" name="t" value="&quot;x">
            <button name="sub" value="a"><strong>Ada Albrecht</strong> Manager</button>
            <button name="sub" value="b">Ben</button></form>"#;
        let form = form_with_button(page, "Ada Albrecht").expect("a form");
        assert_eq!((form.action.as_str(), form.method.as_str()), ("/sign-in?a=1&b=2", "POST"));
        assert_eq!(form.fields, [("t".into(), "\"x".into()), ("sub".into(), "a".into())]);
        assert_eq!(form_with_button(page, "Carla"), None);
    }
}
