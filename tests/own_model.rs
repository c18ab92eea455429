//! What the examples plug in from outside the crate does what theory says of it.

#[path = "../examples/own_arrivals.rs"]
mod arrivals;
#[path = "../examples/own_model.rs"]
mod example;
#[path = "../examples/own_policy.rs"]
mod policy;

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

/// Twenty machines of four cores promised on five servers of thirty promised cores: best fit puts seven each on two and
/// six on a third, and with a fifth kept there are six, six, six and two. A server's ten cores then have 7.5 to do
/// instead of 8.75, and nobody is slower for it.
#[test]
fn room_left_on_each_server_is_speed() {
    let [packed, with_room] = policy::latencies().expect("it runs");
    assert!(with_room > 1.0 && with_room < 0.95 * packed, "{with_room} against {packed}");
    policy::main().expect("it prints");
}

/// Each of 0.25 a second brings 0.6 / (1 − 0.6) more: 0.625 a second. As many at random wait 1 / (1 − 0.625) s.
#[test]
fn requests_that_bring_others_wait_longer() {
    let [rate, own, random] = arrivals::compared().expect("it runs");
    assert!((rate - 0.625).abs() < 0.06, "{rate}");
    assert!((random - 1.0 / (1.0 - rate)).abs() < 0.6, "{random}");
    assert!(own > 2.0 * random, "{own} against {random}");
    arrivals::main().expect("it prints");
}
