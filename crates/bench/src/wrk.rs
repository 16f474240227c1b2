//! wrk, the load generator for HTTP: run against one door for a while, and its report read. A report with an error
//! in it is no measurement.

use std::{path::Path, process::Command, time::Duration};

use anyhow::{Context as _, Result, bail, ensure};

use crate::scene::Door;

/// What wrk found out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Answers a second.
    pub rate: f64,
    /// Microseconds.
    pub p50: f64,
    pub p99: f64,
}

/// Asks for `path` over so many connections. With a `script`, as that says.
pub fn run(
    program: &Path,
    door: &Door,
    path: &str,
    connections: usize,
    span: Duration,
    script: Option<&Path>,
) -> Result<Load> {
    let mut command = Command::new(program);
    command.args(["--latency", "--timeout", "20s"]);
    command.arg(format!("-t{}", connections.min(2))).arg(format!("-c{connections}"));
    command.arg(format!("-d{}s", span.as_secs()));
    for (name, value) in &door.headers {
        command.arg("-H").arg(format!("{name}: {value}"));
    }
    if let Some(script) = script {
        command.arg("-s").arg(script);
    }
    command.arg(format!("http://127.0.0.1:{}{path}", door.port));
    let output = tokio::task::block_in_place(|| command.output()).context("wrk does not run")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "wrk failed: {}{}", said, String::from_utf8_lossy(&output.stderr));
    read(&said).with_context(|| format!("{path} at {} over {connections} connections", door.name))
}

fn read(report: &str) -> Result<Load> {
    let mut load = Load { rate: f64::NAN, p50: f64::NAN, p99: f64::NAN };
    for line in report.lines().map(str::trim) {
        let mut words = line.split_whitespace();
        match (words.next(), words.next()) {
            (Some("Requests/sec:"), Some(rate)) => load.rate = rate.parse()?,
            (Some("50%"), Some(time)) => load.p50 = microseconds(time)?,
            (Some("99%"), Some(time)) => load.p99 = microseconds(time)?,
            (Some("Non-2xx" | "Socket"), _) => bail!("not every request was answered well: {line}"),
            _ => {}
        }
    }
    ensure!(
        load.rate > 0.0 && load.p50.is_finite() && load.p99.is_finite(),
        "wrk reports no figure:\n{report}"
    );
    Ok(load)
}

/// `812.00us`, `1.25ms`, `2.01s` or `1.00m`.
fn microseconds(text: &str) -> Result<f64> {
    let at = text.find(|c: char| c.is_ascii_alphabetic()).context("a time without a unit")?;
    let (number, unit) = text.split_at(at);
    let scale = match unit {
        "us" => 1.0,
        "ms" => 1e3,
        "s" => 1e6,
        "m" => 6e7,
        _ => bail!("'{text}' is no time of wrk's"),
    };
    Ok(number.parse::<f64>()? * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "Running 5s test @ http://127.0.0.1:8080/1kb\n  2 threads and 16 connections\n  \
        Thread Stats   Avg      Stdev     Max   +/- Stdev\n    Latency     1.10ms  350.50us  12.01ms   88.10%\n    \
        Req/Sec     7.52k   410.00     8.40k    71.00%\n  Latency Distribution\n     50%    1.02ms\n     \
        75%    1.22ms\n     90%    1.48ms\n     99%  912.00us\n  74850 requests in 5.00s, 86.38MB read\n\
        Requests/sec:  14969.63\nTransfer/sec:     17.28MB\n";

    #[test]
    fn a_report_is_read() {
        assert_eq!(read(REPORT).unwrap(), Load { rate: 14_969.63, p50: 1020.0, p99: 912.0 });
        assert!((microseconds("2.01s").unwrap() - 2.01e6).abs() < 1.0);
        assert!(microseconds("3").is_err() && microseconds("3h").is_err());
    }

    #[test]
    fn a_report_of_errors_is_no_measurement() {
        for error in
            ["  Non-2xx or 3xx responses: 12\n", "  Socket errors: connect 0, read 3, write 0, timeout 0\n"]
        {
            assert!(read(&[REPORT, error].concat()).is_err(), "{error}");
        }
        assert!(read("unable to connect to 127.0.0.1:9 Connection refused\n").is_err());
    }
}
