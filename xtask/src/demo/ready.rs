//! Asks the gateway itself whether it is ready: the admin listener's `/readyz`, and the portal's page.

use std::{thread, time::Duration};

use anyhow::{Result, bail};

use super::{children::Children, ports::Ports, probe::answers};
use crate::{clock::Stopwatch, interrupt};

const PATIENCE: Duration = Duration::from_secs(20);

/// Until both answer 200.
pub(super) fn wait(ports: Ports, children: &mut Children) -> Result<()> {
    let since = Stopwatch::start();
    let admin = format!("127.0.0.1:{}", ports.admin);
    let portal = format!("lanyard.localhost:{}", ports.portal);
    while !(answers(ports.admin, &admin, "/readyz") && answers(ports.portal, &portal, "/")) {
        interrupt::check()?;
        children.check_alive()?;
        if since.elapsed() > PATIENCE {
            let (seconds, port) = (PATIENCE.as_secs(), ports.portal);
            bail!("the gateway is not ready after {seconds} s: see target/demo/{port}/gateway.log");
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
