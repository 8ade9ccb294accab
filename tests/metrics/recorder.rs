//! A recorder that keeps every measurement as a line of text.

use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Label, Metadata, Recorder,
    SharedString, Unit,
};

/// Everything that was recorded: a metric with its labels, and a value.
#[derive(Clone, Default)]
pub(crate) struct Recorded(Arc<Mutex<Vec<(String, f64)>>>);

impl Recorded {
    /// The values of a metric with exactly these labels, such as `name{key=value,…}`.
    pub(crate) fn values(&self, metric: &str) -> Vec<f64> {
        let all = self.0.lock().unwrap();
        all.iter().filter(|(own, _)| own == metric).map(|(_, value)| *value).collect()
    }

    /// The metrics that begin like this, with their labels, in order.
    pub(crate) fn named(&self, start: &str) -> Vec<String> {
        let all = self.0.lock().unwrap();
        all.iter().map(|(own, _)| own.clone()).filter(|own| own.starts_with(start)).collect()
    }

    fn line(&self, key: &Key) -> Arc<Line> {
        let pair = |label: &Label| format!("{}={}", label.key(), label.value());
        let labels: Vec<_> = key.labels().map(pair).collect();
        let metric = format!("{}{{{}}}", key.name(), labels.join(","));
        Arc::new(Line { metric, recorded: self.clone() })
    }

    fn describe(&self, name: &KeyName, unit: Option<Unit>, what: &str) {
        let unit = unit.map_or("none", |unit| unit.as_str());
        let text = format!("describe {} in {unit}: {what}", name.as_str());
        self.0.lock().unwrap().push((text, 0.0));
    }
}

struct Line {
    metric: String,
    recorded: Recorded,
}

impl Line {
    fn push(&self, value: f64) {
        self.recorded.0.lock().unwrap().push((self.metric.clone(), value));
    }
}

impl CounterFn for Line {
    fn increment(&self, value: u64) {
        self.push(u32::try_from(value).unwrap().into());
    }

    fn absolute(&self, _: u64) {
        panic!("a counter of ours was set");
    }
}

impl HistogramFn for Line {
    fn record(&self, value: f64) {
        self.push(value);
    }
}

impl Recorder for Recorded {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, what: SharedString) {
        self.describe(&key, unit, &what);
    }

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {
        panic!("there is no gauge");
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, what: SharedString) {
        self.describe(&key, unit, &what);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.line(key))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        panic!("there is no gauge");
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.line(key))
    }
}
