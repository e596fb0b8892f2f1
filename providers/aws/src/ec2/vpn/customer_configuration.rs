//! The configuration for the customer's router, an XML document, as far as attributes tell of it:
//! addresses, keys and BGP of the tunnels.

use quick_xml::events::Event;
use quick_xml::reader::Reader;

/// A tunnel as the document describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DescribedTunnel {
    /// The address of AWS's end.
    pub(super) outside_address: String,
    /// The address inside of the tunnel at the customer's end.
    pub(super) customer_inside_address: String,
    /// The address inside of the tunnel at AWS's end.
    pub(super) aws_inside_address: String,
    /// The key.
    pub(super) preshared_key: String,
    /// The number of AWS's autonomous system; empty with static routes.
    pub(super) bgp_asn: String,
    /// How many seconds a BGP session lasts without a word; 0 with static routes.
    pub(super) bgp_hold_time: i64,
}

/// The tunnels in a document, in its order; those before the first error when it has one.
pub(super) fn tunnels(document: &str) -> Vec<DescribedTunnel> {
    let mut reader = Reader::from_str(document);
    let mut path: Vec<String> = Vec::new();
    let mut found = Vec::new();
    let mut text = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                path.push(AsRef::<str>::as_ref(&start.local_name()).to_owned());
                text.clear();
                if path.last().is_some_and(|name| name == "ipsec_tunnel") {
                    found.push(DescribedTunnel::default());
                }
            }
            Ok(Event::Text(part)) => {
                text.push_str(&part.xml10_content());
            }
            Ok(Event::GeneralRef(entity)) => {
                let name = entity.xml10_content();
                if let Ok(Some(character)) = entity.resolve_char_ref() {
                    text.push(character);
                } else if let Some(part) = quick_xml::escape::resolve_predefined_entity(&name) {
                    text.push_str(part);
                }
            }
            Ok(Event::End(_)) => {
                let within = path.iter().position(|name| name == "ipsec_tunnel");
                if let (Some(at), Some(tunnel)) = (within, found.last_mut()) {
                    let names: Vec<&str> = path[at + 1..].iter().map(String::as_str).collect();
                    tunnel.take(&names, text.trim());
                }
                text.clear();
                path.pop();
            }
            Ok(Event::Eof) | Err(_) => return found,
            Ok(_) => {}
        }
    }
}

impl DescribedTunnel {
    /// Takes the text at a path below the tunnel, if it is one to know.
    fn take(&mut self, path: &[&str], text: &str) {
        let field = match path {
            ["vpn_gateway", "tunnel_outside_address", "ip_address"] => &mut self.outside_address,
            ["vpn_gateway", "tunnel_inside_address", "ip_address"] => &mut self.aws_inside_address,
            ["customer_gateway", "tunnel_inside_address", "ip_address"] => &mut self.customer_inside_address,
            ["vpn_gateway", "bgp", "asn"] => &mut self.bgp_asn,
            ["ike", "pre_shared_key"] => &mut self.preshared_key,
            ["vpn_gateway", "bgp", "hold_time"] => {
                self.bgp_hold_time = text.parse().unwrap_or_default();
                return;
            }
            _ => return,
        };
        text.clone_into(field);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
        <vpn_connection id="vpn-1"><customer_gateway_id>cgw-1</customer_gateway_id>
        <ipsec_tunnel><customer_gateway>
          <tunnel_outside_address><ip_address>192.0.2.1</ip_address></tunnel_outside_address>
          <tunnel_inside_address><ip_address>169.254.10.2</ip_address></tunnel_inside_address>
          <bgp><asn>65000</asn><hold_time>30</hold_time></bgp></customer_gateway>
        <vpn_gateway><tunnel_outside_address><ip_address>198.51.100.1</ip_address></tunnel_outside_address>
          <tunnel_inside_address><ip_address>169.254.10.1</ip_address></tunnel_inside_address>
          <bgp><asn>64512</asn><hold_time>30</hold_time></bgp></vpn_gateway>
        <ike><pre_shared_key>a&amp;b&#33;</pre_shared_key></ike></ipsec_tunnel>
        <ipsec_tunnel><vpn_gateway><tunnel_outside_address><ip_address>198.51.100.2</ip_address>
        </tunnel_outside_address></vpn_gateway></ipsec_tunnel></vpn_connection>"#;

    #[test]
    fn tunnels_are_found() {
        let found = tunnels(DOCUMENT);
        let first = DescribedTunnel {
            outside_address: "198.51.100.1".into(),
            customer_inside_address: "169.254.10.2".into(),
            aws_inside_address: "169.254.10.1".into(),
            preshared_key: "a&b!".into(),
            bgp_asn: "64512".into(),
            bgp_hold_time: 30,
        };
        let second = DescribedTunnel { outside_address: "198.51.100.2".into(), ..DescribedTunnel::default() };
        assert_eq!(found, [first, second]);
    }

    #[test]
    fn broken_documents_tell_what_they_can() {
        assert_eq!(tunnels(""), []);
        assert_eq!(tunnels("<ipsec_tunnel><ike></x>").len(), 1);
        assert_eq!(tunnels("no xml <"), []);
    }
}
