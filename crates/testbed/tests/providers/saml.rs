//! People of a SAML identity provider, through Keycloak as the broker: a second realm is that provider, the realm
//! of `examples/keycloak/` brokers it. Both sides sign, and check what the other has signed.

use lanyard_testbed::{
    Ports, Stage, StageOptions,
    browser::{Browser, Page},
    provider::{Keycloak, keycloak::REALM},
};
use serde_json::{Value, json};

use crate::{
    keycloak::{back, leave, log_in, seen, sign_out},
    visitor::needs_the_shell,
};

const STAFF: &str = "staff";

/// The SAML identity provider: its people know nothing of the other realm.
async fn staff(keycloak: &Keycloak) {
    let person = |username: &str, first: &str, last: &str, group: &str| {
        json!({
            "username": username, "firstName": first, "lastName": last, "enabled": true,
            "email": format!("{username}@staff.example"), "groups": [format!("/{group}")],
        })
    };
    let people =
        [person("mira", "Mira", "Moreau", "Accounting"), person("noor", "Noor", "Nasser", "Kitchen")];
    let realm = json!({
        "realm": STAFF, "displayName": "Staff", "enabled": true, "users": people,
        "groups": [{ "name": "Accounting" }, { "name": "Kitchen" }],
    });
    keycloak.import(realm).await;
}

/// Each side is told of the other by the other's metadata.
async fn introduce(keycloak: &Keycloak) {
    // The test speaks http, and Keycloak does not know that names under `localhost` stay on this machine.
    keycloak.ask("PUT", &format!("/{REALM}"), Some(json!({ "sslRequired": "none" }))).await;
    let origin = format!("http://127.0.0.1:{}", keycloak.site().port);
    let from = json!({
        "providerId": "saml", "fromUrl": format!("{origin}/realms/{STAFF}/protocol/saml/descriptor"),
    });
    let mut config =
        keycloak.ask("POST", &format!("/{REALM}/identity-provider/import-config"), Some(from)).await;
    assert_eq!(config["validateSignature"], "true", "{config}");
    config["wantAuthnRequestsSigned"] = "true".into();
    config["wantAssertionsSigned"] = "true".into();
    // What the provider says counts at every sign-in, not only at the first.
    config["syncMode"] = "FORCE".into();
    let broker = json!({
        "alias": STAFF, "displayName": "Staff", "providerId": "saml", "enabled": true, "trustEmail": true,
        "config": config,
    });
    let instances = format!("/{REALM}/identity-provider/instances");
    keycloak.ask("POST", &instances, Some(broker)).await;
    let group = json!({
        "name": "accounting", "identityProviderAlias": STAFF,
        "identityProviderMapper": "saml-advanced-group-idp-mapper",
        "config": {
            "syncMode": "INHERIT", "are.attribute.values.regex": "false", "group": "/Finance Team",
            "attributes": json!([{ "key": "team", "value": "Accounting" }]).to_string(),
        },
    });
    let attribute = |saml: &str, user: &str| {
        json!({
            "name": saml, "identityProviderAlias": STAFF,
            "identityProviderMapper": "saml-user-attribute-idp-mapper",
            "config": { "syncMode": "INHERIT", "attribute.name": saml, "user.attribute": user },
        })
    };
    for mapper in
        [group, attribute("mail", "email"), attribute("given", "firstName"), attribute("family", "lastName")]
    {
        keycloak.ask("POST", &format!("{instances}/{STAFF}/mappers"), Some(mapper)).await;
    }

    let metadata = format!("/realms/{REALM}/broker/{STAFF}/endpoint/descriptor");
    let metadata = keycloak.site().get(&metadata).send().await.expect(200);
    let mut client = keycloak.client_of_metadata(STAFF, metadata.body).await;
    assert_eq!(client["attributes"]["saml.client.signature"], "true", "{client}");
    client["protocolMappers"] = attributes();
    keycloak.ask("POST", &format!("/{STAFF}/clients"), Some(client)).await;
}

/// What the SAML provider's assertions say of people.
fn attributes() -> Value {
    let property = |property: &str, name: &str| {
        json!({
            "name": name, "protocol": "saml", "protocolMapper": "saml-user-property-mapper",
            "config": { "user.attribute": property, "attribute.name": name, "attribute.nameformat": "Basic" },
        })
    };
    let team = json!({
        "name": "team", "protocol": "saml", "protocolMapper": "saml-group-membership-mapper",
        "config": {
            "attribute.name": "team", "attribute.nameformat": "Basic", "single": "true", "full.path": "false",
        },
    });
    json!([property("email", "mail"), property("firstName", "given"), property("lastName", "family"), team])
}

/// Through both pages: the broker's, and the SAML provider's own.
async fn choose_staff(page: &Page, stage: &Stage, keycloak: &Keycloak) {
    leave(page, stage, keycloak).await;
    page.find("link", "Staff").await.click().await;
    page.at(&format!("{}/realms/{STAFF}/", keycloak.site().origin())).await;
}

async fn sign_in(page: &Page, stage: &Stage, keycloak: &Keycloak, username: &str) {
    choose_staff(page, stage, keycloak).await;
    log_in(page, username, &keycloak.password).await;
    back(page, stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_of_a_saml_provider_come_through_keycloak_with_their_groups() {
    needs_the_shell();
    let ports = Ports::reserve();
    let (keycloak, browser) = tokio::join!(Keycloak::start(), Browser::start("saml"));
    keycloak.import_example(&[ports]).await;
    staff(&keycloak).await;
    introduce(&keycloak).await;
    let options = StageOptions::default().without_apps().identity("strip_slash = true");
    let stage = Stage::start_on(ports, options.provider(keycloak.elsewhere())).await;

    let page = browser.private_page().await;
    sign_in(&page, &stage, &keycloak, "mira").await;
    page.shows("Mira Moreau").await;
    assert_eq!(seen(&page).await, ["Finance Team KPI"]);
    sign_out(&page, &stage).await;
    // Her session at the SAML provider has ended as well: it asks for the password again.
    choose_staff(&page, &stage, &keycloak).await;
    page.find("textbox", "Password").await;

    moves(&keycloak, "mira", "Kitchen").await;
    sign_in(&page, &stage, &keycloak, "mira").await;
    page.shows("No dashboard is open to you yet").await;

    let other = browser.private_page().await;
    sign_in(&other, &stage, &keycloak, "noor").await;
    other.shows("No dashboard is open to you yet").await;
}

/// At the SAML provider, to another team.
async fn moves(keycloak: &Keycloak, username: &str, team: &str) {
    let one = |list: Value, property: &'static str, value: &str| {
        let found = list.as_array().and_then(|all| all.iter().find(|one| one[property] == value)).cloned();
        found.expect("it is there")["id"].as_str().expect("an id").to_owned()
    };
    let person = one(keycloak.ask("GET", &format!("/{STAFF}/users"), None).await, "username", username);
    let teams = keycloak.ask("GET", &format!("/{STAFF}/groups"), None).await;
    for name in ["Accounting", "Kitchen"] {
        let method = if name == team { "PUT" } else { "DELETE" };
        let group = one(teams.clone(), "name", name);
        keycloak.ask(method, &format!("/{STAFF}/users/{person}/groups/{group}"), None).await;
    }
}
