//! Scales and the places of their ticks.

/// From values to places along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
    logarithmic: bool,
    broken: bool,
}

/// The part of a broken axis below its break, on which nothing but 0 stands.
const BELOW_BREAK: f64 = 0.07;

impl Scale {
    /// A linear scale of `low` to `high` over `from` to `to`. Ends that make no scale (equal, not
    /// finite) are replaced by near ones that do.
    pub fn linear((low, high): (f64, f64), (from, to): (f64, f64)) -> Scale {
        let low = if low.is_finite() { low.clamp(-1e300, 1e300) } else { 0.0 };
        let wide = high.min(2e300) - low > low.abs() * 1e-9;
        let high = if wide { high.min(2e300) } else { low + low.abs().max(1.0) };
        Scale { low, high, from, to, logarithmic: false, broken: false }
    }

    /// A logarithmic scale; both ends must be above zero, and what is not is taken as very little.
    pub fn logarithmic((low, high): (f64, f64), (from, to): (f64, f64)) -> Scale {
        let low = if low.is_finite() { low.clamp(1e-300, 1e300) } else { 1.0 };
        let high = if high > low { high.min(1e307) } else { low * 10.0 };
        Scale { low, high, from, to, logarithmic: true, broken: false }
    }

    /// A logarithmic scale with 0 (and what is too little for it) at its end, beyond a break.
    pub fn broken(self) -> Scale {
        Scale { broken: self.logarithmic, ..self }
    }

    /// The place of the break, where there is one.
    pub fn break_at(&self) -> Option<f64> {
        self.broken.then(|| self.from + BELOW_BREAK / 2.0 * (self.to - self.from))
    }

    /// The place of a value; what is outside the scale lies on its end.
    pub fn place(&self, value: f64) -> f64 {
        if self.broken && value < self.low * (1.0 - 1e-9) {
            return self.from;
        }
        let (value, log) = (value.clamp(self.low, self.high), libm::log10);
        let part = match self.logarithmic {
            true => (log(value) - log(self.low)) / (log(self.high) - log(self.low)),
            false => (value - self.low) / (self.high - self.low),
        };
        let part = if self.broken { BELOW_BREAK + (1.0 - BELOW_BREAK) * part } else { part };
        self.from + part * (self.to - self.from)
    }

    /// The ends, low and high.
    pub fn range(&self) -> (f64, f64) {
        (self.low, self.high)
    }

    /// Whether equal ratios have equal lengths.
    pub fn is_logarithmic(&self) -> bool {
        self.logarithmic
    }

    /// Ticks: on a linear scale about `wanted` at multiples of 1, 2 or 5; on a logarithmic one
    /// powers of ten (every so many, where there would be far more than wanted), with 2 and 5
    /// between them where the range is short.
    pub fn ticks(&self, wanted: usize) -> Vec<f64> {
        let nothing = self.broken.then_some(0.0).into_iter();
        if self.logarithmic { nothing.chain(self.decades(wanted)).collect() } else { self.multiples(wanted) }
    }

    fn multiples(&self, wanted: usize) -> Vec<f64> {
        let step = nice_step((self.high - self.low) / wanted.max(1) as f64);
        let first = (self.low / step - 1e-9).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last).map(|i| i as f64 * step).collect()
    }

    fn decades(&self, wanted: usize) -> Vec<f64> {
        let (first, last) = (libm::log10(self.low).floor() as i32, libm::log10(self.high).ceil() as i32);
        let every = ((last - first) as usize / wanted.max(1)).max(1);
        let factors: &[f64] = match last - first {
            ..=1 => &[1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0],
            2 | 3 => &[1.0, 2.0, 5.0],
            _ => &[1.0],
        };
        let powers = (first..=last).step_by(every).flat_map(|p| factors.iter().map(move |f| f * power_of_ten(p)));
        let within = |v: &f64| *v >= self.low * (1.0 - 1e-9) && *v <= self.high * (1.0 + 1e-9);
        powers.filter(within).collect()
    }
}

/// 10^p, as near as a float comes to it.
fn power_of_ten(p: i32) -> f64 {
    if p >= 0 { 10f64.powi(p) } else { 1.0 / 10f64.powi(-p) }
}

/// The least of 1, 2, 5 times a power of ten that is not below `rough`.
fn nice_step(rough: f64) -> f64 {
    let rough = if rough.is_finite() { rough.max(1e-300) } else { 1e300 };
    let base = power_of_ten(libm::log10(rough).floor() as i32);
    [1.0, 2.0, 5.0, 10.0]
        .map(|f| f * base)
        .into_iter()
        .find(|step| *step >= rough * (1.0 - 1e-9))
        .unwrap_or(10.0 * base)
}

/// The least end of a linear axis from 0 that holds `most` and is a tick of about `wanted`.
pub fn nice_end(most: f64, wanted: usize) -> f64 {
    if most <= 0.0 || !most.is_finite() {
        return 1.0;
    }
    let step = nice_step(most / wanted.max(1) as f64);
    (most / step - 1e-9).ceil() * step
}

/// The range of a logarithmic axis about values: outwards to 1, 2 or 5 times a power of ten.
/// `None` where no value is above zero.
pub fn nice_log_range(values: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    let (low, high) =
        values.filter(|v| *v > 0.0 && v.is_finite()).fold((f64::MAX, 0.0f64), |(l, h), v| (l.min(v), h.max(v)));
    if high == 0.0 {
        return None;
    }
    let candidates = |v: f64| {
        let p = libm::log10(v).floor() as i32;
        [1.0, 2.0, 5.0, 10.0].map(|f| f * power_of_ten(p))
    };
    let below = candidates(low).into_iter().rev().find(|c| *c <= low * (1.0 + 1e-9)).unwrap_or(low);
    let above = candidates(high).into_iter().find(|c| *c >= high * (1.0 - 1e-9)).unwrap_or(high);
    Some(if above > below { (below, above) } else { (below / 2.0, above * 2.0) })
}

/// Places for labels that want to stand at `wanted` but must be `gap` apart and within `top` to
/// `bottom`: each is moved as little as the order allows. Answers in the order of the input.
pub fn spread(wanted: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|a, b| wanted[*a].total_cmp(&wanted[*b]));
    let gap = gap.min((bottom - top) / (wanted.len().max(2) - 1) as f64);
    // Labels that touch form a block (its middle and its number of labels), which stands about the
    // mean of what its labels want.
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for index in &order {
        let mut block = (wanted[*index].clamp(top, bottom), 1);
        while let Some(above) = blocks.pop_if(|above| overlap(above, &block, gap)) {
            let size = above.1 + block.1;
            let mean = (above.0 * above.1 as f64 + block.0 * block.1 as f64) / size as f64;
            let half = (size - 1) as f64 * gap / 2.0;
            block = (mean.clamp(top + half, (bottom - half).max(top + half)), size);
        }
        blocks.push(block);
    }
    let mut places = vec![0.0; wanted.len()];
    let mut next = order.iter();
    for (middle, size) in blocks {
        for i in 0..size {
            let Some(index) = next.next() else { break };
            places[*index] = middle + (i as f64 - (size - 1) as f64 / 2.0) * gap;
        }
    }
    places
}

fn overlap(above: &(f64, usize), below: &(f64, usize), gap: f64) -> bool {
    let bottom = above.0 + above.1 as f64 * gap / 2.0;
    let top = below.0 - below.1 as f64 * gap / 2.0;
    bottom > top + 1e-9
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round_numbers() {
        assert_eq!(Scale::linear((0.0, 10.0), (0.0, 1.0)).ticks(5), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(Scale::logarithmic((0.001, 100.0), (0.0, 1.0)).ticks(6), [0.001, 0.01, 0.1, 1.0, 10.0, 100.0]);
        assert_eq!(Scale::logarithmic((0.2, 5.0), (0.0, 1.0)).ticks(6), [0.2, 0.5, 1.0, 2.0, 5.0]);
        let short: Vec<f64> =
            Scale::logarithmic((0.1, 0.5), (0.0, 1.0)).ticks(6).iter().map(|t| (t * 1e9).round() / 1e9).collect();
        assert_eq!(short, [0.1, 0.15, 0.2, 0.3, 0.4, 0.5]);
        assert_eq!((nice_end(61.0, 5), nice_end(0.0, 5), nice_end(10.0, 5)), (80.0, 1.0, 10.0));
        assert_eq!(nice_log_range([0.03, 7.0, 0.0].into_iter()), Some((0.02, 10.0)));
        assert_eq!(nice_log_range([0.0].into_iter()), None);
    }

    #[test]
    fn places_are_linear_or_logarithmic_and_stay_on_the_axis() {
        let linear = Scale::linear((0.0, 10.0), (100.0, 200.0));
        assert_eq!((linear.place(5.0), linear.place(-3.0), linear.place(99.0)), (150.0, 100.0, 200.0));
        let logarithmic = Scale::logarithmic((1.0, 100.0), (300.0, 100.0));
        assert!((logarithmic.place(10.0) - 200.0).abs() < 1e-9);
        assert_eq!(logarithmic.place(0.0), 300.0);
    }

    #[test]
    fn nothing_has_its_place_beyond_a_break() {
        let scale = Scale::logarithmic((1.0, 100.0), (0.0, 100.0)).broken();
        assert_eq!((scale.place(0.0), scale.place(0.5), scale.place(100.0)), (0.0, 0.0, 100.0));
        assert!((scale.place(1.0) - 7.0).abs() < 1e-9);
        assert!(scale.ticks(6)[0] == 0.0 && scale.break_at().is_some_and(|at| (at - 3.5).abs() < 1e-9));
    }

    #[test]
    fn labels_that_do_not_touch_stay() {
        assert_eq!(spread(&[10.0, 50.0, 90.0], 20.0, 0.0, 100.0), [10.0, 50.0, 90.0]);
        assert_eq!(spread(&[50.0, 50.0], 20.0, 0.0, 100.0), [40.0, 60.0]);
    }

    proptest! {
        #[test]
        fn any_ends_make_a_scale_with_few_ticks(low in any::<f64>(), high in any::<f64>(), value in any::<f64>()) {
            for scale in [Scale::linear((low, high), (0.0, 1.0)), Scale::logarithmic((low, high), (0.0, 1.0))] {
                prop_assert!(scale.ticks(5).len() <= 15, "{:?}", scale.ticks(5));
                let place = scale.place(value);
                prop_assert!(value.is_nan() || (0.0..=1.0).contains(&place), "{place}");
            }
        }

        #[test]
        fn labels_never_overlap_nor_leave_the_figure(wanted in prop::collection::vec(0.0..1000.0f64, 1..30)) {
            let places = spread(&wanted, 30.0, 50.0, 950.0);
            let mut sorted = places.clone();
            sorted.sort_by(f64::total_cmp);
            prop_assert!(sorted.windows(2).all(|w| w[1] - w[0] >= 30.0 - 1e-6), "{sorted:?}");
            prop_assert!(sorted[0] >= 50.0 - 1e-6 && sorted[sorted.len() - 1] <= 950.0 + 1e-6, "{sorted:?}");
            for (i, j) in (0..wanted.len()).flat_map(|i| (0..wanted.len()).map(move |j| (i, j))) {
                prop_assert!(wanted[i] >= wanted[j] || places[i] <= places[j]);
            }
        }
    }
}
