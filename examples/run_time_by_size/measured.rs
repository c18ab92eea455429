//! Measured run times of one request that computes for 16 ms at full speed, by the size of its function: cores (of
//! Lambda, megabytes over 1,769) and the mean in milliseconds, of 0.9 million requests in April 2025. From the artifact
//! of "Demystifying Serverless Costs on Public Platforms" (EuroSys 2026, ubc-cirrus-lab/demystifying-serverless-costs,
//! MIT licence); on Intel's processors of 2.5 GHz alone at Amazon's.

/// What was measured on a platform.
pub struct Measured {
    /// The catalogue's model.
    pub model: &'static str,
    /// At full speed, in milliseconds: the 5th, 25th, 50th, 75th, 95th and 99th percentile at the largest size.
    pub full_speed: [f64; 6],
    /// Cores and the mean in milliseconds, by size.
    pub sizes: &'static [(f64, f64)],
}

/// Both platforms.
pub const MEASURED: [Measured; 2] = [
    Measured {
        model: "aws-lambda-now",
        full_speed: [15.70, 15.93, 16.08, 16.26, 16.50, 17.27],
        sizes: &[
            (0.0724, 197.35),
            (0.0854, 163.82),
            (0.0955, 145.13),
            (0.1051, 132.06),
            (0.1153, 117.52),
            (0.1255, 109.72),
            (0.1351, 99.26),
            (0.1453, 92.33),
            (0.1555, 87.25),
            (0.1651, 78.09),
            (0.1752, 73.75),
            (0.1854, 70.81),
            (0.1950, 66.47),
            (0.2052, 61.14),
            (0.2154, 57.32),
            (0.2256, 54.90),
            (0.2352, 52.88),
            (0.2453, 50.87),
            (0.2555, 47.80),
            (0.2651, 45.08),
            (0.2753, 41.84),
            (0.2855, 39.79),
            (0.2951, 39.43),
            (0.3053, 39.49),
            (0.3154, 38.29),
            (0.3250, 36.24),
            (0.3352, 35.94),
            (0.3454, 34.27),
            (0.3550, 33.12),
            (0.3652, 31.90),
            (0.3754, 29.47),
            (0.3855, 28.34),
            (0.3951, 26.30),
            (0.4053, 22.70),
            (0.4155, 21.61),
            (0.4251, 20.53),
            (0.4353, 20.33),
            (0.4455, 20.16),
            (0.4551, 20.01),
            (0.4652, 20.01),
            (0.4754, 19.93),
            (0.4850, 19.89),
            (0.4952, 20.12),
            (0.5054, 20.19),
            (0.5155, 19.76),
            (0.5252, 19.90),
            (0.5353, 19.75),
            (0.5455, 19.78),
            (0.5551, 19.52),
            (0.5653, 19.92),
            (0.5755, 19.95),
            (0.5851, 19.70),
            (0.5952, 19.59),
            (0.6054, 19.40),
            (0.6150, 19.47),
            (0.6252, 19.23),
            (0.6354, 18.96),
            (0.6456, 18.92),
            (0.6552, 19.03),
            (0.6653, 18.82),
            (0.6755, 18.55),
            (0.6851, 18.48),
            (0.6953, 17.95),
            (0.7055, 17.95),
            (0.7151, 17.73),
            (0.7253, 17.48),
            (0.7354, 17.22),
            (0.7450, 16.91),
            (0.7552, 16.86),
            (0.7654, 16.62),
            (0.7750, 16.45),
            (0.7852, 16.41),
            (0.7954, 16.15),
            (0.8055, 16.10),
            (0.8152, 16.06),
            (0.8253, 16.05),
            (0.8355, 15.98),
            (0.8451, 16.07),
            (0.8553, 15.95),
            (0.8655, 16.05),
            (0.8751, 16.09),
            (0.8852, 16.05),
            (0.8954, 16.02),
            (0.9050, 15.93),
            (0.9152, 16.05),
            (0.9254, 16.00),
            (0.9356, 16.08),
            (0.9452, 16.16),
            (0.9553, 16.11),
            (0.9655, 16.10),
            (0.9751, 16.09),
            (0.9853, 16.07),
            (0.9955, 16.05),
            (1.0000, 16.06),
            (1.0000, 15.98),
            (1.0000, 16.11),
            (1.0000, 16.10),
            (1.0000, 16.12),
        ],
    },
    Measured {
        model: "google-cloud-functions-now",
        full_speed: [15.57, 15.99, 16.34, 16.79, 18.62, 21.59],
        sizes: &[
            (0.0800, 240.81),
            (0.0900, 170.97),
            (0.1000, 99.44),
            (0.1100, 93.31),
            (0.1200, 76.30),
            (0.1300, 65.72),
            (0.1400, 59.74),
            (0.1500, 52.78),
            (0.1600, 48.51),
            (0.1700, 45.96),
            (0.1800, 42.88),
            (0.1900, 37.94),
            (0.2000, 31.82),
            (0.2100, 32.06),
            (0.2200, 28.78),
            (0.2300, 25.11),
            (0.2400, 22.40),
            (0.2500, 24.04),
            (0.2600, 20.22),
            (0.2700, 17.69),
            (0.2800, 19.59),
            (0.2900, 18.40),
            (0.3000, 17.50),
            (0.3100, 17.64),
            (0.3200, 16.94),
            (0.3300, 17.23),
            (0.3400, 16.65),
            (0.3500, 17.13),
            (0.3600, 16.44),
            (0.3700, 16.54),
            (0.3800, 16.59),
            (0.3900, 17.38),
            (0.4000, 16.60),
            (0.4100, 16.70),
            (0.4200, 16.69),
            (0.4300, 17.01),
            (0.4400, 16.52),
            (0.4500, 16.63),
            (0.4600, 16.89),
            (0.4700, 16.57),
            (0.4800, 16.68),
            (0.4900, 16.65),
            (0.5000, 16.72),
            (0.5100, 16.63),
            (0.5200, 16.43),
            (0.5300, 16.62),
            (0.5400, 16.54),
            (0.5500, 16.62),
            (0.5600, 16.80),
            (0.5700, 16.62),
            (0.5800, 16.66),
            (0.5900, 16.68),
            (0.6000, 16.65),
            (0.6100, 16.57),
            (0.6200, 16.80),
            (0.6300, 16.66),
            (0.6400, 16.86),
            (0.6500, 16.59),
            (0.6600, 17.33),
            (0.6700, 16.75),
            (0.6800, 17.04),
            (0.6900, 16.92),
            (0.7000, 16.96),
            (0.7100, 16.60),
            (0.7200, 17.18),
            (0.7300, 16.91),
            (0.7400, 16.75),
            (0.7500, 16.80),
            (0.7600, 16.68),
            (0.7700, 16.84),
            (0.7800, 16.70),
            (0.7900, 16.55),
            (0.8000, 17.04),
            (0.8100, 16.90),
            (0.8200, 16.73),
            (0.8300, 16.54),
            (0.8400, 16.56),
            (0.8500, 16.93),
            (0.8600, 16.69),
            (0.8700, 16.66),
            (0.8800, 16.63),
            (0.8900, 16.70),
            (0.9000, 16.68),
            (0.9100, 16.77),
            (0.9200, 16.56),
            (0.9300, 17.00),
            (0.9400, 16.78),
            (0.9500, 16.80),
            (0.9600, 16.80),
            (0.9700, 16.81),
            (0.9800, 16.65),
            (0.9900, 16.80),
            (1.0000, 16.59),
        ],
    },
];

/// The share of requests at or below each of the percentiles.
const SHARES: [f64; 6] = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

impl Measured {
    /// A scenario with three cases for each size: its share as the catalogue's model has it, as a slower core, and as a
    /// quota that is looked at every 4 ms, as Linux does it at 250 Hz.
    /// What the platform's layers cost is in what was measured.
    pub fn scenario(&self, requests: u32) -> String {
        let mut points: Vec<String> =
            SHARES.iter().zip(self.full_speed).map(|(p, ms)| format!("[\"{ms} ms\", {p}]")).collect();
        points.insert(0, format!("[\"{} ms\", 0.0]", self.full_speed[0]));
        points.push(format!("[\"{} ms\", 1.0]", self.full_speed[5]));
        let mut text = format!(
            "schema = 1\n[run]\nduration = \"{requests} s\"\nreplications = 1\n[app.f]\nmemory = \"64 MiB\"\n\
             arrivals.poisson = {{ rate = \"1 /s\" }}\ncpu.empirical = [{}]\n\
             [model.quota]\nextends = \"{}\"\nisolation = \"process\"\ncore = []\n\
             [model.slow]\nextends = \"quota\"\ncpu-period = \"0 s\"\n\
             [model.ticks]\nextends = \"quota\"\ncpu-tick = \"4 ms\"\n",
            points.join(", "),
            self.model
        );
        for (index, (cores, _)) in self.sizes.iter().enumerate() {
            text += &format!("[model.quota.size.s{index}]\ncpu = {cores}\nmemory = \"128 MiB\"\n");
            for model in ["quota", "slow", "ticks"] {
                text += &format!(
                    "[case.{model}-{index}]\nhosting = \"{model}\"\nsize = \"s{index}\"\nstart.constant = \"0 s\"\n"
                );
            }
        }
        text
    }

    /// The mean of the relative errors of run times, without their signs.
    pub fn mean_error(&self, run_times: &[f64]) -> f64 {
        let errors = self.sizes.iter().zip(run_times).map(|((_, measured), found)| (found / measured - 1.0).abs());
        errors.sum::<f64>() / self.sizes.len() as f64
    }
}
