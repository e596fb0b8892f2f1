//! A part of a fleet, for several machines that share one.

use std::fmt;
use std::str::FromStr;

/// The part `index` of `count` equal ones, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which part, from 1.
    pub index: u32,
    /// How many parts there are.
    pub count: u32,
}

impl Shard {
    /// Whether what has this name belongs to the part. It depends on the name alone, so that a stack
    /// stays in its shard when others come and go.
    pub fn has(self, name: &str) -> bool {
        // FNV-1a: stable over versions, machines and languages.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in name.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
        // The low bits alone change little between similar names.
        (hash ^ (hash >> 32)) % u64::from(self.count) == u64::from(self.index - 1)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((index, count)) if index >= 1 && index <= count => Ok(Shard { index, count }),
            _ => Err("i/n is needed, with i from 1 to n: 1/4".into()),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn shards_divide_everything_and_share_nothing() {
        let shards: Vec<Shard> =
            ["1/4", "2/4", "3/4", "4/4"].iter().filter_map(|text| text.parse().ok()).collect();
        let mut sizes = [0; 4];
        for n in 0..400 {
            let name = format!("stacks/account-{n:03}");
            let owners: Vec<_> = shards.iter().filter(|s| s.has(&name)).collect();
            assert_eq!(owners.len(), 1, "{name}");
            sizes[owners[0].index as usize - 1] += 1;
        }
        assert!(sizes.iter().all(|n| (60..140).contains(n)), "{sizes:?}");
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for bad in ["", "1", "0/2", "3/2", "a/b", "1/0", "1/2/3"] {
            assert!(bad.parse::<Shard>().is_err(), "{bad}");
        }
    }
}
