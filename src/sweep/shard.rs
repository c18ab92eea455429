//! Shards: `--shard I/N`, or what a batch engine says in its environment.

/// A part of a sweep: number `number`, from 1, of `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

/// Whether a shard's text names an engine, whose environment says which it is.
pub fn is_of_engine(text: &str) -> bool {
    ["slurm", "kubernetes", "aws-batch"].contains(&text)
}

/// The whole.
pub const WHOLE: Shard = Shard { number: 1, of: 1 };

impl Shard {
    /// Reads "3/8"; or `slurm`, `kubernetes` or `aws-batch`, whose variables `variable` gives.
    /// Where an engine does not say how many there are, `shards` does.
    ///
    /// # Errors
    /// What was expected.
    pub fn read(text: &str, shards: Option<u32>, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
        let number = |name: &str| -> Result<u32, String> {
            let value =
                variable(name).ok_or_else(|| format!("the environment has no {name}: is this run by {text}?"))?;
            value.trim().parse().map_err(|_| format!("{name} is \"{value}\", which is not a number"))
        };
        let of =
            |what: &str| shards.ok_or_else(|| format!("{what} does not say how many shards there are: add --shards N"));
        let shard = match text {
            "slurm" => {
                let (id, least) = (number("SLURM_ARRAY_TASK_ID")?, number("SLURM_ARRAY_TASK_MIN")?);
                let of = shards.map_or_else(|| number("SLURM_ARRAY_TASK_COUNT"), Ok)?;
                // Where the number of shards is stated, a part of the array may be run again.
                let first = if shards.is_some() { 1 } else { least };
                Shard { number: id.saturating_sub(first).saturating_add(1), of }
            }
            "kubernetes" => Shard { number: number("JOB_COMPLETION_INDEX")?.saturating_add(1), of: of("Kubernetes")? },
            "aws-batch" => {
                Shard { number: number("AWS_BATCH_JOB_ARRAY_INDEX")?.saturating_add(1), of: of("AWS Batch")? }
            }
            _ => {
                let expected =
                    || format!("\"{text}\" is not a shard: expected I/N such as 3/8, slurm, kubernetes or aws-batch");
                let (number, of) = text.split_once('/').ok_or_else(expected)?;
                let parse = |part: &str| part.trim().parse::<u32>().map_err(|_| expected());
                Shard { number: parse(number)?, of: parse(of)? }
            }
        };
        if shard.number == 0 || shard.number > shard.of {
            return Err(format!("there is no shard {} of {}: they are counted from 1", shard.number, shard.of));
        }
        Ok(shard)
    }

    /// Whether a point of that hash is in this shard.
    pub fn holds(&self, hash: u128) -> bool {
        // The low bits of the hash depend on the last bytes alone: all are folded in.
        let folded = (hash ^ (hash >> 64)) as u64;
        let mixed = (folded ^ (folded >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        (mixed * u64::from(self.of)) >> 32 == u64::from(self.number - 1)
    }

    /// The name of its directory within the sweep's.
    pub fn directory(&self) -> String {
        format!("shard-{}-of-{}", self.number, self.of)
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_read() {
        let none = |_: &str| None;
        assert_eq!(Shard::read("3/8", None, none), Ok(Shard { number: 3, of: 8 }));
        for wrong in ["0/8", "9/8", "3", "a/b", "slurm", ""] {
            assert!(Shard::read(wrong, None, none).is_err(), "{wrong}");
        }
        let slurm = |name: &str| {
            let value = match name {
                "SLURM_ARRAY_TASK_ID" => "12",
                "SLURM_ARRAY_TASK_MIN" => "10",
                "SLURM_ARRAY_TASK_COUNT" => "5",
                _ => return None,
            };
            Some(value.to_string())
        };
        assert_eq!(Shard::read("slurm", None, slurm), Ok(Shard { number: 3, of: 5 }));
        assert_eq!(Shard::read("slurm", Some(40), slurm), Ok(Shard { number: 12, of: 40 }));
        let zero = |_: &str| Some("0".to_string());
        assert_eq!(Shard::read("kubernetes", Some(4), zero), Ok(Shard { number: 1, of: 4 }));
        assert_eq!(Shard::read("aws-batch", Some(4), zero), Ok(Shard { number: 1, of: 4 }));
        assert!(Shard::read("kubernetes", None, zero).unwrap_err().contains("--shards"));
    }

    /// Every hash is in one shard, and each shard has its share within 4 standard errors.
    #[test]
    fn shards_share_the_points() {
        for of in [1, 2, 7, 40] {
            let mut counts = vec![0u32; of as usize];
            for point in 0..20_000 {
                let mut hash = crate::experiment::Fingerprint::default();
                hash.text(&point.to_string());
                let held: Vec<u32> =
                    (1..=of).filter(|number| Shard { number: *number, of }.holds(hash.finish())).collect();
                assert_eq!(held.len(), 1);
                counts[held[0] as usize - 1] += 1;
            }
            let mean = 20_000.0 / f64::from(of);
            assert!(counts.iter().all(|count| (f64::from(*count) - mean).abs() < 4.0 * mean.sqrt()), "{counts:?}");
        }
    }
}
