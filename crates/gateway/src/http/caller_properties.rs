//! What must hold of a caller's address: whatever a client writes into `X-Forwarded-For`, what the proxy in front
//! of us adds behind it is what counts.

use http::HeaderValue;

use super::*;

const NAME: &str = "x-forwarded-for";

pub fn forwarded(headers: &HeaderMap) {
    let [proxy, inner, stranger, client]: [IpAddr; 4] =
        [[10, 0, 0, 1], [10, 0, 0, 2], [198, 51, 100, 9], [192, 0, 2, 7]].map(IpAddr::from);
    let trusted = [proxy, inner];
    assert_eq!(address(stranger, headers, &trusted), stranger, "{headers:?} is believed");

    let lines: Vec<&[u8]> = headers.get_all(NAME).iter().map(HeaderValue::as_bytes).collect();
    let joined = lines.join(&b","[..]);
    let (mut nearest, mut hops) = (proxy, joined.rsplit(|byte| *byte == b','));
    while trusted.contains(&nearest) {
        let hop = hops.next().and_then(|hop| std::str::from_utf8(hop).ok()?.trim().parse::<IpAddr>().ok());
        let Some(hop) = hop else { break };
        nearest = hop.to_canonical();
    }
    assert_eq!(address(proxy, headers, &trusted), nearest, "{headers:?}");

    // A proxy adds a line of its own, or writes behind the last one, or behind all in one.
    let behind = |line: &[u8]| [line, b", 192.0.2.7, 10.0.0.2"].concat();
    let (last, first) = lines.split_last().map_or((&b""[..], &[][..]), |(last, first)| (*last, first));
    let own_line = [lines.as_slice(), &[b"192.0.2.7, 10.0.0.2"]].concat();
    let (last, whole) = (behind(last), behind(&joined));
    let same_line = [first, &[last.as_slice()]].concat();
    for lines in [own_line, same_line, vec![whole.as_slice()]] {
        let value = |line: &&[u8]| Some((HeaderName::from_static(NAME), HeaderValue::from_bytes(line).ok()?));
        let sent: HeaderMap = lines.iter().filter_map(value).collect();
        assert_eq!(address(proxy, &sent, &trusted), client, "{sent:?}");
    }
}
