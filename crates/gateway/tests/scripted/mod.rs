//! An app that answers what a test writes, and two people who are in it.

#![allow(dead_code, reason = "every test binary uses a part of it")]

use std::time::Duration;

use lanyard_testbed::{
    Person, Site, Stage, StageOptions,
    person::{ADA, CARLA},
};

/// How long is waited for what must come.
pub const PATIENT: Duration = Duration::from_secs(10);

pub struct Scene {
    pub stage: Stage,
    pub rec: Site,
    /// Their cookies there.
    pub ada: String,
    pub carla: String,
}

impl Scene {
    pub async fn prepare() -> Self {
        let options = StageOptions::default().upstream_with("rec", "timeout = \"2s\"").without_apps();
        let stage = Stage::start(options).await;
        let ada = Person::sign_in(&stage, ADA).await.enter(&stage, "rec").await;
        let carla = Person::sign_in(&stage, CARLA).await.enter(&stage, "rec").await;
        Self { rec: stage.dashboard("rec"), stage, ada, carla }
    }

    /// What comes back to Ada, byte for byte. Her side asks for the connection to end with it.
    pub async fn comes(&self, method: &str, path: &str) -> Vec<u8> {
        let request = self.rec.request(method, path).fetch().origin(&self.rec.origin()).cookie(&self.ada);
        let (bytes, closed) = request.header("Connection", "close").begin().await.rest(PATIENT).await;
        assert!(closed, "{method} {path} does not end:\n{}", String::from_utf8_lossy(&bytes));
        bytes
    }

    /// The next person's requests get their own answers, at once and a moment later.
    pub async fn others_are_untouched(&self, case: &str) {
        for nth in 0..3 {
            let answer = self.rec.get("/page").fetch().cookie(&self.carla).send().await;
            assert_eq!(answer.status, 200, "{case}, {nth}:\n{}", answer.everything());
            assert!(answer.text().contains("the recorder's page"), "{case}, {nth}:\n{}", answer.everything());
            assert_eq!(answer.header("set-cookie"), None, "{case}, {nth}");
        }
    }
}
