//! The example of a behaviour from outside the crate does what theory says of it.

#[path = "../examples/own_model.rs"]
mod example;

/// At load 0.9, one in a hundred at random is M/M/1: 10 s. The less loaded of two gives, as the
/// number of instances grows, Σ ρ^(2^i − 2) = 2.61 s (Mitzenmacher 2001); a hundred come close.
#[test]
fn two_choices_are_nearly_as_good_as_all() {
    let [random, least, two] = example::latencies().expect("it runs");
    let theory: f64 = (1..10).map(|i| 0.9f64.powi((1 << i) - 2)).sum();
    assert!((theory - 2.61).abs() < 0.005, "{theory}");
    assert!((random - 10.0).abs() < 1.5, "{random}");
    assert!((two - theory).abs() < 0.2, "{two} is not {theory}");
    assert!(least < two && two < random);
    example::main().expect("it prints");
}
