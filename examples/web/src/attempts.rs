//! How often passwords can be tried. The counters are in the store that two-factor login has anyway.

use std::{
    net::{IpAddr, Ipv6Addr},
    time::{Duration, SystemTime},
};

use verify_mfa::{
    BoxError,
    store::{SqliteState, StateStore},
};

use crate::config::Attempts;

#[derive(Clone)]
pub(crate) struct Counters {
    state: SqliteState,
    limits: Attempts,
}

/// When more attempts are possible, if there are none left now.
pub(crate) type Wait = Option<SystemTime>;

impl Counters {
    pub(crate) fn new(state: SqliteState, limits: Attempts) -> Self {
        Self { state, limits }
    }

    /// Counts an attempt at the password of `name` before it is made.
    pub(crate) async fn try_password(&self, caller: IpAddr, name: &str) -> Result<Wait, BoxError> {
        let Attempts { per_address, per_name, .. } = self.limits;
        let address = format!("web:password:address:{}", network(caller));
        match self.count(&address, QUARTER, per_address).await? {
            None => {
                let name = format!("web:password:name:{}", name.to_ascii_lowercase());
                self.count(&name, HOUR, per_name).await
            }
            wait => Ok(wait),
        }
    }

    pub(crate) async fn try_to_register(&self, caller: IpAddr) -> Result<Wait, BoxError> {
        let address = format!("web:register:address:{}", network(caller));
        self.count(&address, HOUR, self.limits.registrations).await
    }

    async fn count(&self, key: &str, window: Duration, limit: u32) -> Result<Wait, BoxError> {
        let counted = self.state.increment(key, 1, window, limit).await?;
        Ok((!counted.allowed).then_some(counted.resets_at))
    }
}

/// Whoever has one address of IPv6 has all of its network.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}

const QUARTER: Duration = Duration::from_secs(15 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn an_address_counts_as_its_network() {
        let of = |address: &str| network(address.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(of("192.0.2.1"), "192.0.2.1");
    }
}
