//! The browser harness against a page of its own: what the other tests build on must itself be seen to work.

use std::sync::Arc;

use lanyard_testbed::{Recorder, browser::Browser, ports};

#[tokio::test(flavor = "multi_thread")]
async fn elements_are_found_by_role_and_name_in_pages_and_in_frames() {
    let port = ports::block();
    let recorder = Recorder::start(port, true, Arc::default()).await;
    let browser = Browser::start("harness").await;
    let page = browser.page().await;
    page.open(&format!("http://lanyard.localhost:{port}/page")).await;
    page.eval(&format!(
        "document.body.innerHTML = '<nav aria-label=\"Dashboards\"><a href=\"#x\">One</a></nav>\
         <button onclick=\"document.title = 1 + 1\">Sum</button>\
         <iframe title=\"Inner\" src=\"http://inner.lanyard.localhost:{port}/inner\"></iframe>\
         <iframe title=\"Other\" src=\"http://id.localhost:{port}/other\"></iframe>'; 0"
    ))
    .await;
    let landmark = page.find("navigation", "Dashboards").await;
    assert_eq!(page.query(Some(&landmark), "link", None).await.len(), 1);
    page.find("button", "Sum").await.click().await;
    page.holds("the title changes", "document.title === '2'").await;
    for title in ["Inner", "Other"] {
        let frame = page.frame(title).await;
        frame.shows("the recorder's page").await;
        frame.find("paragraph", "").await;
    }
    assert!(
        page.origins().contains(&format!("http://inner.lanyard.localhost:{port}")),
        "{:?}",
        page.origins()
    );
    assert_eq!(recorder.latest("/inner").method, "GET");
    assert!(page.loads().iter().any(|load| load.url.ends_with("/page") && load.bytes > 50));
}
