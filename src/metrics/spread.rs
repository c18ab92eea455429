//! How a figure is spread over the tenants of an app.

/// The names of what [`spread`] gives, in its order.
pub const SPREAD: [&str; 4] = ["lower_quartile", "median", "upper_quartile", "worst"];

/// The quartiles and the greatest of some values; between two of them by a straight line. `None` of none.
pub fn spread(mut values: Vec<f64>) -> Option<[f64; 4]> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let at = |share: f64| {
        let place = share * last as f64;
        let (low, part) = (place as usize, place.fract());
        let high = (low + 1).min(last);
        values[low] + part * (values[high] - values[low])
    };
    Some([at(0.25), at(0.5), at(0.75), values[last]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_lie_between_values_and_the_worst_is_the_greatest() {
        assert_eq!(spread(vec![4.0, 1.0, 3.0, 2.0, 5.0]), Some([2.0, 3.0, 4.0, 5.0]));
        assert_eq!(spread(vec![1.0, 2.0]), Some([1.25, 1.5, 1.75, 2.0]));
        assert_eq!(spread(vec![7.0]), Some([7.0; 4]));
        assert_eq!(spread(Vec::new()), None);
    }
}
