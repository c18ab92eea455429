//! What a simulation depends on, as one number: trials that have it in common differ in prices,
//! wages and objectives alone, and one simulation does for all of them.

use super::replicate::Trial;
use crate::fleet::ServerKind;
use std::fmt::Write;

/// A running hash of 128 bits (FNV-1a; Fowler, Noll and Vo, RFC 9923): the same in every version
/// of the compiler and on every platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint(u128);

const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

impl Default for Fingerprint {
    fn default() -> Fingerprint {
        Fingerprint(BASIS)
    }
}

impl Fingerprint {
    /// Takes in bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u128::from(*byte)).wrapping_mul(PRIME);
        }
    }

    /// Takes in a text and its length, so that ("ab", "c") and ("a", "bc") differ.
    pub fn text(&mut self, text: &str) {
        self.bytes(&(text.len() as u64).to_le_bytes());
        self.bytes(text.as_bytes());
    }

    /// Takes in a value as `Debug` shows it.
    pub fn value(&mut self, value: &impl std::fmt::Debug) {
        // The writer below cannot fail.
        let _ = write!(self, "{value:?};");
    }

    /// The hash so far.
    pub fn finish(self) -> u128 {
        self.0
    }
}

impl Write for Fingerprint {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.bytes(text.as_bytes());
        Ok(())
    }
}

impl Trial<'_> {
    /// The fingerprint of all that [`Trial::simulation`] reads: workloads, deployments, fleet,
    /// window (with how long its requests are followed) and seed. The replication is not in it, nor what only invoices, labour, the
    /// provider's ledger and objectives read.
    ///
    /// # Errors
    /// Where an app does not fit its size, or a size no server.
    pub fn fingerprint(&self) -> Result<u128, String> {
        let (scenario, case) = (self.scenario, self.case);
        self.check_warm_up()?;
        let mut hash = Fingerprint::default();
        for (deployment, order) in self.deployments()?.iter().zip(self.orders) {
            hash.value(deployment);
            hash.value(&(&order.size.cpu, &order.size.reserve_cpu));
        }
        for app in &scenario.apps {
            hash.value(&app.workload);
        }
        let fleet = &case.fleet;
        hash.value(&(fleet.count, &fleet.placement, fleet.overcommit_cpu, fleet.when_full, &fleet.failures));
        hash.value(&physical(&fleet.server));
        let run = &scenario.run;
        hash.value(&(scenario.window(), run.seed, self.traffic));
        Ok(hash.finish())
    }
}

/// A server without what only accounts read; every other figure, also one that is new, counts.
fn physical(server: &ServerKind) -> ServerKind {
    let plain = ServerKind::plain(server.cores, server.memory);
    ServerKind {
        name: plain.name,
        title: plain.title,
        price: plain.price,
        life: plain.life,
        power: plain.power,
        rack_units: plain.rack_units,
        evidence: plain.evidence,
        ..server.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test vectors of the algorithm's authors.
    #[test]
    fn the_hash_is_fnv_1a() {
        let of = |text: &str| {
            let mut hash = Fingerprint::default();
            hash.bytes(text.as_bytes());
            hash.finish()
        };
        assert_eq!(of(""), 0x6c62272e07bb014262b821756295c58d);
        assert_eq!(of("a"), 0xd228cb696f1a8caf78912b704e4a8964);
        assert_eq!(of("foobar"), 0x343e1662793c64bf6f0d3597ba446f18);
    }
}
