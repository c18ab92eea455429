//! App Engine's standard environment: when concurrency asks for another instance.

/// Requests inside an instance at once at which another starts.
pub fn threshold(max_concurrent_requests: f64, target_throughput_utilization: f64) -> f64 {
    max_concurrent_requests * target_throughput_utilization
}
