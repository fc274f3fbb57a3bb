//! CPU utilization of the machine, which a run shares with other processes.

/// Cumulative time of all processors, in clock ticks; unknown without `/proc`.
#[derive(Debug, Clone, Copy)]
pub struct Processors(Option<Ticks>);

#[derive(Debug, Clone, Copy, PartialEq)]
struct Ticks {
    idle: f64,
    all: f64,
}

impl Processors {
    /// Reads the current values.
    pub fn now() -> Self {
        Processors(std::fs::read_to_string("/proc/stat").ok().as_deref().and_then(ticks))
    }

    /// Returns the share of CPU time used since then, 0 to 1.
    pub fn busy_since(self) -> Option<f64> {
        let (then, now) = (self.0?, Processors::now().0?);
        let all = now.all - then.all;
        (all > 0.0).then(|| (1.0 - (now.idle - then.idle) / all).clamp(0.0, 1.0))
    }
}

/// Parses `proc_stat(5)`: user, nice, system, idle, iowait and more; guest time is already part of
/// user time.
fn ticks(stat: &str) -> Option<Ticks> {
    let fields = stat.lines().next()?.strip_prefix("cpu ")?.split_ascii_whitespace();
    let fields: Vec<f64> = fields.take(8).map_while(|field| field.parse().ok()).collect();
    let idle = fields.get(3)? + fields.get(4)?;
    Some(Ticks { idle, all: fields.iter().sum() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_is_all_processors() {
        let stat = "cpu  10 20 30 400 5 1 2 3 99 99\ncpu0 5 10 15 200 2 0 1 1 0 0\n";
        assert_eq!(ticks(stat), Some(Ticks { idle: 405.0, all: 471.0 }));
        assert_eq!(ticks("intr 1"), None);
        assert_eq!(ticks(""), None);
    }
}
